"""Patience comes back from waits that service cuts short, and intervals cover as often as they say."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import calibration
from calibration.laws import Floats, survival, weibull_cv
from calibration.patience import _doubt, fit_patience_times
from calibration.survival import current_status_curve, fit_censored, kaplan_meier


def waits(seed: int, n: int, patience: Floats, offered_mean: float = 200.0) -> tuple[Floats, NDArray[np.bool_]]:
    offered = np.random.default_rng([seed, 1]).exponential(offered_mean, n)
    return np.minimum(patience, offered), patience < offered


def exponential(seed: int, n: int) -> Floats:
    return np.random.default_rng(seed).exponential(600.0, n)


def test_exponential_patience_comes_back_from_20000_censored_records() -> None:
    times, gone = waits(1, 20_000, exponential(1, 20_000))
    model = fit_patience_times(times, gone)
    assert model.written.law == "exponential"
    assert model.written.mean == pytest.approx(600, rel=0.05)
    assert model.laws[0].law == "exponential"  # and Schwarz's criterion would have found it


@pytest.mark.parametrize(("law", "cv"), [("weibull", 0.7), ("lognormal", 0.8)])
def test_other_laws_come_back_from_20000_censored_records(law: str, cv: float) -> None:
    rng = np.random.default_rng(2)
    if law == "weibull":
        shape = 1.4502  # the Weibull shape with this cv
        assert weibull_cv(shape) == pytest.approx(cv, abs=1e-3)
        patience = 400 / math.gamma(1 + 1 / shape) * rng.weibull(shape, 20_000)
    else:
        s = math.sqrt(math.log1p(cv**2))
        patience = rng.lognormal(math.log(400) - s * s / 2, s, 20_000)
    model = fit_patience_times(*waits(2, 20_000, patience, 400), law="best")
    assert model.written.law == law
    assert model.written.mean == pytest.approx(400, rel=0.05)
    assert model.written.cv == pytest.approx(cv, rel=0.08)


def test_a_naive_mean_of_those_who_left_would_be_wrong() -> None:
    times, gone = waits(3, 20_000, exponential(3, 20_000))
    assert times[gone].mean() < 0.4 * 600


@pytest.mark.parametrize("law", ["exponential", "weibull"])
def test_intervals_of_patience_cover_as_often_as_they_say(law: str) -> None:
    inside = 0
    for seed in range(200):
        times, gone = waits(seed, 400, exponential(seed, 400))
        times = np.ceil(times)
        curve = kaplan_meier(times, gone)
        found = fit_censored(law, times, gone, "at_leaving", curve)  # type: ignore[arg-type]
        assert found is not None
        inside += found.mean_low <= 600 <= found.mean_high
    assert 0.90 <= inside / 200 <= 0.99


def test_greenwood_intervals_cover_as_often_as_they_say() -> None:
    at, truth = 240.0, math.exp(-240 / 600)
    inside = 0
    for seed in range(200):
        low, high = kaplan_meier(*waits(seed, 300, exponential(seed, 300))).interval(at)
        inside += low <= truth <= high
    assert 0.90 <= inside / 200 <= 0.99


def test_kaplan_meier_reproduces_the_textbook() -> None:
    """Freireich et al. 1963, 6-MP arm (Kalbfleisch & Prentice): .857 .807 .753 .690 .627 .538 .448."""
    remission = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    relapse = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = kaplan_meier(np.array(remission, dtype=float), np.array(relapse, dtype=bool))
    assert curve.at.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert np.allclose(curve.value, [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], atol=5e-4)
    low, high = curve.interval(6)
    assert [low, high] == pytest.approx([0.6197, 0.9516], abs=1e-3)
    assert curve(5.9) == 1
    assert curve(6) == pytest.approx(0.857, abs=5e-4)


def test_a_hall_that_notices_leaving_at_the_call_gets_its_patience_back() -> None:
    """Current status: the wait bounds patience. Read as moments of leaving, the same rows would say far too much."""
    rng = np.random.default_rng(6)
    wait, patience = rng.exponential(500, 20_000), rng.exponential(1200, 20_000)
    gone = patience < wait
    model = fit_patience_times(wait, gone, seen="when_called")
    assert model.written.mean == pytest.approx(1200, rel=0.05)
    naive = fit_patience_times(wait, gone)
    assert naive.written.mean > 1.3 * 1200
    for at in (300.0, 900.0):
        assert model.curve(at) == pytest.approx(math.exp(-at / 1200), abs=0.05)


def test_a_log_that_contradicts_its_mapping_is_doubted() -> None:
    times, gone = waits(9, 5_000, exponential(9, 5_000))
    assert "at_leaving" in str(_doubt(fit_patience_times(times, gone, seen="when_called")))
    rng = np.random.default_rng(9)
    wait, patience = rng.exponential(500, 5_000), rng.exponential(1200, 5_000)
    assert _doubt(fit_patience_times(wait, patience < wait, seen="when_called")) is None


def test_current_status_intervals_cover_as_often_as_they_say() -> None:
    inside = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        wait, patience = rng.exponential(500, 500), rng.exponential(1200, 500)
        gone = patience < wait
        found = fit_censored("exponential", wait, gone, "when_called", current_status_curve(wait, gone))
        assert found is not None
        inside += found.mean_low <= 1200 <= found.mean_high
    assert 0.90 <= inside / 200 <= 0.99


def test_the_isotonic_curve_never_rises() -> None:
    rng = np.random.default_rng(8)
    curve = current_status_curve(rng.exponential(5, 500), rng.random(500) < 0.4)
    assert (np.diff(curve.value) <= 1e-12).all()


def test_too_few_who_left_is_an_error_and_not_a_number(tmp_path: Path) -> None:
    rows = [f"2010-07-01 09:{i:02d}:00,2010-07-01 09:{i + 1:02d}:00,2010-07-01 09:59:00,,1" for i in range(30)]
    (tmp_path / "log.csv").write_text("\n".join(["取号,叫号,结束,过号,窗口", *rows]), encoding="utf-8")
    with pytest.raises(calibration.CalibrationError, match="only 0 of 30"):
        calibration.calibrate(
            "patience", [tmp_path / "log.csv"], mapping="queue-ticket-zh", hall="h", out=tmp_path / "p.yaml"
        )
    assert not (tmp_path / "p.yaml").exists()


def test_survival_of_every_law_matches_its_moments() -> None:
    """Integral of the tail is the mean, of 2·t·tail the second moment."""
    at = np.concatenate((np.linspace(0, 50, 50_001), np.linspace(50, 5_000, 50_001)[1:]))
    for law, cv in (
        ("exponential", 1.0),
        ("lognormal", 0.8),
        ("gamma", 0.7),
        ("weibull", 1.4),
        ("hyperexponential", 1.6),
    ):
        tail = survival(law, 3.0, cv, at)  # type: ignore[arg-type]
        mean, second = np.trapezoid(tail, at), np.trapezoid(2 * at * tail, at)
        assert mean == pytest.approx(3.0, rel=1e-3)
        assert math.sqrt(second / mean**2 - 1) == pytest.approx(cv, rel=1e-2)
