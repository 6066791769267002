"""`standfast staff` and `sf.staff`: what they print and write, and how each of them can end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import scenarios
import standfast as sf
from outputs.staffing_tables import plan_frame, summary_frame, told_staffing
from scenarios.schema import KindOfDay
from standfast.cli import main
from standfast.staffing.day_plan import Job, plan_day
from standfast.staffing.month import days_a_month
from standfast.staffing.plans import FRONTIERS, NothingToStaff, plan_study

pytestmark = pytest.mark.usefixtures("exact_days_once")

STUDY = """\
schema_version: 1
name: two-halls
title: Two small halls
start: 2010-07-05
horizon: 1 months
halls:
  east:
    title: 东厅
    hours: "09:00-11:00"
    arrivals: {rate: {"09:00": {best: 24/h, source: assumed}, "10:00": {best: 40/h, source: assumed}}, holiday: 0.5}
    customers: {all: {share: 100 %, target: {busy: 10 min, idle: 10 min, share: 90 %}, patience: {dist: exponential, mean: 20 min}}}
    transactions: {visit: {share: 100 %, service: {dist: exponential, mean: 5 min}}}
    counters: {staffing: {"09:00": 2}}
  west:
    hours: "09:00-11:00"
    days: {holiday: closed}
    arrivals: {rate: {"09:00": 20/h}}
    customers: {all: {share: 100 %, target: {busy: 10 min, idle: 10 min, share: 90 %}, patience: {dist: exponential, mean: 20 min}}}
    transactions: {visit: {share: 100 %, service: {dist: exponential, mean: 5 min}}}
    counters: {staffing: {"09:00": 3}}
staffing:
  abandonment: 20 %
  shrinkage: 30 %
  days: [ordinary, {promotion: {factor: 1.3}}]
  rest: 11 h
  shifts:
    whole: {title: 全天, length: 2 h, starts: ["09:00"], cost: 20 CNY}
    hour: {length: 1 h, starts: ["09:00-10:00"], cost: 11.50 CNY, part_time: true}
arms:
  baseline: {}
  quick: {halls.*.transactions.visit.service.mean: 3 min}
"""  # noqa: E501

NO_HALLS = """\
schema_version: 1
name: none
horizon: 1 months
staffing: {shifts: {a: {length: 2 h, starts: ["09:00"], cost: 1 CNY}}}
"""

Ended = tuple[int, str, str]


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
    """Run the command line in this process: exit code, stdout, stderr."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out.replace("\u00a0", " "), err


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the study of two halls."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.yaml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def study(*sets: str, arm: str = "baseline") -> Any:
    return scenarios.load("two.yaml", sets).resolve(arm).study


