"""A parameter file is a partial study that the loader takes, written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_calibration_staff import hall_log

import calibration
import scenarios
from calibration import CalibrationError, Estimate
from calibration.parameters import quantity, render, write

STUDY = """\
schema_version: 1
name: fitted
start: 2010-07-05
horizon: 1 week
calendar: none
parameters: [params/arrivals.yaml, params/service.yaml, params/patience.yaml, params/staff.yaml]
halls:
  高升 A:
    hours: "09:00-13:00"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    hall_log(tmp_path / "log.csv", servers=5, per_hour=58)
    log = (tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()
    head, rows = log[0] + ",what,type", log[1:]
    words = [f"{row},{'gone' if i % 9 == 0 else 'ok'},{'pay' if i % 3 else 'card'}" for i, row in enumerate(rows)]
    (tmp_path / "log.csv").write_text("\n".join([head, *words]), encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        "columns: {arrival: came, called: called, ended: done, server: desk, outcome: what, transaction: type}\n"
        "outcomes: {served: [ok], abandoned: [gone]}\nhours: '09:00-13:00'\n",
        encoding="utf-8",
    )
    return tmp_path


def calibrate(folder: Path, kind: str, **options: object) -> calibration.Fit:
    out = folder / "params" / f"{kind}.yaml"
    log, mapping = folder / "log.csv", folder / "mine.yaml"
    return calibration.calibrate(kind, [log], mapping=mapping, hall="高升 A", out=out, **options)  # type: ignore[arg-type]


def test_a_study_loads_on_what_was_fitted(folder: Path) -> None:
    fits = {kind: calibrate(folder, kind) for kind in calibration.KINDS}
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    loaded = scenarios.load(folder / "study.yaml")
    resolved = loaded.resolve("baseline")
    hall = resolved.study.halls["高升 A"]
    mean = fits["service"].estimates["mean"].value
    service = hall.transactions["all"].service
    assert getattr(service, "mean_us", None) == pytest.approx(mean * 1e6, rel=1e-4)
    assert set(hall.counters.staffing.value) <= {4, 5}  # every ninth service was renamed away
    assert hall.arrivals.day_to_day_cv == pytest.approx(fits["arrivals"].estimates["day_to_day_cv"].value, rel=1e-3)
    assert [fit["kind"] for fit in loaded.fits] == ["arrivals", "service", "patience", "staff"]
    assert {belief.source for belief in resolved.beliefs} == {"fitted"}
    ranges = {belief.path.rsplit(".", 1)[-1]: (belief.low, belief.high) for belief in resolved.beliefs}
    assert ranges["rate"][0] is not None
    assert str(ranges["rate"][0]).startswith("x0.9")


def test_transactions_fitted_one_by_one_load_too(folder: Path) -> None:
    for kind in calibration.KINDS:
        calibrate(folder, kind, **({"transaction": "*"} if kind == "service" else {}))
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    hall = scenarios.load(folder / "study.yaml").resolve("baseline").study.halls["高升 A"]
    assert set(hall.transactions) == {"pay", "card"}
    assert sum(one.share for one in hall.transactions.values()) == pytest.approx(1)


def test_the_fit_block_says_where_the_numbers_come_from(folder: Path) -> None:
    from hashlib import sha256

    fit = calibrate(folder, "service")
    record = fit.record()
    assert record["data"][0]["file"] == "log.csv"
    assert record["data"][0]["sha256"] == sha256((folder / "log.csv").read_bytes()).hexdigest()
    assert record["rows"]["read"] == record["rows"]["used"] + sum(record["rows"]["left_out"].values())
    assert str(folder) not in (folder / "params" / "service.yaml").read_text(encoding="utf-8")
    assert json.loads(json.dumps(fit.to_dict(), allow_nan=False))["kind"] == "service"
    assert all(isinstance(text, str) and "\n" not in text for text in fit.lines())


def test_the_same_data_write_the_same_bytes(folder: Path) -> None:
    for kind in calibration.KINDS:
        calibrate(folder, kind)
        first = (folder / "params" / f"{kind}.yaml").read_bytes()
        calibrate(folder, kind)
        assert (folder / "params" / f"{kind}.yaml").read_bytes() == first


@pytest.mark.parametrize(
    ("kind", "options", "code"),
    [
        ("churn", {}, "unknown-kind"),
        ("arrivals", {"law": "gamma"}, "misplaced-option"),
        ("service", {"weekdays": ["mon"]}, "misplaced-option"),
        ("arrivals", {"hours": "18:00-09:00"}, "bad-hours"),
        ("arrivals", {"weekdays": ["monday"]}, "bad-weekday"),
        ("arrivals", {"weekdays": ["mon"], "hours": "20:00-21:00"}, "nothing-left"),
        ("service", {"law": "cauchy"}, "unknown-law"),
        ("patience", {"law": "gamma"}, "unknown-law"),
        ("service", {"transaction": "../pay"}, "bad-name"),
    ],
)
def test_a_request_that_cannot_be_met_writes_nothing(
    folder: Path, kind: str, options: dict[str, object], code: str
) -> None:
    with pytest.raises(CalibrationError) as caught:
        calibrate(folder, kind, **options)
    assert caught.value.code == code
    assert not (folder / "params").exists()


def test_the_data_are_never_written_over(folder: Path) -> None:
    log = folder / "log.yaml"
    log.write_bytes((folder / "log.csv").read_bytes())
    with pytest.raises(CalibrationError, match="would replace the data"):
        calibration.calibrate("arrivals", [log], mapping=folder / "mine.yaml", hall="h", out=log)


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "p.yaml"
    write(target, b"old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(CalibrationError, match="No space left"):
        write(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["p.yaml"]


def test_what_a_log_says_cannot_break_out_of_the_file() -> None:
    from ruamel.yaml import YAML

    nasty = 'x: "y"\n- {a: [b}]\u2028# ü 缴费'
    text = render(["head\nfit: broken"], nasty, {nasty: {"best": nasty, "n": 1e-05}}, {"kind": "service"})
    read = YAML(typ="safe", pure=True).load(text)
    assert read["halls"][nasty][nasty] == {"best": nasty, "n": 1e-05}
    assert read["fit"] == {"kind": "service"}


def test_quantities_are_never_written_with_an_exponent() -> None:
    assert quantity(185.34906, "s") == "185.35 s"
    assert quantity(28.0, "/h") == "28/h"
    assert quantity(1234567.0, "s") == "1234600 s"
    assert quantity(0.0, "/h") == "0/h"


def test_a_p_value_too_small_for_a_study_is_written_as_zero() -> None:
    assert Estimate("p", 6.4e-107).to_dict() == {"value": 0.0}
    assert Estimate("p", 6.4e-7).to_dict() == {"value": 6.4e-7}
