"""The figures that a right reader gets from January 1999 of the Anonymous Bank (data/README.md)."""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import calibration
from calibration import kinds, waits
from calibration.mapping import LogMapping
from calibration.reading import read_log
from calibration.tickets import TicketLog

ROOT = Path(__file__).parents[1]
LOG = ROOT.parent / "shared" / "data" / "queue" / "anonbank_1999_01.txt"
pytestmark = pytest.mark.skipif(not LOG.is_file(), reason=f"the real call log is not here: {LOG.name}")

Fits = dict[tuple[str, str], calibration.Fit]
CALLS_BY_HOUR = [36, 96, 105, 119, 103, 98, 97, 117, 125, 141, 104, 77, 65, 51, 45, 45, 40]


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """Read the log once for each mapping: everything here asks for the same 31,599 calls. Each gets its own frame."""
    read: dict[str, TicketLog] = {}

    def again(paths: Sequence[Path], mapping: LogMapping) -> TicketLog:
        assert list(paths) == [LOG]
        if mapping.name not in read:
            read[mapping.name] = read_log(paths, mapping)
        return replace(read[mapping.name], frame=read[mapping.name].frame.copy())

    with pytest.MonkeyPatch.context() as patch:
        for module in (kinds, waits):
            patch.setattr(module, "read_log", again)
        yield


@pytest.fixture(scope="module")
def fits(tmp_path_factory: pytest.TempPathFactory) -> Fits:
    """Every kind under both mappings, once."""
    folder = tmp_path_factory.mktemp("params")
    return {
        (mapping, kind): calibration.calibrate(
            kind, [LOG], mapping=mapping, hall="bank", out=folder / f"{mapping}-{kind}.yaml"
        )
        for mapping in ("anonbank", "anonbank-queue")
        for kind in calibration.KINDS
    }


def test_every_call_is_read_and_has_its_outcome() -> None:
    log = read_log([LOG], calibration.load_mapping("anonbank"))
    assert log.tables[0].read == 31_599
    assert log.tables[0].form == "UTF-8, tab-separated"
    counts = log.frame["outcome"].value_counts()
    assert (counts["served"], counts["abandoned"], int(log.rules["phantom"].sum())) == (27_060, 4_299, 240)


def test_weekday_calls_by_hour_come_out(fits: Fits) -> None:
    found = fits["anonbank", "arrivals"]
    by_hour = next(table for table in found.finding.tables if table.columns[0] == "hour")
    # 35.5 and the like are printed rounded in the README: within half a call, and a hair for halves.
    assert [row[0] for row in by_hour.rows] == [f"{hour:02d}" for hour in range(7, 24)]
    assert np.allclose([float(row[1]) for row in by_hour.rows], CALLS_BY_HOUR, rtol=0, atol=0.5001)
    assert found.goodness["days"] == 19


def test_service_of_the_month_comes_out(fits: Fits) -> None:
    found = fits["anonbank", "service"].estimates
    assert found["mean"].value == pytest.approx(185.3, abs=0.05)
    assert found["sd"].value == pytest.approx(230.2, abs=0.05)
    assert found["median"].value == 114
    assert found["log_mean"].value == pytest.approx(4.828, abs=0.0005)
    assert found["log_sd"].value == pytest.approx(0.927, abs=0.0005)


def test_waits_of_the_served_come_out() -> None:
    """35.1 s and 50.3 % are over the calls whose service lasted at all: 277 of 27,060 lasted 0 s."""
    log = read_log([LOG], calibration.load_mapping("anonbank"))
    served = log.frame[(log.frame["outcome"] == "served") & (log.frame["service_s"] > 0)]
    assert len(served) == 26_783
    assert served["wait_s"].mean() == pytest.approx(35.1, abs=0.05)
    assert (served["wait_s"] > 0).mean() == pytest.approx(0.503, abs=0.0005)


def test_patience_of_the_month_comes_out(fits: Fits) -> None:
    found = fits["anonbank", "patience"].estimates
    curve = [found[f"stays_over_{at}s"].value for at in (30, 60, 120, 180, 300, 600)]
    assert np.allclose(curve, [0.909, 0.831, 0.726, 0.641, 0.516, 0.348], rtol=0, atol=0.0005)
    assert found["exponential_mean"].value == pytest.approx(369, abs=0.5)


def test_servers_at_hand_are_fewer_than_servers_seen(fits: Fits) -> None:
    found = fits["anonbank-queue", "staff"]
    availability = found.estimates["availability"]
    assert availability.low is not None
    assert availability.high is not None
    assert 0.6 < availability.low < availability.value < availability.high < 0.85
    assert found.estimates["counter_hours_written"].value > found.estimates["busy_hours"].value


def test_every_row_of_the_month_ends_in_one_bucket(fits: Fits) -> None:
    for found in fits.values():
        rows = found.rows
        assert rows.read == rows.used + sum(rows.left_out.values()) + len(rows.bad) == 31_599


def test_the_hours_whose_service_is_short_are_told(fits: Fits) -> None:
    told = [warning for warning in fits["anonbank-queue", "service"].warnings if "not the same all day" in warning]
    assert len(told) == 1
    assert "16 h 154 s" in told[0]


def beside() -> ModuleType:
    spec = importlib.util.spec_from_file_location("beside", ROOT / "examples" / "anonbank" / "beside.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["beside"] = module
    spec.loader.exec_module(module)
    return module


def test_the_simulated_centre_stands_beside_the_observed_one(tmp_path: Path) -> None:
    """A short form of examples/anonbank: one simulated month. Wide bounds: the study is one pool, the centre not."""
    example = beside()
    study = tmp_path / "study.yaml"
    study.write_text((ROOT / "examples" / "anonbank" / "study.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    example.fit_all(LOG, study)
    observed = calibration.observed([LOG], mapping=example.MAPPING)
    table = example.beside(observed, example.simulated(study, 1))
    whole = table.loc["all"]
    assert whole["arrivals_per_day simulated"] == pytest.approx(whole["arrivals_per_day observed"], rel=0.15)
    assert 0.6 < whole["wait_mean_min simulated"] / whole["wait_mean_min observed"] < 1.6
    assert math.isclose(whole["abandoned_share simulated"], whole["abandoned_share observed"], abs_tol=0.05)
    day = table.drop(index="all")
    assert len(day) == 34
    assert day["wait_mean_min simulated"].corr(day["wait_mean_min observed"]) > 0.3
