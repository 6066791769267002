"""The first event at which two arms part: exact, the same in both engines, and nobody's before the difference acts."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hall_studies import around_the_clock, exponential
from hypothesis import given, settings
from hypothesis import strategies as st
from market_studies import CHAIN, WHOLE

import scenarios
import standfast as sf
from outputs.partings import Parting, parting_of, parting_words, told_parting
from outputs.stories import Titles
from sim.market.diary import events
from sim.run import run
from standfast.experiments import parting as partings
from standfast.experiments.parting import OtherDays, apart, parting

HALL = """\
name: hall
start: 2010-07-01
horizon: {days} days
seed: {seed}
halls:
  gaosheng:
    hours: "09:00-18:00"
    arrivals: {{rate: {{"09:00": 40/h, "11:00": 70/h, "14:00": 45/h}}}}
    customers:
      gotone: {{share: 25 %, priority: 1, patience: {{dist: exponential, mean: 20 min}}}}
      others: {{share: 75 %, priority: 2, patience: {{dist: exponential, mean: 15 min}}}}
    transactions:
      payment: {{share: 60 %, service: {{dist: lognormal, mean: 3 min, cv: 0.6}}, kiosk: true}}
      card: {{share: 40 %, service: {{dist: lognormal, mean: 8 min, cv: 0.5}}}}
    counters: {{staffing: {{"09:00": 4}}}}
    kiosks: {{count: 2, share: 30 %, service: {{dist: exponential, mean: 2 min}}}}
    balking: {{queue: {{6: 20 %, 12: 60 %}}}}
arms:
  baseline: {{}}
  arm: {{{arm}}}
