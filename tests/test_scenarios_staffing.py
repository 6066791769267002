"""The staffing of a study: what it reads as, and how each mistake in it is refused at its own place, with a remedy."""

from __future__ import annotations

from typing import NamedTuple

import jsonschema
import pytest
from study_texts import HALL, changed, place, problems
from test_scenarios_documents import as_json

import scenarios
from scenarios.canonical import model_parts
from scenarios.schema import Break, KindOfDay, Span
from scenarios.units import HOUR_US, MINUTE_US

STAFFING = """\
staffing:
  halls: [gaosheng]
  abandonment: 4 %
  shrinkage: 15 %
  days: [ordinary, month_end, {promotion: {factor: 1.3}}]
  robust: 90 %
  part_time_share: 50 %
  rest: 11 h
  seats: {gaosheng: 8}
  shifts:
    early:
      {title: 早班, length: 8 h, starts: ["09:00"], cost: 80 CNY,
       breaks: [{length: 30 min, window: "11:00-13:30"}], most: 10}
    noon:
      {length: 3 h, starts: ["10:00-12:00", "14:00"], every: 1 h,
       cost: {best: 35 CNY, source: assumed}, part_time: true}
"""
TEXT = HALL + STAFFING


def test_staffing_reads_in_its_units() -> None:
    staffing = scenarios.loads(TEXT).resolve("baseline").study.staffing
    assert staffing is not None
    assert (staffing.abandonment, staffing.shrinkage, staffing.robust, staffing.part_time_share) == (
        0.04,
        0.15,
        0.9,
        0.5,
    )
    assert staffing.days == (KindOfDay("ordinary"), KindOfDay("month_end"), KindOfDay("promotion", 1.3))
    assert (staffing.rest_us, staffing.seats) == (11 * HOUR_US, {"gaosheng": 8})
    early, noon = staffing.shifts["early"], staffing.shifts["noon"]
    assert (early.title, early.length_us, early.cost_fen, early.most) == ("早班", 8 * HOUR_US, 8_000, 10)
    assert early.breaks == (Break(30 * MINUTE_US, Span(11 * HOUR_US, 27 * HOUR_US // 2)),)
    assert (noon.title, noon.cost_fen, noon.part_time, noon.breaks, noon.most) == ("noon", 3_500, True, (), None)
    assert [at // HOUR_US for at in noon.starts_us] == [10, 11, 12, 14]
    assert early.every_us == 30 * MINUTE_US


def test_what_is_left_out_takes_its_default() -> None:
    text = HALL + 'staffing: {shifts: {all: {length: 4 h, starts: ["09:00"], cost: 1 CNY}}}\n'
    staffing = scenarios.loads(text).resolve("baseline").study.staffing
    assert staffing is not None
    assert (staffing.halls, staffing.abandonment, staffing.shrinkage, staffing.days) == (
        (),
        0.05,
        0.0,
        (KindOfDay("ordinary"),),
    )
    assert (staffing.robust, staffing.part_time_share, staffing.rest_us, staffing.seats) == (None, None, None, {})
    assert scenarios.loads(HALL).resolve("baseline").study.staffing is None


def test_staffing_decides_no_run_and_an_arm_may_change_it() -> None:
    with_it, without = (scenarios.loads(text).resolve("baseline") for text in (TEXT, HALL))
    assert model_parts(with_it.study) == model_parts(without.study)
    assert with_it.model_parts == without.model_parts
    loaded = scenarios.loads(
        TEXT + "arms: {baseline: {}, dear: {staffing.shifts.early.cost: x1.5, staffing.abandonment: 2 %}}\n"
    )
    dear = loaded.resolve("dear").study.staffing
    assert dear is not None
    assert (dear.shifts["early"].cost_fen, dear.abandonment) == (12_000, 0.02)
    assert loaded.resolve("dear").model_parts == without.model_parts
    noon = scenarios.loads(TEXT, ("staffing.shifts.noon.cost=30 CNY",)).resolve("baseline").study.staffing
    assert noon is not None
    assert noon.shifts["noon"].cost_fen == 3_000


class Wrong(NamedTuple):
    """A mistake: what is replaced by what, the piece that the error points at, its code, and words of it."""

    old: str
    new: str
    piece: str
    code: str
    message: str
    help: str


MISTAKES = [
    Wrong("halls: [gaosheng]", "halls: [gaoshen]", "gaoshen]", "unknown-name", "not a hall", "did you mean `gaosheng`"),
    Wrong("seats: {gaosheng", "seats: {gaoshen", "8}\n  shifts", "unknown-name", "not a hall", "did you mean"),
    Wrong("abandonment: 4 %", "abandonment: 4", "4\n  shrink", "unit", "no unit", "%"),
    Wrong("shrinkage: 15 %", "shrinkage: 100 %", "100 %\n  days", "share", "leaves nobody", "less than 100 %"),
    Wrong("robust: 90 %", "robust: 100 %", "100 %\n  part", "share", "cannot be planned for", "90 %"),
    Wrong("month_end,", "monthend,", "monthend", "choice", "not a kind of day", "did you mean `month_end`"),
    Wrong("month_end,", "ordinary,", "ordinary, {", "duplicate", "listed twice", "once"),
    Wrong("{promotion: {factor", "{holiday: {factor", "{holiday", "name", "has its factor", "another name"),
    Wrong("{factor: 1.3}", "{factr: 1.3}", "{promotion", "type", "wants a factor", "{factor: 1.3}"),
    Wrong("{factor: 1.3}", "{factor: 1.3 h}", "{promotion", "unit", "carries the unit", "without a unit"),
    Wrong("rest: 11 h", "rest: 11", "11\n  seats", "unit", "no unit", "h"),
    Wrong("length: 8 h", "length: 50 min", "50 min", "half-hour", "not a multiple of half hours", "by half hours"),
    Wrong("length: 8 h", "length: 0 h", "0 h, starts", "range", "not a shift of one day", "30 min"),
    Wrong("length: 8 h, ", "", "early", "missing", "`length` is missing", "length: 8 h"),
    Wrong('starts: ["09:00"], ', "", "early", "missing", "`starts` is missing", 'starts: ["09:00"]'),
    Wrong("cost: 80 CNY", "cost: 80", "80,", "unit", "no unit", "CNY"),
    Wrong("cost: 80 CNY", "cost: 80 CNY/h", "80 CNY/h", "unit", "not a unit", "CNY"),
    Wrong('["09:00"]', '["09:10"]', '"09:10"', "half-hour", "`09:10` is not a multiple", "half hours"),
    Wrong('["09:00"]', "[]", "[], cost", "empty", "at least one start", "09:00"),
    Wrong('["09:00"]', '["25:00"]', '"25:00"', "time", "not a time of day", "HH:MM"),
    Wrong('["09:00"]', '["19:00"]', '["19:00"]', "outside-hours", "no hall is open", "while a hall is open"),
    Wrong("{length: 30 min, window", "{lenth: 30 min, window", "{lenth", "type", "a length and a window", "window:"),
    Wrong("{length: 30 min", "{length: 3 h", "{length: 3 h, window", "window", "does not fit", "widen the window"),
    Wrong('window: "11:00-13:30"', 'window: "18:00-19:00"', '"18:00-19:00"', "window", "outside", "move"),
    Wrong(
        'window: "11:00-13:30"',
        'window: "11:10-13:30"',
        '{length: 30 min, window: "11:10',
        "half-hour",
        "`11:10`",
        "half",
    ),
    Wrong("most: 10", "most: -1", "-1}", "range", "", ""),
    Wrong("every: 1 h", "every: 20 min", "20 min,\n", "half-hour", "not a multiple", "half hours"),
    Wrong(
        "part_time: true", "part_tim: true", "part_tim:", "unknown-key", "not a key here", "did you mean `part_time`"
    ),
    Wrong("  rest: 11 h", "  rests: 11 h", "rests", "unknown-key", "not a key here", "did you mean `rest`"),
]


CHOICES = """\
  employed: {gaosheng: 7}
  shared: {gaosheng: {to: [shawan], travel: 10 CNY, most: 2}}
  decisions:
    kiosks: {counts: [0, 1, 2], cost: 30 CNY}
    fast_lane: {counts: [0, 1], serves: [payment], cost: 84 CNY, hours: "09:00-12:00"}
    halls: {shawan: {kiosks: {counts: [3], cost: 25 CNY}}}
"""


def with_choices() -> str:
    """Two halls of one kind, which share staff and may have kiosks."""
    hall = HALL.partition("halls:\n")[2].partition("\n  gaosheng:")[2] or HALL.partition("  gaosheng:")[2]
    two = HALL.rstrip("\n") + "\n  shawan:" + hall.rstrip("\n") + "\n"
    return two + STAFFING.replace("halls: [gaosheng]", "halls: [gaosheng, shawan]") + CHOICES


def test_decisions_and_lending_read_in_their_units_and_a_hall_has_its_own() -> None:
    staffing = scenarios.loads(with_choices()).resolve("baseline").study.staffing
    assert staffing is not None
    assert staffing.employed == {"gaosheng": 7}
    lending = staffing.shared["gaosheng"]
    assert (lending.to, lending.travel_fen, lending.most) == (("shawan",), 1_000, 2)
    assert staffing.decisions is not None
    ours, theirs = (staffing.decisions.of(name) for name in ("gaosheng", "shawan"))
    assert ours.kiosks is not None
    assert theirs.kiosks is not None
    assert (ours.kiosks.counts, ours.kiosks.cost_fen) == ((0, 1, 2), 3_000)
    assert (theirs.kiosks.counts, theirs.kiosks.cost_fen) == ((3,), 2_500)
    assert ours.fast_lane == theirs.fast_lane
    assert ours.fast_lane is not None
    assert ours.fast_lane.hours == Span(9 * HOUR_US, 12 * HOUR_US)
    assert staffing.groups(["shawan", "gaosheng"]) == (("shawan", "gaosheng"),)
    assert staffing.groups(["shawan"]) == (("shawan",),)


WRONG_CHOICES = [
    Wrong("employed: {gaosheng", "employed: {gaoshen", "7}\n  shared", "unknown-name", "not a hall", "did you mean"),
    Wrong("shared: {gaosheng", "shared: {gaoshen", "gaoshen: {to", "unknown-name", "not a hall", "did you mean"),
    Wrong("to: [shawan]", "to: [shawn]", "shawn]", "unknown-name", "not a hall", "did you mean `shawan`"),
    Wrong("to: [shawan]", "to: [gaosheng]", "gaosheng], travel", "itself", "lends to itself", "another hall"),
    Wrong("to: [shawan]", "to: []", "[], travel", "empty", "at least one hall", "name a hall"),
    Wrong("travel: 10 CNY", "travel: 10", "10, most", "unit", "no unit", "CNY"),
    Wrong("counts: [0, 1, 2]", "counts: [0, 1, 1]", "[0, 1, 1]", "duplicate", "listed twice", "once"),
    Wrong("counts: [0, 1, 2]", "counts: []", "[], cost", "empty", "at least one number", "[0, 1, 2]"),
    Wrong("counts: [0, 1, 2]", "counts: 2", "2, cost: 30", "type", "a list of numbers", "[0, 1, 2]"),
    Wrong("cost: 30 CNY", "cost: 30", "30}", "unit", "no unit", "CNY"),
    Wrong("serves: [payment]", "serves: [paymnt]", "paymnt]", "unknown-name", "not a transaction", "did you mean"),
    Wrong('hours: "09:00-12:00"', 'hours: "20:00-21:00"', '"20:00-21:00"', "outside-hours", "is closed then", "hours"),
    Wrong(
        "halls: {shawan: {kiosks", "halls: {shawn: {kiosks", "shawn: {kiosks", "unknown-name", "not a hall", "did you"
    ),
    Wrong("{shawan: {kiosks", "{shawan: {kiosk", "kiosk: {counts", "unknown-key", "not a key", "did you mean `kiosks`"),
    Wrong(
        "counts: [0, 1], serves",
        "counts: [0, 1, 2, 3, 4], serves",
        "decisions:",
        "huge",
        "75 combinations may be decided for gaosheng and shawan",
        "fewer numbers",
    ),
]


@pytest.mark.parametrize("wrong", WRONG_CHOICES, ids=[f"{wrong.code}: {wrong.new[:30]}" for wrong in WRONG_CHOICES])
def test_a_mistake_in_a_decision_or_a_loan_is_refused_at_its_own_place(wrong: Wrong) -> None:
    text = changed((wrong.old, wrong.new), text=with_choices())
    found = [one for one in problems(text) if (one.line, one.col) == place(text, wrong.piece)]
    assert [one.code for one in found] == [wrong.code], "\n".join(map(str, problems(text)))
    assert wrong.message in found[0].message
    assert wrong.help in found[0].help


def test_kiosks_and_advisers_that_no_hall_describes_cannot_be_decided() -> None:
    for device in ("kiosks", "advisers"):
        text = HALL + STAFFING + f"  decisions: {{{device}: {{counts: [0, 1], cost: 9 CNY}}}}\n"
        text = "\n".join(line for line in text.splitlines() if not line.strip().startswith((f"{device}: {{count:",)))
        (problem,) = problems(text)
        assert (problem.code, problem.path) == ("missing", f"staffing.decisions.{device}")
        assert "does not say what" in problem.message


@pytest.mark.parametrize("wrong", MISTAKES, ids=[f"{wrong.code}: {wrong.new[:30]}" for wrong in MISTAKES])
def test_a_mistake_is_refused_at_its_own_place_with_a_remedy(wrong: Wrong) -> None:
    text = changed((wrong.old, wrong.new), text=TEXT)
    found = [one for one in problems(text) if (one.line, one.col) == place(text, wrong.piece)]
    assert [one.code for one in found] == [wrong.code], "\n".join(map(str, problems(text)))
    assert wrong.message in found[0].message
    assert wrong.help in found[0].help
    assert found[0].help
    assert found[0].path.startswith("staffing")


def test_breaks_that_take_the_whole_shift_and_shifts_without_any_are_refused() -> None:
    text = changed(("length: 8 h", "length: 30 min"), ('["09:00"]', '["11:00"]'), text=TEXT)
    (problem,) = problems(text)
    assert (problem.code, problem.path) == ("breaks", "staffing.shifts.early.breaks")
    (problem,) = problems(HALL + "staffing: {shifts: {}}\n")
    assert (problem.code, problem.path) == ("empty", "staffing.shifts")


def test_a_hall_without_any_promise_and_a_study_without_halls_cannot_be_staffed() -> None:
    text = changed(("abandonment: 4 %", "abandonment: 100 %"), (", target: {busy: 10 min, idle: 5 min}", ""), text=TEXT)
    (problem,) = problems(text)
    assert (problem.code, problem.path) == ("no-target", "halls.gaosheng.customers")
    text = "name: x\nhorizon: 1 month\n" + STAFFING.replace("  halls: [gaosheng]\n", "").replace(
        "  seats: {gaosheng: 8}\n", ""
    )
    (problem,) = problems(text)
    assert (problem.code, problem.path) == ("missing", "staffing")


def test_the_editors_schema_takes_a_staffing_and_refuses_a_wrong_one() -> None:
    schema = scenarios.study_schema()
    jsonschema.validate(as_json(TEXT), schema)
    for old, new in (
        ("length: 8 h", "length: 8"),
        ('window: "11:00-13:30"', "window: 11"),
        ("days: [ordinary", "days: [usual"),
        ("part_time: true", "part_time: half"),
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(as_json(changed((old, new), text=TEXT)), schema)
