"""The warm-up of halls that never close: found where there is one, refused where a run is too short to tell."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import scenarios
import sim
import standfast as sf
from standfast.cli import main
from standfast.experiments.warm_up import batch_of, customers_inside, find_warm_up

HEAD = "name: steady\nseed: {seed}\nstart: 2010-07-01\ncalendar: none\nhorizon: {days} days\nhalls:\n"
HALL = """\
  {name}:
    hours: "{hours}"
    arrivals: {{rate: {rate}{more}}}
    transactions: {{visit: {{share: 100 %, service: {{dist: exponential, mean: {service}}}}}}}
    counters: {{staffing: {{"{hours:.5}": {counters}}}}}
"""


def study(days: int = 4, seed: int = 1, **hall: object) -> str:
    """A study of one hall with a constant rate, unless told otherwise."""
    usual = {"name": "line", "hours": "00:00-24:00", "rate": '{"00:00": 10/h}', "more": ""}
    return HEAD.format(days=days, seed=seed) + HALL.format(**usual | {"service": "20 min", "counters": 8} | hall)


SLOW = study(6, rate='{"00:00": 10/h}', service="4 h", counters=90)
"""Nobody waits: customers inside are Poisson with mean 40 (1 − exp(−t / 4 h))."""


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return int(end.value.code or 0)


def test_the_warm_up_of_a_hall_that_fills_slowly_is_found() -> None:
    found = sf.warm_up(scenarios.loads(SLOW))
    (hall,) = found.halls
    assert hall.cut_us is not None
    hours = hall.cut_us / 3_600_000_000
    assert 5 <= hours <= 24  # after 5 h it still lacks 29 % of its customers, after 24 h 0.2 %
    assert found.text == f"warm_up: {-(-hours // 1):.0f} h"
    half_hours = round(2 * hours)
    assert hall.series[:half_hours].mean() < 34
    assert hall.series[half_hours:].mean() == pytest.approx(40, abs=2)


def test_the_found_warm_up_can_be_written_into_the_study() -> None:
    found = find_warm_up(scenarios.loads(SLOW))
    assert scenarios.loads(f"{found.text}\n{SLOW}").resolve("baseline").study.warm_up_us >= 5 * 3_600_000_000


def test_customers_inside_fill_as_the_law_says() -> None:
    model = scenarios.loads(SLOW).resolve("baseline").study
    series = np.mean([customers_inside(*sim.run_halls(model, number)) for number in range(20)], axis=0)
    middle = np.arange(len(series)) / 2 + 0.25
    expected = 40 * (1 - np.exp(-middle / 4))
    assert np.abs(series - expected).max() <= 5 * (40 / 20) ** 0.5
    assert len(series) == 6 * 48


def test_the_course_of_the_day_is_no_warm_up() -> None:
    """Nights are quiet, mornings full, and midnight in between: MSER-5 on half hours takes that for a warm-up."""
    told = []
    for seed in range(1, 6):
        text = study(20, seed, rate='{"00:00": 12/h, "06:00": 1/h, "20:00": 4/h}', service="12 min", counters=4)
        found = find_warm_up(scenarios.loads(text), replications=1)
        told.append(found.hours)
        assert found.halls[0].batch == 48
    settled = [hours for hours in told if hours is not None]
    assert len(settled) >= 3  # one in eleven is refused by chance, see below
    assert all(hours % 24 == 0 for hours in settled)
    assert 0 in settled


def test_a_study_that_is_too_short_or_never_settles_is_told_to_run_longer() -> None:
    daily = '{"00:00": 4/h, "08:00": 12/h}'
    (short,) = find_warm_up(scenarios.loads(study(3, rate=daily)), replications=1).halls
    assert (short.cut_us, "horizon: 13 days" in short.too_short) == (None, True)
    (day,) = find_warm_up(scenarios.loads(study(1)), replications=1).halls
    assert "horizon: 2 days" in day.too_short
    (week,) = find_warm_up(scenarios.loads(study(14, more=", weekday: {sat: 0.5}")), replications=1).halls
    assert "horizon: 91 days" in week.too_short
    crowded = find_warm_up(scenarios.loads(study(4, counters=2)), replications=2)
    assert crowded.text is None
    assert "horizon: 8 days" in crowded.halls[0].too_short
    assert "no steady state" in crowded.halls[0].too_short


def test_halls_that_close_need_none() -> None:
    found = find_warm_up(scenarios.loads(study(2, hours="09:00-18:00", rate='{"09:00": 10/h}')))
    assert (found.halls, found.closing) == ((), ("line",))


@pytest.mark.parametrize(
    ("hall", "batch"),
    [
        ({}, 5),
        ({"rate": '{"00:00": 10/h, "08:00": 20/h}'}, 48),
        ({"rate": '{"08:00": 20/h}'}, 48),
        ({"counters": '3, "08:00": 5'}, 48),
        ({"more": ", weekday: {sat: 0.5}"}, 336),
        ({"more": ", weekday: {sat: 1.0}"}, 5),
    ],
)
def test_a_batch_is_as_long_as_arrivals_and_staffing_take_to_repeat(hall: dict[str, object], batch: int) -> None:
    model = scenarios.loads(study(**hall)).resolve("baseline").study  # type: ignore[arg-type]
    assert batch_of(model.halls["line"]) == batch


def test_the_command_says_what_to_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "steady.yaml"
    path.write_text(SLOW.replace("horizon: 6", "horizon: 4") + "arms: {baseline: {}, same: {}}\n", encoding="utf-8")
    assert ended("show", str(path), "--warm-up") == 0
    told = capsys.readouterr()
    assert "from 5 pilot runs of steady, arm baseline" in told.err
    assert "write into the study:\nwarm_up: " in told.out
    assert "--arm" in told.out
    assert ended("show", str(path), "--warm-up", "--arm", "same", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["arm"] == "same"
    assert answer["warm_up"] in told.out
    assert sorted(each.name for each in tmp_path.iterdir()) == ["steady.yaml"]


def test_the_command_refuses_what_it_cannot_tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "steady.yaml"
    path.write_text(study(1), encoding="utf-8")
    assert ended("show", str(path), "--warm-up") == 2
    told = capsys.readouterr().err
    assert "hall line: MSER needs 2 days at least, not 1: run longer" in told
    assert ended("show", str(path), "--warm-up", "--arm", "nobody") == 2
    assert ended("show", str(path), "--warm-up", "--json") == 2
    closed = study(1, hours="09:00-18:00", rate='{"09:00": 10/h}')
    path.write_text(closed, encoding="utf-8")
    capsys.readouterr()
    assert ended("show", str(path), "--warm-up") == 0
    assert "hall line: closes at night" in capsys.readouterr().out


def test_pilots_must_be_runs() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        sf.warm_up(scenarios.loads(study()), replications=0)