"""


def hall(arm: str, days: int = 1, seed: int = 7) -> Any:
    return scenarios.loads(HALL.format(arm=arm, days=days, seed=seed))


def found(arm: str, days: int = 1, seed: int = 7, **options: Any) -> Parting:
    return parting(hall(arm, days, seed), "arm", **options)


def test_counters_that_change_at_half_past_eleven_part_the_arms_then_and_not_before() -> None:
    it = found('halls.gaosheng.counters.staffing: {"11:30-13:30": "+2"}')
    assert it.first is not None
    assert it.person is not None
    assert (it.first.date, it.first.clock) == ("2010-07-01", "11:30:00")
    assert it.first.baseline is not None
    assert it.first.arm is not None
    assert (it.first.baseline.of, it.first.arm.of, it.first.arm.name) == (4, 6, "counters")
    assert it.person.clock >= "11:30:00"
    assert it.person.arm is not None
    assert it.person.arm.who == "customer"


@settings(max_examples=8, deadline=None)
@given(minutes=st.integers(9 * 60 + 1, 17 * 60 + 59), more=st.sampled_from([-2, -1, 1, 2]), seed=st.integers(0, 2**31))
def test_arms_are_the_same_until_the_first_difference_acts(minutes: int, more: int, seed: int) -> None:
    span = f"{minutes // 60:02d}:{minutes % 60:02d}-18:00"
    it = found(f'halls.gaosheng.counters.staffing: {{"{span}": "{more:+d}"}}', seed=seed)
    assert it.first is not None
    assert it.first.clock == f"{span[:5]}:00"
    assert it.person is None or it.person.clock >= it.first.clock


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**31), day=st.integers(0, 3))
def test_it_is_the_first_event_that_any_customer_has_otherwise(seed: int, day: int) -> None:
    """Against the whole records of both runs, held side by side in full."""
    arm = "halls.gaosheng.kiosks.share: 33 %"
    loaded = hall(arm, days=day + 1, seed=seed)
    told: list[set[tuple[int, int, int, int]]] = []
    for name in ("baseline", "arm"):
        (record,) = run(loaded.resolve(name, "base").study, 0).halls
        plan, ends = record.plan, record.outcomes
        rows = zip(
            plan.entity.tolist(), plan.arrival_us.tolist(), ends.queue.tolist(), ends.left_us.tolist(),
            ends.gone_us.tolist(), ends.fate.tolist(), strict=True,
        )  # fmt: skip
        told.append(
            {
                event
                for who, came, queue, left, gone, fate in rows
                for event in ((came, who, 0, queue), (left, who, 1, fate), (gone, who, 2, fate))
            }
        )
    differ = told[0] ^ told[1]
    it = parting(loaded, "arm")
    if not differ:
        assert it.never
        return
    at_us = min(differ)[0]
    assert it.person is not None
    assert it.person == it.first
    clock = f"{at_us // 1_000_000 // 3600 % 24:02d}:{at_us // 1_000_000 // 60 % 60:02d}:{at_us // 1_000_000 % 60:02d}"
    assert (it.person.date[-2:], it.person.clock) == (f"{at_us // 86_400_000_000 + 1:02d}", clock)


def test_both_engines_part_at_the_same_event() -> None:
    for arm in ('halls.gaosheng.counters.staffing: {"09:00": 3}', "halls.gaosheng.kiosks.share: 50 %"):
        each = [found(arm, engine=engine) for engine in ("simpy", "compiled")]
        assert each[0] == each[1]


def test_arms_that_are_the_same_never_part() -> None:
    same = found("title: another name")
    assert same.never
    assert same.same_model
    only_dearer = found("economics.counter_hour: 99 CNY/h")
    assert only_dearer.never
    assert not only_dearer.same_model
    words = parting_words("en", only_dearer, Titles("own"), "the arm")
    assert "the arm and the baseline never part" in words


def test_a_customer_who_gives_up_later_is_told_in_both_arms() -> None:
    it = found("halls.gaosheng.transactions.card.service.mean: x1.3")
    assert it.first == it.person
    assert it.first is not None
    both = (it.first.baseline, it.first.arm)
    assert all(each is not None for each in both)
    assert {each.number for each in both if each is not None} == {both[0].number if both[0] else -1}
    assert min(each.clock for each in both if each is not None) == it.first.clock
    for language in ("en", "zh"):
        words = parting_words(language, it, Titles("own"), "x")  # type: ignore[arg-type]
        assert it.first.clock in words


def test_a_queue_that_never_ends_is_followed_over_midnight() -> None:
    busy = around_the_clock("60/h", 2, exponential("3 min"))
    text = {"name": "n", "start": "2010-07-01", "horizon": "2 days", "seed": 3, "halls": {"h": busy}}
    studies = []
    for level in (2, 3):
        steps = {"00:00": 2, "00:30": level} if level == 3 else {"00:00": 2}
        text["halls"] = {"h": {**busy, "counters": {"staffing": steps}}}
        studies.append(scenarios.loads(json.dumps(text)).resolve("baseline").study)
    first, person = apart(*studies, replication=0, engine="simpy")
    assert first is not None
    assert person is not None
    assert first.clock == "00:30:00"
    assert (first, person) == apart(*studies, replication=0, engine="compiled")


def test_arms_of_other_days_have_no_event_in_common() -> None:
    with pytest.raises(OtherDays):
        apart(hall("").resolve("baseline").study, hall("", days=2).resolve("baseline").study, 0)


CALL = "tactics.call: {enabled: true, trigger: schedule, every: 1 months, channel: phone, effect: {satisfaction: 3}}"


def market(text: str, arm: str, *sets: str) -> Any:
    return scenarios.loads(f"{text}\narms:\n  baseline: {{}}\n  arm: {{{arm}}}\n", sets=("horizon=3 months", *sets))


@pytest.mark.parametrize(
    ("text", "arm"),
    [
        (CHAIN, "plans.small.price_changes: {2010-08-16: 20 CNY/month}"),
        (CHAIN, "segments.all.lapse: 5 %/month"),
        (CHAIN, "segments.all.choice.switching: 0.71"),
        (WHOLE, "plans.easyown.price_changes: {2010-09-02: 9 CNY/month}"),
        (WHOLE, "tactics.care.cost.per_contact: 1 CNY"),
    ],
)
def test_in_a_market_it_is_the_first_difference_of_the_whole_diaries(text: str, arm: str) -> None:
    loaded = market(text, arm, "population.simulate=300")
    logs = []
    for name in ("baseline", "arm"):
        ran = run(loaded.resolve(name, "base").study, 0, recorded=range(300), rows=100_000)
        assert ran.market is not None
        logs.append(events(ran.market.diary).tolist())
    it = parting(loaded, "arm")
    place = next((at for at, rows in enumerate(zip(*logs, strict=False)) if rows[0] != rows[1]), None)
    if place is None:
        assert logs[0] == logs[1]
        assert it.never
        return
    day = min(log[place][1] for log in logs)
    of_day = [{tuple(row) for row in log if row[1] == day} for log in logs]
    assert it.person is not None
    date = (loaded.resolve("arm", "base").study.start + timedelta(days=day)).isoformat()
    either = it.person.arm or it.person.baseline
    assert either is not None
    assert it.person.date == date or (it.person.date < date and either.hall)
    if not either.hall:
        assert either.number in {row[0] for row in of_day[0] ^ of_day[1]}


def test_a_price_that_falls_in_august_changes_nobody_in_july() -> None:
    it = parting(market(CHAIN, "plans.small.price_changes: {2010-08-16: 20 CNY/month}"), "arm")
    assert it.first is not None
    assert it.first.date >= "2010-08-16"
    assert it.first.arm is not None
    assert it.first.arm.who == "subscriber"


def test_who_starts_otherwise_parts_the_arms_at_once() -> None:
    it = parting(market(CHAIN, "segments.all.start: {mobile: 51 %, unicom: 20 %, telecom: 10 %}"), "arm")
    assert it.first is not None
    assert (it.first.date, it.first.clock) == ("2010-07-01", "00:00:00")
    assert it.first.arm is not None
    assert it.first.arm.kind == "starts"
    for language in ("en", "zh"):
        assert parting_words(language, it, Titles("mobile"), "x")  # type: ignore[arg-type]


def test_a_tactic_added_before_others_is_no_difference_by_its_number() -> None:
    """Codes of tactics shift with it; names do not, and by them events are compared."""
    named = "{enabled: true, trigger: schedule, every: 1 months, channel: phone}"
    text = f"{CHAIN}channels: {{phone: {{}}}}\ntactics: {{zeal: {named}}}\n"
    sets = ("population.simulate=300",)
    plain = scenarios.loads(text, sets=sets).resolve("baseline").study
    before = text.replace("tactics: {", f"tactics: {{aid: {named.replace('true', 'false')}, ")
    first, person = apart(plain, scenarios.loads(before, sets=sets).resolve("baseline").study, 0)
    assert (first, person) == (None, None)


def test_it_is_kept_and_found_again_without_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sets = ["horizon=2 days"]
    first = sf.compare("one-hall", tmp_path, workers=1, replications=2, sets=sets).findings
    (one,) = first.partings
    assert one.first is not None
    monkeypatch.setattr(partings, "apart", None)
    again = sf.compare("one-hall", tmp_path, workers=1, replications=2, sets=sets).findings
    assert again.partings == first.partings
    assert parting_of(told_parting(one)) == one
    (tmp_path / "one-hall" / partings.FILE).write_text("[1]")
    monkeypatch.undo()
    assert sf.compare("one-hall", tmp_path, workers=1, replications=2, sets=sets).findings.partings == first.partings
