"""The trace tells every visit's story, in order."""

from __future__ import annotations

import re

from hall_studies import day_hall, study

import sim
from sim.halls.outcomes import Fate

LINE = re.compile(r"2010-07-01 \d\d:\d\d:\d\d h #\d+ (gotone|others)/(payment|replacement) ")


def test_a_trace_is_readable_in_order_and_changes_nothing() -> None:
    spec = study({"h": day_hall()}, "1 days")
    lines: list[str] = []
    (told,) = sim.run_halls(spec, 0, trace=lines.append)
    (silent,) = sim.run_halls(spec, 0)
    assert told.outcomes.left_us.tolist() == silent.outcomes.left_us.tolist()
    assert all(LINE.match(line) for line in lines)
    times = [line[:19] for line in lines]
    assert times == sorted(times)
    ends = {
        Fate.SERVED: "is done at",
        Fate.ABANDONED: "loses patience and leaves",
        Fate.BALKED: "walks away from the queue",
    }
    for fate, words in ends.items():
        assert sum(words in line for line in lines) == (told.outcomes.fate == fate).sum()
    assert sum(" begins at kiosk " in line for line in lines) == (told.outcomes.lane == told.layout.kiosk_lane).sum()
