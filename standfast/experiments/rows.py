"""The rows of one run in as little as will hold them, on their way from a worker into a chunk.

Runs of a study mostly measure the same things, so what the rows are called is held, and sent, once for many runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from standfast.experiments.receipt import RUN_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

KNOWN_LABELS = 256
"""Different sets of labels that a process remembers; one more and it starts over."""


class BadRows(ValueError):
    """What a simulator returned is no table of KPIs. The message says why in one line."""


class Labels(NamedTuple):
    """What the rows of a run are called, a text for each row."""

    kpi: tuple[str, ...]
    scope: tuple[str, ...]
    period: tuple[str, ...]
    unit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """One run's rows: labels, values and weights as the bytes of float64, and the digest of the run's events."""

    labels: Labels
    values: bytes
    weights: bytes
    digest: str = ""

    def __len__(self) -> int:
        return len(self.labels.kpi)


@dataclass(frozen=True)
class Packing:
    """A simulator whose runs come as `Rows`: to be sent to workers in its place."""

    simulate: Callable[[Any, int], pd.DataFrame]

    def __call__(self, study: Any, replication: int) -> Rows:
        """Run one replication. Raises BadRows, and whatever the simulator raises."""
        return packed(self.simulate(study, replication))

    def rehearse(self, study: Any, part: int) -> None:
        """Compile a part of what runs of the study need, if it is our simulator that runs them."""
        ours = sys.modules.get("sim.run")  # where it isn't loaded, another simulator runs
        if ours is not None and self.simulate is ours.simulate:
            from sim.rehearsal import rehearse

            rehearse(study, part)


_known: dict[Labels, Labels] = {}


def packed(frame: pd.DataFrame | None) -> Rows:
    """Rows of a frame as `sim.simulate` gives it. Raises BadRows."""
    import numpy as np

    if frame is None:
        raise BadRows("the run returned nothing")
    lacking = [column for column in RUN_COLUMNS if column not in frame.columns]
    if lacking:
        raise BadRows(f"the run returned no column {', '.join(lacking)}")
    numbers = {name: frame[name].to_numpy(dtype=np.float64) for name in ("value", "weight")}
    for name, column in numbers.items():
        finite = np.isfinite(column)
        if not finite.all():
            row = frame[~finite].iloc[0]
            raise BadRows(f"the run measured {name} {row[name]} for {row['kpi']} at {row['scope']}, {row['period']}")
    labels = known(Labels(*(tuple(frame[name].tolist()) for name in Labels._fields)))
    return Rows(labels, numbers["value"].tobytes(), numbers["weight"].tobytes(), digest_of(frame))


def known(labels: Labels) -> Labels:
    """The labels that this process holds already, if it holds equal ones. Raises BadRows where one is no text."""
    if (same := _known.get(labels)) is not None:
        return same
    if len(_known) >= KNOWN_LABELS:
        _known.clear()
    once: dict[str, str] = {}
    kept = Labels(*(tuple(_once(column, name, once)) for name, column in zip(Labels._fields, labels, strict=True)))
    _known[kept] = kept
    return kept


def digest_of(frame: Any) -> str:
    """Digest of the events behind a run's frame, as `sim.simulate` gives it; "" from a simulator that gives none."""
    return str(getattr(frame, "attrs", {}).get("digest", ""))


def _once(column: Iterable[Any], name: str, once: dict[str, str]) -> Iterable[str]:
    """The same texts, equal ones held once."""
    for text in column:
        if not isinstance(text, str):
            raise BadRows(f"the run returned a {name} that is no text: {text!r}")
        yield once.setdefault(text, text)
