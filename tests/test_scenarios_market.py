"""A market in a study file: what its parts become, what left-out parts are, and what arms and sweeps may change."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from market_texts import MARKET, market_study
from study_texts import HALL, changed, problems, write

import scenarios
from scenarios import schema
from scenarios.schema.catchments import catchments, customers_a_day

NEW_YEAR = datetime.date(2011, 1, 1)


def test_a_market_is_read_into_units_that_its_names_tell() -> None:
    study = market_study()
    assert study.has_market
    assert study.population is not None
    assert (study.population.size, study.population.simulate, study.population.weight) == (190_000, 20_000, 9.5)
    assert list(study.operators) == ["mobile", "telecom", "unicom"]
    assert (study.operators["unicom"].network, study.operators["mobile"].brands["gotone"].title) == (0.9, "全球通")
    plan = study.plans["gotone-88"]
    assert (plan.operator, plan.brand, plan.fee_fen, plan.minutes) == ("mobile", "gotone", 8_800, 450)
    assert plan.extra_milli_fen == 15_000
    assert plan.contract == schema.PlanContract.model_construct(term_months=24, leaving_fee_fen=1_000, handset=True)
    assert plan.price_changes == {datetime.date(2011, 1, 1): 7_800}
    assert study.plans["tianyi"].fee_fen == 5_950
    vip = study.segments["vip"]
    assert (vip.share, vip.tier, vip.satisfaction, vip.lapse) == (0.2, "gold", 72.0, 0.005)
    assert vip.start == {"mobile": 0.75, "telecom": 0.08, "unicom": 0.15}
    assert (vip.usage.mean_minutes, vip.usage.cv, vip.visits_per_month, vip.complaints) == (900, 0.6, 0.4, 0.08)
    assert (vip.considers.expiry, vip.considers.dissatisfaction, vip.choice.brands["wo"]) == (0.1, 1.5, -0.3)
    lapse = study.segments["others"].lapse
    assert isinstance(lapse, schema.BetaHazard)
    assert (lapse.alpha, lapse.beta, round(lapse.mean, 4)) == (0.668, 38.06, 0.0172)


def test_tactics_channels_and_economics_are_read_into_fen_months_and_days() -> None:
    study = market_study()
    channel, tactic = study.channels["outbound"], study.tactics["outbound_call"]
    assert (channel.capacity_per_day, channel.reach, channel.cost_fen, channel.days) == (400, 0.6, 150, "working")
    assert channel.fatigue is not None
    assert (channel.fatigue.factor, channel.fatigue.recovers_days) == (0.8, 90)
    assert (tactic.enabled, tactic.days_before_expiry, tactic.budget_fen) == (False, 30, 10_000_000)
    assert (tactic.target.bill_from_fen, tactic.target.tenure_from_months, tactic.target.tiers) == (
        8_000,
        12,
        ("gold",),
    )
    effect = tactic.effect
    assert (effect.credit_fen, effect.credit_term_months, effect.contract_months) == (1_000, 12, 12)
    assert (effect.wake, effect.wake_days, effect.hall_priority) == (0.01, 30, None)
    assert study.tactics["priority"].effect.hall_priority == 0
    assert (tactic.cost.fixed_fen, tactic.cost.per_contact_fen, tactic.cost.commission_fen) == (500_000, 100, 1_000)
    economics = study.economics
    assert (economics.discount, economics.commission_fen, economics.counter_hour_fen) == (0.08, 6_000, 4_000)


def test_what_a_market_leaves_out_has_the_defaults_of_the_manual() -> None:
    study = market_study(
        (
            "market: {visit_bound: 1.5/month, portability: {starts: 2012-06-01, lowers_switching: 1, share: 30 %, "
            "succeeds: 60 %}}\n",
            "",
        )
    )
    market = study.market
    assert (market.consideration_bound, market.visit_bound_per_month, market.neighbours) == (0.4, 1.5, 0)
    assert (market.spread_months, market.ceiling, market.win_back_window_months) == (12, 1.0, 24)
    assert market.portability is None
    moves, windows = market.satisfaction, market.windows
    assert (moves.half_life_days, moves.long_wait, moves.left_unserved, moves.good_visit) == (60, 4, 8, 1)
    assert moves.complaint == 6
    assert (windows.expiry_days, windows.complaint_days, windows.price_rise_days, windows.neighbour_days) == (
        30,
        30,
        60,
        30,
    )
    assert (market.arrears.grace_days, market.arrears.recovers) == (60, 0.6)
    others = study.segments["others"]
    assert (others.tier, others.satisfaction, others.tenure_months, others.visits_per_month) == ("", 70, 36, 0)
    assert others.considers == schema.Considers()
    assert others.choice == schema.Choice()
    assert set(schema.Choice().model_dump(exclude={"brands"}).values()) == {0.0}
    plan = study.plans["wo-96"]
    assert (plan.minutes, plan.extra_milli_fen, plan.contract, plan.price_changes) == (0, 0, None, {})
    tactic = study.tactics["priority"]
    assert (tactic.share, tactic.score, tactic.channel, tactic.budget_fen, tactic.conceals) == (
        1,
        "none",
        "",
        None,
        False,
    )
    assert (study.economics.clv_horizon_months, study.operators["telecom"].title) == (36, "telecom")
    assert schema.Economics().discount == 0


def test_a_campaign_has_the_standing_terms_that_it_does_not_state_itself() -> None:
    offers = market_study().competitors["unicom"].offers()
    spring, summer = offers["spring"], offers["summer"]
    assert (spring.subsidy_fen, spring.price_cut_fen, spring.term_months, spring.segments) == (
        50_000,
        1_000,
        12,
        ("vip",),
    )
    assert (spring.from_, spring.until) == (datetime.date(2010, 10, 1), datetime.date(2011, 3, 31))
    assert (summer.subsidy_fen, summer.segments, summer.budget_fen) == (30_000, (), 200_000_000)
    reactions = market_study().competitors["unicom"]
    assert reactions.match is not None
    assert reactions.escalate is not None
    assert (reactions.match.delay_days, reactions.match.share, reactions.escalate.by) == (30, 0.5, 1.5)


def test_names_are_sorted_whatever_their_order_in_the_file() -> None:
    study = market_study()
    for part in (study.operators, study.plans, study.segments, study.tactics, study.competitors["unicom"].campaigns):
        assert list(part) == sorted(part)


def test_economics_alone_may_stand_in_a_study_of_halls() -> None:
    study = scenarios.loads(HALL + "economics: {counter_hour: 40 CNY/h}\n").resolve("baseline").study
    assert (study.has_market, study.economics.counter_hour_fen) == (False, 4_000)


def test_halls_without_a_catchment_share_what_the_others_leave() -> None:
    hall = MARKET[MARKET.index("  gaosheng:") :].replace(", catchment: 25 %", "")
    more = "".join(hall.replace("gaosheng", name) for name in ("shawan", "xinhua"))
    shares = catchments(market_study(("60/h", "60/h"), more=more))
    assert shares == {"gaosheng": 0.25, "shawan": 0.375, "xinhua": 0.375}


@pytest.mark.parametrize(
    ("arrivals", "customers"),
    [
        ('rate: {"09:00": 60/h}', 540.0),
        ('rate: {"09:00": 60/h, "12:00": 30/h}', 360.0),
        ('rate: {"09:00": 0/h, "18:00": 60/h}, interpolate: linear', 270.0),
        ('rate: {"10:00": 60/h, "12:00": 20/h}, interpolate: linear', 200.0),
    ],
)
def test_an_ordinary_day_has_the_customers_under_its_rate(arrivals: str, customers: float) -> None:
    hall = market_study(('rate: {"09:00": 60/h}', arrivals)).halls["gaosheng"]
    assert customers_a_day(hall.arrivals, hall.hours) == pytest.approx(customers)


PATCHES: list[tuple[str, str, Any]] = [
    ("tactics.outbound_call: {enabled: true, days_before_expiry: 45}", "tactics.outbound_call.enabled", True),
    ("tactics.outbound_call.days_before_expiry: '+15'", "tactics.outbound_call.days_before_expiry", 45),
    ("tactics.outbound_call.effect.credit: x1.5", "tactics.outbound_call.effect.credit_fen", 1_500),
    ("tactics.outbound_call.effect.credit: +2 CNY/month", "tactics.outbound_call.effect.credit_fen", 1_200),
    ("tactics.outbound_call.budget: null", "tactics.outbound_call.budget_fen", None),
    ("tactics.outbound_call.cost.per_contact: x2", "tactics.outbound_call.cost.per_contact_fen", 200),
    ("tactics.*.enabled: true", "tactics.outbound_call.enabled", True),
    ("segments.*.satisfaction: 60", "segments.others.satisfaction", 60.0),
    ("segments.vip.considers.base: '+1 %/month'", "segments.vip.considers.base", 0.03),
    ("segments.vip.usage.mean: x0.5", "segments.vip.usage.mean_minutes", 450.0),
    ("segments.vip.visits: '+0.2/month'", "segments.vip.visits_per_month", 0.6),
    ("segments.vip.start.mobile: '-5 %'", "segments.vip.start.mobile", 0.7),
    ("segments.vip.start: {mobile: 70 %}", "segments.vip.start.unicom", 0.15),
    ("segments.vip.choice.brands.wo: '-0.2'", "segments.vip.choice.brands.wo", -0.5),
    ("segments.vip.choice.brands.wo: -0.2", "segments.vip.choice.brands.wo", -0.2),
    ("segments.vip.lapse: x2", "segments.vip.lapse", 0.01),
    ("segments.vip.lapse: {dist: beta, alpha: 1, beta: 99}", "segments.vip.lapse.mean", 0.01),
    ("segments.others.lapse.alpha: x2", "segments.others.lapse.alpha", 1.336),
    ("segments.others.lapse: {beta: 9}", "segments.others.lapse.alpha", 0.668),
    ("segments.others.lapse: 1 %/month", "segments.others.lapse", 0.01),
    ("segments.others.lapse: {best: 1 %/month, low: x0.5, source: assumed}", "segments.others.lapse", 0.01),
    ("plans.gotone-88.fee: '-2 CNY/month'", "plans.gotone-88.fee_fen", 8_600),
    ("plans.gotone-88.extra: '+0.01 CNY/min'", "plans.gotone-88.extra_milli_fen", 16_000),
    ("plans.gotone-88.minutes: '+50 min/month'", "plans.gotone-88.minutes", 500),
    ("plans.gotone-88.price_changes: {2011-01-01: x0.5}", "plans.gotone-88.price_changes", {NEW_YEAR: 3_900}),
    ("plans.gotone-88.contract: null", "plans.gotone-88.contract", None),
    ("plans.new: {operator: mobile, fee: 18 CNY/month}", "plans.new.fee_fen", 1_800),
    ("channels.outbound.capacity: x2", "channels.outbound.capacity_per_day", 800.0),
    ("channels.outbound.capacity: '+100/day'", "channels.outbound.capacity_per_day", 500.0),
    ("competitors.unicom.enabled: false", "competitors.unicom.enabled", False),
    ("competitors.*.campaigns.spring.subsidy: x2", "competitors.unicom.campaigns.spring.subsidy_fen", 100_000),
    ("competitors.unicom.match: null", "competitors.unicom.match", None),
    ("economics.counter_hour: '+10 CNY/h'", "economics.counter_hour_fen", 5_000),
    ("economics.discount: x0.5", "economics.discount", 0.04),
    ("population.simulate: x0.5", "population.simulate", 10_000),
    ("market.spread: 6 months", "market.spread_months", 6),
    ("market: {portability: null}", "market.portability", None),
    ("halls.gaosheng.arrivals.catchment: x0.5", "halls.gaosheng.arrivals.catchment", 0.125),
]


def found_at(part: Any, path: str) -> Any:
    """What stands in a study at a dotted path of attributes and names."""
    for name in path.split("."):
        part = part[name] if isinstance(part, dict) else getattr(part, name)
    return part


@pytest.mark.parametrize(("patch", "path", "value"), PATCHES, ids=[patch for patch, *_ in PATCHES])
def test_arms_change_anything_in_a_market(patch: str, path: str, value: Any) -> None:
    found = found_at(market_study(arm="a", more=f"arms:\n  a:\n    {patch}\n"), path)
    assert found == (pytest.approx(value) if isinstance(value, float) else value)


def test_a_law_cannot_be_changed_as_if_it_were_one_number() -> None:
    (problem,) = problems(f"{MARKET}arms: {{a: {{segments.others.lapse: x2}}}}\n")
    assert (problem.code, problem.path) == ("type", "segments.others.lapse")


def test_a_sweep_takes_a_rivals_subsidy_through_its_values() -> None:
    loaded = scenarios.loads(f"{MARKET}sweep: {{grid: {{competitors.unicom.subsidy: [300 CNY, 600 CNY]}}}}\n")
    assert [point.name for point in loaded.points] == ["subsidy=300 CNY", "subsidy=600 CNY"]
    rivals = [loaded.resolve("baseline", point.name).study.competitors["unicom"] for point in loaded.points]
    assert [rival.subsidy_fen for rival in rivals] == [30_000, 60_000]
    assert [rival.offers()["summer"].subsidy_fen for rival in rivals] == [30_000, 60_000]
    assert [rival.offers()["spring"].subsidy_fen for rival in rivals] == [50_000, 50_000]


def test_beliefs_stand_anywhere_in_a_market_and_move_with_patches() -> None:
    belief = "{best: 0.668, low: 0.5, high: 0.9, source: published}"
    capacity = ("capacity: 400/day", "capacity: {best: 400/day, source: assumed}")
    text = changed(("alpha: 0.668", f"alpha: {belief}"), capacity, text=MARKET)
    loaded = scenarios.loads(f"{text}arms: {{baseline: {{}}, a: {{segments.vip.lapse: x2}}}}\n")
    assert {use.path: use.best for use in loaded.resolve("baseline").beliefs} == {
        "segments.vip.lapse": "0.5 %/month",
        "segments.others.lapse.alpha": "0.668",
        "channels.outbound.capacity": "400/day",
    }
    (moved,) = (use for use in loaded.resolve("a").beliefs if use.path == "segments.vip.lapse")
    assert (moved.best, moved.low, moved.high) == ("1 %/month", "0.4 %/month", "2 %/month")


def test_a_star_is_where_each_segment_and_tactic_begins() -> None:
    text = changed(("segments:\n", 'segments:\n  "*": {satisfaction: 55, considers: {base: 1 %/month}}\n'), text=MARKET)
    study = scenarios.loads(text).resolve("baseline").study
    assert [segment.satisfaction for segment in study.segments.values()] == [55, 72]
    assert [segment.considers.base for segment in study.segments.values()] == [0.01, 0.02]


def test_a_parent_with_a_law_and_a_child_with_a_number_do_not_mix(tmp_path: Any) -> None:
    laws = "others: {lapse: 1 %/month}, vip: {lapse: {dist: beta, alpha: 1, beta: 9}}"
    child = f"name: c\nextends: base.yaml\nhorizon: 1 month\nsegments: {{{laws}}}\n"
    study = scenarios.load(write(tmp_path, base=MARKET, c=child)).resolve("baseline").study
    assert study.segments["others"].lapse == 0.01
    assert isinstance(study.segments["vip"].lapse, schema.BetaHazard)


def test_a_resolved_market_read_again_is_the_same_and_every_default_can_be_read() -> None:
    loaded = scenarios.loads(MARKET)
    again = scenarios.loads(loaded.resolved_yaml("baseline"))
    assert again.resolve("baseline").model_parts == loaded.resolve("baseline").model_parts
    defaults = {row.path: row.value for row in loaded.explain("baseline") if row.how == "default"}
    assert defaults["market.consideration_bound"] == "40 %/month"
    assert defaults["market.win_back_window"] == "24 months"
    assert defaults["plans.wo-96.extra"] == "0 CNY/min"
    assert defaults["segments.others.visits"] == "0/month"
    assert defaults["economics.clv_horizon"] == "36 months"


LATE = "until: 2011-08-31, segments: []}\n      late: {from: 2015-01-01, until: 2015-02-01"


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        (", telecom: 8 %", "", "operators.telecom", "nobody starts with the operator telecom"),
        (
            "until: 2011-08-31, segments: []",
            LATE,
            "competitors.unicom.campaigns.late",
            "lies outside the study, 2010-07-01 to 2012-06-30",
        ),
    ],
)
def test_what_is_probably_not_meant_is_warned_of(old: str, new: str, path: str, words: str) -> None:
    (warning,) = scenarios.loads(changed((old, new), text=MARKET)).warnings
    assert (warning.path, warning.severity) == (path, "warning")
    assert words in warning.message
    assert warning.help
    assert scenarios.loads(MARKET).warnings == ()


def test_terms_without_a_campaign_are_warned_of_once_for_all_arms() -> None:
    campaigns = MARKET[MARKET.index("    campaigns:\n") : MARKET.index("    match:")]
    text = changed((campaigns, ""), text=MARKET) + "arms: {baseline: {}, a: {}}\n"
    (warning,) = scenarios.loads(text).warnings
    assert (warning.code, warning.path) == ("no-campaign", "competitors.unicom")


def test_what_a_tactic_that_is_off_says_decides_no_run() -> None:
    off, other = market_study(), market_study(("acceptance: 7 %", "acceptance: 9 %"))
    assert scenarios.canonical.model_parts(off) == scenarios.canonical.model_parts(other)
    on = ("trigger: contract_expiry", "trigger: contract_expiry\n    enabled: true")
    assert scenarios.canonical.model_parts(market_study(on)) != scenarios.canonical.model_parts(
        market_study(on, ("acceptance: 7 %", "acceptance: 9 %"))
    )