def test_one_plan_is_printed_in_full_and_written(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(capsys, "staff", "two.yaml", "--hall", "east", "--day", "ordinary", "--workers", "1")
    assert code == 0
    assert "东厅 · ordinary day" in out
    assert "It is the cheapest there is: proven." in out
    assert "exact chain" in out
    assert "binds:" in out
    assert "10:30–11:00" in out
    assert "What better service costs" in out
    folder = here / "results" / "two-halls" / "staffing"
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    assert {"staffing.html", "plan.csv", "plan.xlsx", "ledger.csv", "half-hours.csv", "day-1.png"} <= names
    assert str(Path("results") / "two-halls" / "staffing" / "staffing.html") in out


def test_json_holds_the_plans_and_nothing_else_is_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = outcome(
        capsys, "staff", "two.yaml", "--day", "promotion", "--no-frontier", "--workers", "1", "--json"
    )
    told = json.loads(out)
    assert code == 0
    assert [(plan["hall"], plan["day"]) for plan in told["plans"]] == [("east", "promotion"), ("west", "promotion")]
    for plan in told["plans"]:
        assert plan["found"]
        assert plan["proven"]
        assert plan["frontier"] == []
        assert sum(shift["cost"] for shift in plan["shifts"]) == plan["cost"] == plan["lower_bound"]
        assert all(row["keeps_all"] for row in plan["half_hours"])
        assert {row["half_hour"] for row in plan["ledger"]} == {"09:00", "09:30", "10:00", "10:30"}


def test_a_promise_that_no_shift_can_keep_exits_with_3_and_names_the_half_hours(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = outcome(
        capsys, "staff", "two.yaml", "--hall", "east", "--day", "ordinary", "--set", "staffing.seats.east=1",
        "--workers", "1",
    )  # fmt: skip
    assert code == 3
    assert "No plan keeps every promise" in out
    assert "Best reachable:" in out
    assert "target missed: east, ordinary" in err
    assert "It is the cheapest" not in out


@pytest.mark.parametrize(
    ("text", "arguments", "told"),
    [
        (STUDY.partition("staffing:\n  ab")[0], (), "no `staffing`"),
        (STUDY, ("--hall", "esat"), "east"),
        (STUDY, ("--day", "ordinray"), "ordinary"),
        (STUDY, ("--arm", "qick"), "quick"),
        (NO_HALLS, (), "hall"),
    ],
)
def test_what_cannot_be_staffed_exits_with_2_and_help(
    here: Path, capsys: pytest.CaptureFixture[str], text: str, arguments: tuple[str, ...], told: str
) -> None:
    (here / "odd.yaml").write_text(text, encoding="utf-8")
    code, out, err = outcome(capsys, "staff", "odd.yaml", *arguments)
    assert code == 2
    assert out == ""
    assert told in err
    assert "help:" in err
    assert not (here / "results").exists()


def test_a_study_without_halls_says_so() -> None:
    bare = study().model_copy(update={"halls": {}, "staffing": None})
    with pytest.raises(NothingToStaff, match="no halls"):
        plan_study(bare)


def test_workers_change_nothing() -> None:
    def told(workers: int) -> Any:
        found = sf.staff("two.yaml", days=["ordinary"], workers=workers, frontier=False)
        return [told_staffing(found)["plans"][n] | {"seconds": 0} for n in range(2)]

    assert told(2) == told(1)


def test_python_gives_the_same_plans_as_frames(here: Path) -> None:
    found = sf.staff("two.yaml", halls=["east"], frontier=False)
    assert found.all_found
    assert [plan.day for plan in found.plans] == ["ordinary", "promotion"]
    summary = summary_frame(found)
    assert (summary["cost"] * 100 == [plan.cost_fen for plan in found.plans]).all()
    assert plan_frame(found)["people"].sum() == sum(plan.people for plan in found.plans)
    assert not (here / "results").exists()


def test_a_plan_costs_less_on_an_arm_that_serves_quicker() -> None:
    slow = plan_day(Job(study(), "east", KindOfDay("ordinary"), trade_offs=False))
    quick = plan_day(Job(study(arm="quick"), "east", KindOfDay("ordinary"), trade_offs=False))
    assert slow is not None
    assert quick is not None
    assert sf.staff("two.yaml", ["east"], ["ordinary"], arm="quick", frontier=False).plans[0].cost_fen == (
        quick.plan.cost_fen  # type: ignore[union-attr]
    )
    assert quick.plan.cost_fen < slow.plan.cost_fen  # type: ignore[union-attr]


def test_closed_days_are_left_out_and_told() -> None:
    found = sf.staff("two.yaml", days=["holiday"], frontier=False)
    assert [plan.hall for plan in found.plans] == ["east"]
    assert found.closed == (("west", "holiday"),)


def test_shrinkage_and_rest_are_carried_to_the_plan() -> None:
    (plan,) = sf.staff("two.yaml", ["west"], ["ordinary"], frontier=False).plans
    assert plan.paid == -(-10 * plan.people // 7)
    found = sf.staff("two.yaml", ["west"], frontier=False)
    assert found.rest_h == 11
    assert {(each.day, each.next_day) for each in found.rests} >= {("ordinary", "promotion")}
    assert all(each.extra == 0 for each in found.rests)


def test_the_present_staffing_is_judged_on_the_same_day() -> None:
    (plan,) = sf.staff("two.yaml", ["east"], ["ordinary"], frontier=False).plans
    assert plan.present.tolist() == [2, 2, 2, 2]
    assert {2, 3} <= set(plan.missed_before)
    one = plan.classes[0]
    assert (one.over_before[2:] > 0.1).all()
    assert (one.over <= 0.1).all()
    assert (one.wait_before_min[2:] > 10).all()
    assert (one.wait_min[2:] <= 11).all()


def test_simulated_plans_are_shown_as_fresh_days_judged_them() -> None:
    lognormal = "halls.east.transactions.visit.service={dist: lognormal, mean: 5 min, cv: 0.8}"
    found = sf.staff("two.yaml", ["east"], ["ordinary"], sets=[lognormal], frontier=False)
    (plan,) = found.plans
    assert plan.judge == "simulated"
    assert plan.days >= 2000
    assert not plan.proven
    one = plan.classes[0]
    assert (one.over + one.margin <= 0.1).all()
    assert (one.margin > 0).all()
    assert (plan.abandoned + plan.abandoned_margin <= 0.2).all()


def test_days_of_a_month_are_counted_by_the_calendar() -> None:
    plain = study()
    every = days_a_month(plain, "east", KindOfDay("ordinary")) + days_a_month(plain, "east", KindOfDay("holiday"))
    assert every == pytest.approx(365 / 12)
    assert days_a_month(plain, "west", KindOfDay("holiday")) == 0
    assert days_a_month(plain, "west", KindOfDay("promotion", 1.3)) == 1


def test_frontiers_are_left_out_of_many_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr("standfast.staffing.plans.plan_group", lambda job, _=0: (asked.append(job.trade_offs),))
    plan_study(study())
    many = study().model_copy(update={"halls": {f"h{n}": study().halls["east"] for n in range(FRONTIERS)}})
    plan_study(many)
    assert asked == [True] * 4 + [False] * 2 * FRONTIERS


def test_a_frontier_costs_more_where_it_is_stricter() -> None:
    planned = plan_day(Job(study(), "east", KindOfDay("ordinary")))
    assert planned is not None
    costs = [point.cost_fen for point in planned.frontier if point.cost_fen is not None]
    assert len(costs) >= 3
    assert costs == sorted(costs)
    assert [point.setting for point in planned.frontier] == [2.0, 1.0, 0.5, 0.25]


def test_busier_month_ends_get_a_dearer_plan_of_their_own() -> None:
    busier = "halls.east.arrivals.day_of_month={'26-31': 1.5}"
    found = sf.staff("two.yaml", ["east"], ["ordinary", "month_end"], sets=[busier], frontier=False)
    ordinary, end = found.plans
    assert end.cost_fen > ordinary.cost_fen
    assert (end.scheduled >= ordinary.scheduled).all()
    assert end.days_a_month < ordinary.days_a_month


def test_a_robust_plan_costs_more_and_says_on_how_many_days_it_holds() -> None:
    sets = ["halls.east.arrivals.day_to_day_cv=0.3", "staffing.shifts.hour=null"]
    (mean,) = sf.staff("two.yaml", ["east"], ["ordinary"], sets=sets, frontier=False).plans
    (robust,) = sf.staff("two.yaml", ["east"], ["ordinary"], sets=[*sets, "staffing.robust=90 %"], frontier=False).plans
    assert robust.cost_fen > mean.cost_fen
    assert mean.on_target is None
    assert robust.on_target is not None
    assert robust.on_target >= 0.89


def test_the_library_study_plans_four_halls_with_shifts_that_are_marked_assumed() -> None:
    loaded = scenarios.load("hall-staffing")
    study = loaded.resolve("baseline").study
    assert study.staffing is not None
    assert set(study.staffing.halls or study.halls) == {"xinhua", "gaosheng", "shawan", "xiangyang"}
    assert [kind.name for kind in study.staffing.days] == ["ordinary", "month_end", "holiday"]
    stated = [each for each in loaded.resolve("baseline").beliefs if each.path.startswith("staffing.")]
    assert {each.source for each in stated} == {"assumed"}
    assert {f"staffing.shifts.{name}.cost" for name in study.staffing.shifts} <= {each.path for each in stated}
