"""The kinds of calibration that a hall needs, and the one call that reads a log, fits, and writes the file."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Literal, get_args

from calibration.errors import CalibrationError
from calibration.fit import Finding, Fit
from calibration.mapping import EACH, load_mapping
from calibration.parameters import render, write
from calibration.reading import read_log
from calibration.tickets import TicketLog

Kind = Literal["arrivals", "service", "patience", "staff"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def _check_name(name: str) -> None:
    from scenarios.schema.names import check_name
    from scenarios.units import QuantityError

    try:
        check_name(name)
    except QuantityError as error:
        raise CalibrationError(
            "bad-name", f"{name!r} cannot be a name in a study", help=error.help or "use letters and digits"
        ) from None


@dataclass(frozen=True)
class Options:
    """What a user may ask beyond the data; see `calibrate`."""

    customer_class: str | None
    transaction: str | None
    hours: str | None
    weekdays: Sequence[str] | None
    law: str | None
    shortest_s: float
    availability: float | None

    def refuse_misplaced(self, kind: str) -> None:
        """Raise `CalibrationError` on an option that the kind does not read: it would be ignored in silence."""
        for name, kinds in _READ_BY.items():
            if getattr(self, name) not in (None, 0) and kind not in kinds:
                raise CalibrationError(
                    "misplaced-option", f"{name} has no meaning for {kind}", help=f"it is for {', '.join(kinds)}"
                )


_READ_BY: dict[str, tuple[Kind, ...]] = {
    "customer_class": ("patience",),
    "transaction": ("service",),
    "hours": ("arrivals", "staff"),
    "weekdays": ("arrivals", "staff"),
    "law": ("service", "patience"),
    "shortest_s": ("service",),
    "availability": ("staff",),
}


def calibrate(
    kind: str,
    data: Sequence[str | Path],
    *,
    mapping: str | Path,
    hall: str,
    out: str | Path,
    customer_class: str | None = None,
    transaction: str | None = None,
    hours: str | None = None,
    weekdays: Sequence[str] | None = None,
    law: str | None = None,
    shortest_s: float = 0.0,
    availability: float | None = None,
) -> Fit:
    """Fit one kind of parameter to ticket or call logs; write `out` (YAML) and a figure of the same name (PNG).

    Parameters
    ----------
    kind : `arrivals`, `service`, `patience` or `staff`.
    data : files of one form, CSV, TSV or XLSX.
    mapping : name of a shipped mapping, or path of one.
    hall : name of the hall in the study that the file will be a parameter file of.
    customer_class : patience only: class to fit and to write; None: `all`; `*`: each class of the log.
    transaction : service only: likewise for transactions.
    hours, weekdays : arrivals and staff only: limit the fit (`09:00-18:00`; `mon` …); None: the mapping's, else all.
    law : service and patience only: overrule the choice of the law; `best` for patience picks by Schwarz's criterion.
    shortest_s : service only: leave out services shorter than this.
    availability : staff only: factor on the distinct servers seen; None: measured, else assumed.

    Raises `CalibrationError` on any fault of data, mapping or request; then nothing is written.
    """
    if kind not in KINDS:
        raise CalibrationError("unknown-kind", f"unknown kind {kind!r}", help=f"one of {', '.join(KINDS)}")
    options = Options(customer_class, transaction, hours, weekdays, law, shortest_s, availability)
    options.refuse_misplaced(kind)
    for name in (hall, customer_class, transaction):
        if name not in (None, EACH):
            _check_name(str(name))
    target = Path(out)
    figure = target.with_suffix(".png")
    if target.suffix.lower() not in {".yaml", ".yml"}:
        raise CalibrationError("bad-out", "a parameter file is YAML", file=target, help="end its name in .yaml")
    paths = [Path(one) for one in data]
    if target.resolve() in {one.resolve() for one in paths}:
        raise CalibrationError("bad-out", "the parameter file would replace the data", file=target)
    log = read_log(paths, load_mapping(mapping))
    finding = _fit(kind, log, options)
    finding = _with_log_warnings(finding, log)
    fit = Fit(kind, hall, log.mapping.name, log.tables, finding, target, figure, _versions())
    from calibration.figures import draw

    names = ", ".join(table.name for table in log.tables[:3]) + (" …" if len(log.tables) > 3 else "")
    picture = draw(kind, finding, f"{kind} · {hall} · {names}")
    head = (
        f"Parameters of hall {hall}, fitted by `standfast calibrate {kind}` from {names}.",
        "A study reads this file under `parameters:`. Ranges are 95 % intervals.",
    )
    write(figure, picture)
    write(target, render(head, hall, finding.parameters, fit.record()).encode())
    return fit


def _fit(kind: str, log: TicketLog, asked: Options) -> Finding:
    # Imported here: each pulls in numpy and pandas, and a start of the command line must not.
    if kind == "arrivals":
        from calibration.arrivals import fit_arrivals

        return fit_arrivals(log, hours=asked.hours, weekdays=asked.weekdays)
    if kind == "service":
        from calibration.service import fit_service

        return fit_service(log, transaction=asked.transaction, law=asked.law, shortest_s=asked.shortest_s)
    if kind == "patience":
        from calibration.patience import fit_patience

        return fit_patience(log, customer_class=asked.customer_class, law=asked.law or "exponential")
    from calibration.staff import fit_staff

    return fit_staff(log, hours=asked.hours, weekdays=asked.weekdays, availability=asked.availability)


def _with_log_warnings(finding: Finding, log: TicketLog) -> Finding:
    said = []
    bad, read = len(finding.rows.bad), finding.rows.read
    if bad > 0.01 * read:
        said.append(f"{bad:,} of {read:,} rows ({bad / read:.1%}) are bad and not in the fit")
    if "outcome" not in log.has and "passed" not in log.has:
        said.append(
            "the log has no outcome column: called and finished counts as served, called and never finished as left"
        )
    return replace(finding, warnings=(*said, *finding.warnings))


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in ("standfast", "numpy", "scipy", "pandas"):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "unknown"
    return versions
