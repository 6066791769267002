"""Service laws are told apart, and their mean and cv come back with honest intervals."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import calibration
from calibration.groups import share_text, study_names
from calibration.laws import stages_of, weibull_cv
from calibration.service_times import fit_service_times, sample_moments

N = 6_000


def sample(law: str, seed: int = 1, n: int = N) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    if law == "exponential":
        return rng.exponential(180, n)
    if law == "lognormal":
        s = math.sqrt(math.log1p(0.6**2))
        return rng.lognormal(math.log(180) - s * s / 2, s, n)
    if law == "gamma":
        return rng.gamma(1 / 0.45**2, 180 * 0.45**2, n)
    if law == "weibull":
        return 180 / math.gamma(1 + 1 / 3) * rng.weibull(3.0, n)
    p = (1 + math.sqrt((4 - 1) / (4 + 1))) / 2
    return np.where(rng.random(n) < p, rng.exponential(90 / p, n), rng.exponential(90 / (1 - p), n))


@pytest.mark.parametrize(
    ("law", "cv"),
    [("exponential", 1), ("lognormal", 0.6), ("gamma", 0.45), ("weibull", 0.3634), ("hyperexponential", 2)],
)
def test_the_law_and_its_moments_come_back(law: str, cv: float) -> None:
    model = fit_service_times(sample(law))
    assert model.law == law
    assert model.laws[0].law == law
    assert model.mean.value == pytest.approx(180, rel=0.06)
    assert model.cv.value == pytest.approx(cv, rel=0.06)
    assert model.laws[0].cv == pytest.approx(cv, rel=0.06)
    assert model.as_written.ks < 0.025


def test_erlang_stages_come_back() -> None:
    model = fit_service_times(np.random.default_rng(2).gamma(4, 45, N), law="erlang")
    assert stages_of(model.cv.value) == 4
    assert weibull_cv(3.0) == pytest.approx(0.3634, abs=1e-4)


def test_services_that_are_all_alike_are_refused_by_name() -> None:
    with pytest.raises(calibration.CalibrationError, match="deterministic"):
        fit_service_times(np.full(50, 60.0))


def test_a_wild_spread_still_gives_a_law() -> None:
    """Times over many orders of magnitude drive single estimators out of their range; the others remain."""
    times = np.random.default_rng(1).lognormal(0, 9, 60)
    assert fit_service_times(times).laws


def test_intervals_of_mean_and_cv_cover_as_often_as_they_say() -> None:
    mean = cv = 0
    for seed in range(200):
        m, c = sample_moments(sample("gamma", seed, 500))
        assert m.low is not None
        assert m.high is not None
        assert c.low is not None
        assert c.high is not None
        mean += m.low <= 180 <= m.high
        cv += c.low <= 0.45 <= c.high
    assert 0.90 <= mean / 200 <= 0.99
    assert 0.90 <= cv / 200 <= 0.99


def test_shares_add_up_to_the_last_cent() -> None:
    for sizes in ([1, 1, 1], [7, 2, 5, 3, 11, 13], [9999, 1]):
        shares = [float(best.removesuffix(" %")) for best, _, _ in share_text(sizes)]
        assert sum(shares) == pytest.approx(100, abs=1e-9)


def write_log(file: Path) -> None:
    lines = ["取号时间,叫号时间,结束时间,过号,窗口,业务类型"]
    at = dt.datetime(2010, 7, 1, 9)
    for i, seconds in enumerate(sample("gamma", 3, 400)):
        name = "补卡" if i % 4 == 0 else "缴费"
        end = at + dt.timedelta(seconds=round(seconds) * (3 if name == "补卡" else 1))
        lines.append(f"{at},{at},{end},,1,{name}")
    lines += [f"{at},{at},{at + dt.timedelta(seconds=60)},,1,罕见", f"{at},{at},{at},,1,缴费", f"{at},{at},,是,1,缴费"]
    file.write_text("\n".join(lines), encoding="utf-8")


def test_each_transaction_gets_its_own_law_and_share(tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv")
    fit = calibration.calibrate(
        "service", [tmp_path / "log.csv"], mapping="queue-ticket-zh", hall="h", out=tmp_path / "s.yaml", transaction="*"
    )
    stated = fit.finding.parameters["transactions"]
    assert set(stated) == {"补卡", "缴费"}
    assert stated["补卡"]["share"]["best"] == "25 %"
    assert fit.estimates["补卡 mean"].value == pytest.approx(540, rel=0.1)
    assert fit.rows.left_out == {"not served": 1, "service of 0 s": 1, "transaction seen fewer than 20 times": 1}
    assert fit.rows.read == fit.rows.used + 3


def test_names_that_a_study_cannot_hold_are_rewritten_and_told(tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv")
    text = (tmp_path / "log.csv").read_text(encoding="utf-8").replace("补卡", "补卡/换卡")
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    fit = calibration.calibrate(
        "service", [tmp_path / "log.csv"], mapping="queue-ticket-zh", hall="h", out=tmp_path / "s.yaml", transaction="*"
    )
    assert set(fit.finding.parameters["transactions"]) == {"补卡-换卡", "缴费"}
    assert any("补卡-换卡" in warning for warning in fit.warnings)
    with pytest.raises(calibration.CalibrationError, match="twin-names"):
        study_names(["a/b", "a:b"])


def test_one_transaction_is_asked_for_by_name(tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv")
    ask = {"mapping": "queue-ticket-zh", "hall": "h", "out": tmp_path / "s.yaml"}
    fit = calibration.calibrate("service", [tmp_path / "log.csv"], transaction="缴费", **ask)  # type: ignore[arg-type]
    assert list(fit.finding.parameters["transactions"]) == ["缴费"]
    assert fit.rows.left_out["another transaction than 缴费"] == 101
    with pytest.raises(calibration.CalibrationError, match="no-such-transaction") as caught:
        calibration.calibrate("service", [tmp_path / "log.csv"], transaction="交费", **ask)  # type: ignore[arg-type]
    assert "缴费" in str(caught.value.help)


def test_short_services_are_left_out_by_a_counted_rule(tmp_path: Path) -> None:
    write_log(tmp_path / "log.csv")
    fit = calibration.calibrate(
        "service", [tmp_path / "log.csv"], mapping="queue-ticket-zh", hall="h", out=tmp_path / "s.yaml", shortest_s=100
    )
    assert fit.rows.left_out["service shorter than 100 s"] > 10
