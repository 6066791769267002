"""Counters are inferred from who served and who waited; what is assumed is said to be assumed."""

from __future__ import annotations

import datetime as dt
import heapq
import re
from pathlib import Path

import numpy as np
import pytest

import calibration
import scenarios
from calibration.presence import seconds_within
from calibration.staff import ASSUMED_AVAILABILITY


def hall_log(file: Path, *, servers: int, per_hour: float, days: int = 12, paused: int = 0) -> None:
    """A first-come hall, 09–13 h. `paused` servers do one service at the start of each half hour and then go."""
    rng = np.random.default_rng(servers)
    lines = ["came,called,done,desk"]
    for day in range(days):
        midnight = dt.datetime(2010, 7, 5) + dt.timedelta(days=day)
        free = [(9 * 3600.0, s) for s in range(servers)]
        at = 9 * 3600.0
        while (at := at + rng.exponential(3600 / per_hour)) < 13 * 3600:
            ready, desk = heapq.heappop(free)
            start = max(at, ready)
            end = start + rng.exponential(300)
            heapq.heappush(free, (end, desk))
            lines.append(line(midnight, at, start, end, desk))
        for half in range(8):
            for desk in range(servers, servers + paused):
                start = 9 * 3600.0 + half * 1800 + 5
                lines.append(line(midnight, start, start, start + 60, desk))
    file.write_text("\n".join(lines), encoding="utf-8")
    (file.parent / "mine.yaml").write_text(
        "columns: {arrival: came, called: called, ended: done, server: desk}\n", encoding="utf-8"
    )


def line(midnight: dt.datetime, came: float, called: float, done: float, desk: int) -> str:
    moments = [midnight + dt.timedelta(seconds=round(t)) for t in (came, called, done)]
    return ",".join([*map(str, moments), f"desk {desk}"])


def staff(tmp_path: Path, **options: object) -> calibration.Fit:
    return calibration.calibrate(
        "staff", [tmp_path / "log.csv"], mapping=tmp_path / "mine.yaml", hall="h", out=tmp_path / "staff.yaml",
        hours="09:00-13:00", **options,  # type: ignore[arg-type]
    )  # fmt: skip


def test_known_counters_come_back_from_a_busy_hall(tmp_path: Path) -> None:
    hall_log(tmp_path / "log.csv", servers=5, per_hour=55)
    found = staff(tmp_path)
    best = found.finding.parameters["counters"]["staffing"]
    assert best["source"] == "fitted"
    assert list(best["best"].values()) == [5] * 8
    assert found.estimates["availability"].note == "measured"
    assert found.estimates["availability"].value > 0.95


def test_servers_who_come_and_go_are_not_counted_whole(tmp_path: Path) -> None:
    hall_log(tmp_path / "log.csv", servers=4, per_hour=44, paused=3)
    found = staff(tmp_path)
    steps = list(found.finding.parameters["counters"]["staffing"]["best"].values())
    assert sum(steps) / 8 == pytest.approx(4, abs=0.6)  # whoever is idle for a moment may be at hand: never 7
    assert found.estimates["availability"].value == pytest.approx(4 / 7, abs=0.1)


def test_a_quiet_hall_gets_an_assumption_and_is_told_so(tmp_path: Path) -> None:
    hall_log(tmp_path / "log.csv", servers=5, per_hour=20, days=2)
    found = staff(tmp_path)
    stated = found.finding.parameters["counters"]["staffing"]
    assert stated["source"] == "assumed"
    assert found.estimates["availability"].value == ASSUMED_AVAILABILITY[0]
    assert any("assumption" in warning for warning in found.warnings)


def test_a_given_availability_overrules(tmp_path: Path) -> None:
    hall_log(tmp_path / "log.csv", servers=5, per_hour=55)
    found = staff(tmp_path, availability=0.6)
    assert list(found.finding.parameters["counters"]["staffing"]["best"].values()) == [3] * 8
    assert any("more servers were busy" in warning for warning in found.warnings)
    with pytest.raises(calibration.CalibrationError, match="bad-availability"):
        staff(tmp_path, availability=1.5)


def test_spans_are_split_at_the_half_hours() -> None:
    edges = np.array([0.0, 10.0, 20.0, 30.0])
    assert seconds_within(np.array([-5.0, 8.0, 28.0]), np.array([2.0, 21.0, 40.0]), edges).tolist() == [4.0, 10.0, 3.0]


def test_one_name_for_several_servers_is_told_and_still_written_as_a_study_reads_it(tmp_path: Path) -> None:
    hall_log(tmp_path / "log.csv", servers=3, per_hour=35)
    log = tmp_path / "log.csv"
    log.write_text(re.sub(r"desk \d", "desk 0", log.read_text(encoding="utf-8")), encoding="utf-8")
    found = staff(tmp_path)
    assert any("services of one server overlap" in warning for warning in found.warnings)
    head = 'name: x\nhorizon: 1 week\nparameters: [staff.yaml]\nhalls: {h: {hours: "09:00-13:00", arrivals: '
    rest = '{rate: {"09:00": 9/h}}, transactions: {a: {share: 100 %, service: {dist: exponential, mean: 5 min}}}}}\n'
    (tmp_path / "study.yaml").write_text(head + rest, encoding="utf-8")
    assert scenarios.load(tmp_path / "study.yaml").resolve("baseline").beliefs
