"""Known arrivals come back from synthetic logs (validation/README.md, "Fitting")."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest

import calibration
from calibration.daycounts import DayCounts, day_spread, fit_counts
from calibration.laws import Floats
from calibration.mapping import WEEKDAYS
from calibration.timetable import Grid

EDGES = tuple(range(9 * 3600, 18 * 3600 + 1, 1800))
RATE = np.array([28, 52, 78, 96, 104, 110, 92, 70, 58, 54, 66, 90, 102, 96, 80, 62, 44, 30], dtype=float)
START = dt.date(2010, 3, 1)  # a Monday
WEEK = {"mon": 1.15, "tue": 1.05, "wed": 1.0, "thu": 1.0, "fri": 1.1, "sat": 0.9, "sun": 0.8}


def synthetic(seed: int, days: int, cv: float, *, week: bool = False, rate: Floats = RATE) -> DayCounts:
    rng = np.random.default_rng(seed)
    dates = [START + dt.timedelta(days=d) for d in range(days)]
    names = tuple(WEEKDAYS[date.weekday()] for date in dates)
    factor = np.array([WEEK[name] if week else 1.0 for name in names])
    if cv:
        factor = factor * rng.gamma(1 / cv**2, cv**2, days)
    counts = rng.poisson(np.outer(factor, rate / 2)).astype(float)
    return DayCounts(Grid(EDGES), tuple(map(str, dates)), names, tuple(date.day for date in dates), counts)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_known_profile_comes_back_from_60_days(seed: int) -> None:
    model = fit_counts(synthetic(seed, 60, 0.10))
    assert (np.abs(model.rate - RATE) <= 4 * model.rate_se).all()
    assert np.mean(np.abs(model.rate / RATE - 1)) <= 0.03


def test_the_day_factor_comes_back_from_200_days() -> None:
    for seed, cv in enumerate((0.05, 0.15, 0.3)):
        model = fit_counts(synthetic(seed, 200, cv, week=True))
        assert model.cv == pytest.approx(cv, abs=0.03)
        assert model.cv_low < cv < model.cv_high


def test_no_spread_is_found_where_days_are_poisson() -> None:
    model = fit_counts(synthetic(7, 200, 0.0))
    assert model.cv < 0.03
    assert model.cv_low == 0


def test_weekdays_are_not_taken_for_spread() -> None:
    model = fit_counts(synthetic(11, 210, 0.1, week=True))
    assert model.cv == pytest.approx(0.1, abs=0.03)
    mean = np.mean(list(WEEK.values()))
    for name, estimate in model.weekday.items():
        assert estimate.value == pytest.approx(WEEK[name] / mean, rel=0.06)
    assert np.mean([estimate.value for estimate in model.weekday.values()]) == pytest.approx(1)
    assert model.weekday_p < 1e-6


def test_node_intervals_cover_as_often_as_they_say() -> None:
    inside = []
    for seed in range(200):
        model = fit_counts(synthetic(seed, 20, 0.15))
        inside.append((model.rate_low <= RATE) & (model.rate_high >= RATE))
    assert 0.90 <= np.mean(inside) <= 0.99


def test_spread_intervals_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(200):
        totals = rng.poisson(400 * rng.gamma(1 / 0.15**2, 0.15**2, 40)).astype(float)
        _, low, high = day_spread(totals, np.full(40, totals.mean()), 39)
        inside += low <= 0.15 <= high
    assert 0.90 <= inside / 200 <= 0.99


def test_without_spread_node_intervals_are_the_exact_poisson_ones() -> None:
    """Garwood 1936: 10 events give 4.795 … 18.39, none gives 0 … 3.689."""
    counts = np.zeros((1, 2))
    counts[0, 0] = 10
    data = DayCounts(Grid((0, 3600, 7200)), ("2010-03-01",), ("mon",), (1,), counts)
    model = fit_counts(data)
    assert model.rate_low == pytest.approx([4.795, 0.0], abs=1e-3)
    assert model.rate_high == pytest.approx([18.39, 3.689], abs=1e-2)


def test_month_ends_get_their_factor_when_there_are_months_enough() -> None:
    rng = np.random.default_rng(3)
    data = synthetic(3, 184, 0.0)
    busy = np.array([day <= 3 or day >= 26 for day in data.month_day])
    counts = rng.poisson(np.outer(np.where(busy, 1.3, 1.0), RATE / 2)).astype(float)
    model = fit_counts(DayCounts(data.grid, data.days, data.weekday, data.month_day, counts))
    assert model.month_part["1-3"].value == pytest.approx(1.3, abs=0.06)
    assert model.month_part["26-31"].value == pytest.approx(1.3, abs=0.06)
    assert np.abs(model.rate / RATE - 1).max() < 0.1
    assert not fit_counts(synthetic(3, 60, 0.0)).month_part


def write_log(file: Path, data: DayCounts, seed: int) -> None:
    """Write the counts as tickets of a Chinese queue machine."""
    rng = np.random.default_rng(seed)
    lines = ["取号时间,叫号时间,结束时间,过号,窗口"]
    for d, day in enumerate(data.days):
        for k, n in enumerate(data.counts[d]):
            for second in np.sort(rng.integers(0, 1800, int(n))):
                at = dt.datetime.fromisoformat(day) + dt.timedelta(seconds=int(EDGES[k] + second))
                lines.append(f"{at},{at + dt.timedelta(minutes=2)},{at + dt.timedelta(minutes=5)},,1")
    file.write_bytes("\n".join(lines).encode("gb18030"))


def test_a_ticket_log_becomes_a_parameter_file_with_its_figure(tmp_path: Path) -> None:
    log, out = tmp_path / "排队.csv", tmp_path / "params" / "arrivals.yaml"
    data = synthetic(21, 60, 0.1, week=True)
    write_log(log, data, 21)
    fit = calibration.calibrate("arrivals", [log], mapping="queue-ticket-zh", hall="高升", out=out)
    assert fit.rows.used == fit.rows.read == data.counts.sum()
    mean = float(np.mean(list(WEEK.values())))
    rates = [fit.estimates[f"rate {label}"].value for label in Grid(EDGES).labels]
    assert np.mean(np.abs(np.array(rates) / (RATE * mean) - 1)) < 0.05
    assert out.is_file()
    assert out.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in out.parent.iterdir()) == ["arrivals.png", "arrivals.yaml"]
    assert any("GB18030" in line for line in fit.lines())


def test_rows_outside_hours_and_weekdays_are_counted_not_lost(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    data = synthetic(4, 14, 0.0)
    write_log(log, data, 4)
    fit = calibration.calibrate(
        "arrivals", [log], mapping="queue-ticket-zh", hall="h", out=tmp_path / "a.yaml", hours="09:30-17:45",
        weekdays=["mon", "tue", "wed"],
    )  # fmt: skip
    assert set(fit.rows.left_out) == {"not on mon, tue, wed", "outside 09:30-17:45"}
    assert fit.rows.read == fit.rows.used + sum(fit.rows.left_out.values())
    labels = [name.removeprefix("rate ") for name in fit.estimates if name.startswith("rate ")]
    assert (labels[0], labels[-1], len(labels)) == ("09:30", "17:30", 17)
    assert fit.estimates["rate 17:30"].value == pytest.approx(30, rel=0.8)
    assert math.isclose(sum(e.value for n, e in fit.estimates.items() if n.startswith("weekday")) / 3, 1, abs_tol=1e-9)
