"""Who comes to a hall, and when: promotion crowds, works next door, notices, other channels, setbacks, outages.

Of each: size nought is as if it were not there, a larger size moves the same customers and some more, the number moved
is the one stated, and who is not concerned is the same to the microsecond.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hall_studies import around_the_clock, exponential, random_cities, study
from halls_at_work import assert_no_difference, figure, frame, hall, lived, near, on_days, record, records, source, who
from hypothesis import HealthCheck, given, settings

import sim
from sim.clock import DAY_US, HOUR_US, MINUTE_US
from sim.draws import Draws, Kind
from sim.halls.breakdowns import outage_days, without_service
from sim.halls.outcomes import Fate
from sim.halls.record import HallRecord
from sim.halls.setbacks import DONE
from sim.halls.traffic import IN_PERSON

SOME = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
JULY_5, JULY_9 = 4, 8


def crowd(adds: str, **extra: Any) -> dict[str, Any]:
    return {"deposits": {"from": "2010-07-05", "until": "2010-07-09", "adds": adds, **extra}}


def works(**sends: str) -> dict[str, Any]:
    return {"works": {"from": "2010-07-05", "until": "2010-07-09", "sends": sends}}


def notice(heeded: str, **extra: Any) -> dict[str, Any]:
    return {"broadcast": {"heeded": heeded, "away_from": ["10:00-12:00"], "towards": ["14:00-16:00"], **extra}}


def channel(takes: str, **extra: Any) -> dict[str, Any]:
    return {"e": {"takes": {"payment": takes}, **extra}}


def setback(share: str, returns: str = "100 %", **extra: Any) -> dict[str, Any]:
    return {"refused": {"transactions": ["replacement"], "share": share, "returns": returns, **extra}}


def returned(found: HallRecord) -> Any:
    return found.plan.entity >> 48 == int(Kind.RETURN)


@pytest.mark.parametrize(
    ("changes", "new"),
    [
        ({"crowds": crowd("0 %")}, ()),
        ({"crowds": {}, "notices": {}, "closures": {}}, ()),
        ({"notices": notice("0 %")}, ()),
        ({"elsewhere": channel("0 %")}, ("elsewhere",)),
        ({"setbacks": setback("0 %", service=0.1)}, ("unfinished",)),
        ({"setbacks": setback("30 %", returns="0 %")}, ("unfinished",)),
        ({"closures": {"works": {"from": "2010-08-05", "until": "2010-08-09"}}}, ()),
        ({"outages": {"every": "4000 days", "lasts": "1 h"}}, ()),
    ],
)
def test_a_size_of_nought_is_as_if_it_were_not_there(changes: dict[str, Any], new: tuple[str, ...]) -> None:
    assert_no_difference(frame(), frame(**changes), *new)


# crowds (MISSION F-73)


def test_a_crowd_adds_its_share_on_its_days_and_changes_what_nobody_else_brings() -> None:
    base, some, more = (record(crowds=crowd(adds)) for adds in ("0 %", "20 %", "60 %"))
    assert who(base).items() < who(some).items() < who(more).items()
    assert set(some.plan.day[source(some) > 0].tolist()) == set(range(JULY_5, JULY_9 + 1))
    assert lived(base, base.plan.day < JULY_5) == lived(some, some.plan.day < JULY_5)
    assert lived(base, base.plan.day > JULY_9) == lived(some, some.plan.day > JULY_9)
    found = [record(9, replication, crowds=crowd("20 %")) for replication in range(6)]
    while_on = [source(one)[on_days(one, *range(JULY_5, JULY_9 + 1))] for one in found]
    added, plain = (sum(int(np.sum(test(one))) for one in while_on) for test in (lambda s: s > 0, lambda s: s == 0))
    assert near(added, plain, 0.2)


def test_a_crowd_comes_for_what_the_promotion_offers_or_for_all_that_others_do() -> None:
    payers, mixed = record(crowds=crowd("60 %", transactions=["payment"])), record(crowds=crowd("60 %"))
    assert set(payers.plan.transaction[source(payers) > 0].tolist()) == {0}
    assert near(float((mixed.plan.transaction[source(mixed) > 0] == 0).sum()), (source(mixed) > 0).sum(), 0.45)


def test_crowds_are_sources_of_their_own_and_keep_to_the_hours_of_the_day() -> None:
    gifts = {"gifts": {"from": "2010-07-07", "until": "2010-07-20", "adds": "30 %"}}
    alone, both = record(crowds=gifts), record(crowds=gifts | crowd("30 %"))
    assert who(alone).items() < who(both).items()
    assert len(set(source(both).tolist())) == 3
    short = record(crowds=gifts | crowd("30 %"), days={"thu": "10:00-14:00", "fri": "closed"})
    weekday = (short.plan.day + 3) % 7  # 1 July 2010 was a Thursday
    thursdays_us = short.plan.arrival_us[(weekday == 3) & (source(short) > 0)] % DAY_US
    assert 4 not in weekday
    assert thursdays_us.size
    assert 10 * HOUR_US <= thursdays_us.min() <= thursdays_us.max() < 14 * HOUR_US


def test_a_hall_shut_for_works_sends_its_crowd_home() -> None:
    shut = {"works": {"from": "2010-07-08", "until": "2010-07-08"}}
    both = record(crowds=crowd("60 %"))
    assert who(record(crowds=crowd("60 %"), closures=shut)) == who(both, both.plan.day != 7)


# closed neighbours (F-56, F-74)


def test_a_closed_hall_sends_its_shares_and_the_rest_stays_at_home() -> None:
    base = records({"a": hall(), "b": hall(), "c": hall()})
    some = records({"a": hall(closures=works(b="30 %", c="20 %")), "b": hall(), "c": hall()})
    more = records({"a": hall(closures=works(b="60 %", c="20 %")), "b": hall(), "c": hall()})
    while_shut = on_days(base["a"], *range(JULY_5, JULY_9 + 1))
    shut = base["a"].plan.entity[while_shut]
    assert lived(some["a"]) == lived(base["a"], ~while_shut)
    for name, share in (("b", 0.3), ("c", 0.2)):
        sent = np.isin(some[name].plan.entity, shut)
        assert who(some[name], ~sent) == who(base[name])
        assert near(int(sent.sum()), shut.size, share)
        assert set(some[name].plan.day[sent].tolist()) == set(range(JULY_5, JULY_9 + 1))
    assert set(who(some["b"]).items()) < set(who(more["b"]).items())
    times = dict(zip(base["a"].plan.entity.tolist(), base["a"].plan.arrival_us.tolist(), strict=True))
    guests = np.isin(some["b"].plan.entity, shut)
    assert [times[each] for each in some["b"].plan.entity[guests].tolist()] == some["b"].plan.arrival_us[
        guests
    ].tolist()


def test_all_customers_of_a_closed_hall_are_sent_or_stay_at_home() -> None:
    base = records({"a": hall(), "b": hall()})
    everyone = records({"a": hall(closures=works(b="100 %")), "b": hall()})
    count = sum(len(one.plan) for one in base.values())
    assert sum(len(one.plan) for one in everyone.values()) == count
    at_home = records({"a": hall(closures=works()), "b": hall()})
    assert lived(at_home["b"]) == lived(base["b"])


def test_who_is_sent_to_a_hall_that_is_closed_too_stays_at_home() -> None:
    base = records({"a": hall(), "b": hall(hours="09:00-18:00", days={"mon": "12:00-14:00", "tue": "closed"})})
    found = records({"a": hall(closures=works(b="100 %")), "b": hall(days={"mon": "12:00-14:00", "tue": "closed"})})[
        "b"
    ]
    guests = ~np.isin(found.plan.entity, base["b"].plan.entity)
    monday_us = found.plan.arrival_us[guests & (found.plan.day == JULY_5)] % DAY_US
    assert (found.plan.day[guests] != JULY_5 + 1).all()
    assert 12 * HOUR_US <= monday_us.min() <= monday_us.max() < 14 * HOUR_US


def test_works_that_overlap_close_the_hall_once_and_send_each_customer_once() -> None:
    two = works(b="50 %") | {"more": {"from": "2010-07-08", "until": "2010-07-12", "sends": {"b": "100 %"}}}
    base = records({"a": hall(), "b": hall()})
    found = records({"a": hall(closures=two), "b": hall()})
    assert set(found["a"].plan.day.tolist()).isdisjoint(range(JULY_5, 12))
    guests = found["b"].plan.entity[~np.isin(found["b"].plan.entity, base["b"].plan.entity)]
    assert len(set(guests.tolist())) == guests.size
    # `more` comes before `works` by name, so it has the days that they share
    shared = base["a"].plan.entity[on_days(base["a"], 7, 8, 9, 10, 11)]
    assert set(shared.tolist()) <= set(guests.tolist())


# notices and broadcasts (F-64, F-66)


def test_a_notice_moves_its_share_out_of_the_peak_and_loses_nobody() -> None:
    base, some, more = (record(notices=notice(heeded)) for heeded in ("0 %", "20 %", "60 %"))

    def moved(found: HallRecord) -> set[int]:
        plain, these = who(base), who(found)
        assert set(these) == set(plain)
        assert all(row[1:] == plain[one][1:] for one, row in these.items())
        return {one for one in these if these[one] != plain[one]}

    at_peak = {one for one, row in who(base).items() if 10 * HOUR_US <= row[0] % DAY_US < 12 * HOUR_US}
    assert moved(some) < moved(more) < at_peak
    assert near(len(moved(some)), len(at_peak), 0.2)
    assert near(len(moved(more)), len(at_peak), 0.6)
    rows = who(more)
    times_us = np.array([rows[one][0] % DAY_US for one in moved(more)])
    assert 14 * HOUR_US <= times_us.min() <= times_us.max() < 16 * HOUR_US
    assert times_us.mean() == pytest.approx(15 * HOUR_US, abs=5 * MINUTE_US)
    waits = [figure(frame(notices=notice(heeded)), "wait_mean", period="11:00") for heeded in ("0 %", "20 %", "60 %")]
    assert waits == sorted(waits, reverse=True)


def test_a_notice_acts_on_its_days_and_where_the_hall_is_open_at_the_times_that_it_recommends() -> None:
    base = record(days={"sat": "09:00-13:00"})
    found = record(notices=notice("60 %", weekday=["mon", "sat"]), days={"sat": "09:00-13:00"})
    plain, these = who(base), who(found)
    weekdays = {one: int(day + 3) % 7 for one, day in zip(found.plan.entity.tolist(), found.plan.day, strict=True)}
    assert {weekdays[one] for one, row in these.items() if row != plain[one]} == {0}


# other channels (F-70, F-75)


def test_another_channel_takes_its_share_and_leaves_the_others_alone() -> None:
    base, some, more = (record(elsewhere=channel(takes)) for takes in ("0 %", "20 %", "60 %"))
    assert who(more).items() < who(some).items() < who(base).items()
    payments = int((base.plan.transaction == 0).sum())
    assert near(len(some.away), payments, 0.2)
    assert len(some.away) + len(some.plan) == len(base.plan)
    assert set(some.away.transaction.tolist()) == {0}
    assert (some.away.elsewhere != IN_PERSON).all()
    kpis = frame(elsewhere=channel("20 %"))
    assert figure(kpis, "elsewhere") == len(some.away)
    assert figure(kpis, "elsewhere") == sum(figure(kpis, "elsewhere", f"hall/h/{one}") for one in ("gotone", "others"))


def test_a_channel_takes_on_its_days_alone_and_two_channels_take_what_they_say_together() -> None:
    base = record()
    two = {"a": {"takes": {"payment": "30 %"}, "weekday": ["mon"]}, "b": {"takes": {"payment": "40 %"}}}
    found = record(elsewhere=two)
    payments, mondays = base.plan.transaction == 0, (base.plan.day + 3) % 7 == 0
    assert near(int((found.away.elsewhere == 0).sum()), int((payments & mondays).sum()), 0.3)
    assert near(int((found.away.elsewhere == 1).sum()), int(payments.sum()), 0.4)
    assert set(((found.away.arrival_us[found.away.elsewhere == 0] // DAY_US + 3) % 7).tolist()) == {0}


def test_the_kiosk_share_is_that_of_the_customers_who_still_come() -> None:
    whole = figure(frame(), "kiosk_share")
    assert figure(frame(elsewhere=channel("50 %")), "kiosk_share") == pytest.approx(whole, abs=0.05)


# setbacks and those who come again (F-28 to F-39, F-46)


def test_a_setback_meets_its_share_and_brings_back_those_who_return_a_day_later() -> None:
    base, some, more = (record(setbacks=setback(share, "50 %")) for share in ("0 %", "20 %", "60 %"))
    first = {one: row for one, row in who(some).items() if one >> 48 != int(Kind.RETURN)}
    assert first == who(base)
    plain = ~returned(some)
    met = plain & (some.plan.setback != DONE)
    again = returned(some)
    assert near(int(met.sum()), int((plain & (some.plan.transaction == 1)).sum()), 0.2)
    latest = met & (some.plan.day < 13)
    assert near(int(again.sum()), int(latest.sum()), 0.5)
    visits = {
        entity & ((1 << 48) - 1): at
        for entity, at in zip(some.plan.entity[plain].tolist(), some.plan.arrival_us[plain].tolist(), strict=True)
    }
    for entity, at in zip(some.plan.entity[again].tolist(), some.plan.arrival_us[again].tolist(), strict=True):
        assert at == visits[entity & ((1 << 48) - 1)] + DAY_US
    assert set(some.plan.entity[again].tolist()) < set(more.plan.entity[returned(more)].tolist())
    kinds = {entity & ((1 << 48) - 1): row[1:3] for entity, row in who(some, plain).items()}
    assert all(row[1:3] == kinds[entity & ((1 << 48) - 1)] for entity, row in who(some, again).items())


def test_unfinished_counts_those_served_whose_business_was_not_done() -> None:
    found = record(setbacks=setback("30 %", "50 %"))
    counted = figure(frame(setbacks=setback("30 %", "50 %")), "unfinished")
    assert counted == ((found.outcomes.fate == Fate.SERVED) & (found.plan.setback != DONE)).sum() > 0


def test_a_refusal_takes_a_part_of_the_service_time() -> None:
    base, short = record(), record(setbacks=setback("30 %", "0 %", service=0.25))
    met = short.plan.setback != DONE
    assert (short.plan.service_us[met] == np.maximum(1, np.rint(base.plan.service_us[met] * 0.25))).all()
    assert (short.plan.service_us[~met] == base.plan.service_us[~met]).all()
    assert figure(frame(setbacks=setback("30 %", "0 %", service=0.25)), "busy_mean") < figure(frame(), "busy_mean")


def test_who_comes_again_the_same_day_does_so_after_the_time_stated_or_on_the_next_open_day() -> None:
    found = record(setbacks=setback("60 %", after="2 h"), days={"sun": "closed"})
    again, low = returned(found), (1 << 48) - 1
    first = dict(zip((found.plan.entity[~again] & low).tolist(), found.plan.arrival_us[~again].tolist(), strict=True))
    same_day = next_day = 0
    for entity, at in zip(found.plan.entity[again].tolist(), found.plan.arrival_us[again].tolist(), strict=True):
        was = first[entity & low]
        if was % DAY_US < 16 * HOUR_US:
            assert at == was + 2 * HOUR_US
            same_day += 1
        else:
            saturday = (was // DAY_US + 3) % 7 == 5
            assert at == was + (2 if saturday else 1) * DAY_US
            next_day += 1
    assert same_day > 20
    assert next_day > 5


def test_setbacks_on_some_days_are_met_then_and_never_else() -> None:
    """F-30: stock-outs at month starts."""
    found, always = (record(setbacks=setback("30 %", "0 %", **days)) for days in ({"day_of_month": ["1-3"]}, {}))
    met = found.plan.setback != DONE
    assert set(found.plan.day[met].tolist()) == {0, 1, 2}
    assert met.tolist() == ((always.plan.setback != DONE) & (always.plan.day < 3)).tolist()


def test_returns_beyond_the_end_of_the_study_are_not_seen() -> None:
    assert not returned(record(5, setbacks=setback("60 %", after="5 days"))).any()
    late = record(5, setbacks=setback("60 %", after="3 days"))
    assert set(late.plan.day[returned(late)].tolist()) == {3, 4}


def test_a_partner_hall_sends_on_what_it_refuses_to_a_hall_that_does_it() -> None:
    def city(share: str) -> dict[str, HallRecord]:
        on = setback(share, service=0.1, after="1 h", to="own")
        own = hall(customers={"gotone": {"share": "40 %"}, "mzone": {"share": "60 %"}})
        return records({"partner": hall(run_by="partner", setbacks=on), "own": own})

    base, found, more = city("0 %"), city("40 %"), city("80 %")
    guests = returned(found["own"])
    assert who(found["own"], ~guests) == who(base["own"])
    assert not returned(found["partner"]).any()
    assert set(who(found["own"]).items()) < set(who(more["own"]).items())
    assert set(found["own"].plan.transaction[guests].tolist()) == {1}
    in_time = (found["partner"].plan.setback != DONE) & (found["partner"].plan.day < 13)
    assert int(guests.sum()) >= int(in_time.sum())
    classes = found["own"].plan.customer_class[guests]
    assert set(classes.tolist()) == {0, 1}
    was_gotone = found["partner"].plan.customer_class[in_time] == 0
    assert int((classes == 0).sum()) > int(was_gotone.sum()), "the others take a class of the hall by its shares"


def test_a_deputy_who_approves_sooner_brings_people_back_sooner() -> None:
    """F-46: the deadline of an approval is `after`; a deputy shortens it, and changes nobody who is not concerned."""
    slow, quick = (record(setbacks=setback("30 %", after=after)) for after in ("5 days", "1 days"))
    assert who(slow, ~returned(slow)) == who(quick, ~returned(quick))
    assert slow.plan.day[returned(slow)].min() == 5
    assert quick.plan.day[returned(quick)].min() == 1


# outages (F-22, F-49)


def test_nobody_begins_at_a_counter_while_the_system_is_down_and_kiosks_go_on_unless_it_says_so() -> None:
    for kiosks in (False, True):
        changes: dict[str, Any] = {"outages": {"every": "3 h", "lasts": "20 min", "kiosks": kiosks}}
        found = record(**changes)
        down = outages_of(found)
        began = found.outcomes.left_us[found.outcomes.fate == Fate.SERVED]
        at_kiosk = found.outcomes.lane[found.outcomes.fate == Fate.SERVED] == found.layout.kiosk_lane
        within = np.zeros(began.size, dtype=bool)
        for start, end in down:
            within |= (start <= began) & (began < end)
        assert not within[~at_kiosk].any()
        assert within[at_kiosk].any() != kiosks
        assert len(down) > 20


def outages_of(found: HallRecord) -> list[tuple[int, int]]:
    assert found.hall.outages is not None
    by_day = outage_days(found.hall.outages, found.layout.entity, found.spans, Draws(1, 0))
    return sorted({outage for day in by_day for outage in day})


def test_the_system_is_down_for_the_share_of_time_that_its_means_say() -> None:
    """Always open, a system that works for `every` and is down for `lasts` is down for lasts ÷ (every + lasts)."""
    spec = study({"h": around_the_clock("1/h", 1, exponential("1 min"), outages={"every": "6 h", "lasts": "1 h"})})
    outages = spec.halls["h"].outages
    assert outages is not None
    spans = [spec.halls["h"].hours] * 2000
    found = sorted({one for day in outage_days(outages, 1 << 48, spans, Draws(1, 0)) for one in day})
    down = sum(end - start for start, end in found) / (2000 * DAY_US)
    assert down == pytest.approx(1 / 7, rel=0.05)
    assert all(end <= later for (_, end), (later, _) in pairwise(found))


def test_longer_outages_make_people_wait_longer_and_those_served_before_the_first_are_the_same() -> None:
    base = record()
    some, more = (record(outages={"every": "10 h", "lasts": lasts}) for lasts in ("10 min", "60 min"))
    assert who(base) == who(some) == who(more)
    first_us = outages_of(some)[0][0]
    gone = base.outcomes.gone_us < first_us
    assert gone.any()
    assert lived(base, gone) == lived(some, some.outcomes.gone_us < first_us)
    assert outages_of(some)[0][0] == outages_of(more)[0][0]
    waits = [
        figure(frame(outages={"every": "10 h", "lasts": lasts}), "abandoned") for lasts in ("1 s", "10 min", "60 min")
    ]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


def test_staff_is_paid_while_the_system_is_down() -> None:
    broken = frame(outages={"every": "3 h", "lasts": "1 h"})
    assert figure(broken, "counter_hours") == figure(frame(), "counter_hours")
    assert figure(broken, "utilisation") < figure(frame(), "utilisation")


@pytest.mark.parametrize("closing", ["serve_all_inside", "turn_away_waiting"])
@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_a_hall_whose_system_is_down_at_closing_sends_those_waiting_home(closing: str, engine: sim.Engine) -> None:
    changes: dict[str, Any] = {"outages": {"every": "4 h", "lasts": "3 h"}, "closing": closing, "kiosks": None}
    (found,) = sim.run_halls(study({"h": hall(**changes)}, "14 days", calendar="none"), 0, engine=engine)
    assert not (found.outcomes.fate == Fate.PRESENT).any()
    closes_us = found.plan.day * DAY_US + 18 * HOUR_US
    down = np.zeros(len(found.plan), dtype=bool)
    for start, end in outages_of(found):
        down |= (start <= closes_us) & (closes_us < end)
    stayed = (found.outcomes.left_us >= closes_us) & down
    assert stayed.any()
    assert (found.outcomes.fate[stayed] == Fate.TURNED_AWAY).all()
    assert (found.outcomes.left_us[stayed] == closes_us[stayed]).all()


def test_an_outage_of_a_hall_that_never_closes_goes_on_over_midnight() -> None:
    spec = study(
        {"h": around_the_clock("20/h", 3, exponential("4 min"), outages={"every": "30 h", "lasts": "6 h"})}, "30 days"
    )
    one, other = (sim.run_halls(spec, 0, engine=engine)[0] for engine in ("simpy", "compiled"))
    assert lived(one) == lived(other)
    down = outages_of(one)
    over_midnight = [(start, end) for start, end in down if start // DAY_US < end // DAY_US]
    assert over_midnight
    began = one.outcomes.left_us[one.outcomes.fate == Fate.SERVED]
    assert not any(((start <= began) & (began < end)).any() for start, end in down)


def test_levels_without_service_are_those_of_the_day_where_nothing_fails() -> None:
    changes = ((10, 2), (50, 3), (90, 1))
    assert without_service(changes, []) == changes
    assert without_service(changes, [(0, 20)]) == ((10, 0), (20, 2), (50, 3), (90, 1))
    assert without_service(changes, [(0, 5), (60, 2 * DAY_US)]) == ((10, 2), (50, 3), (60, 0))
    assert without_service((), [(0, 20)]) == ()


# everything at once


@SOME
@given(random_cities())
def test_in_a_city_of_troubled_halls_every_customer_ends_once_and_the_counts_agree(
    halls: dict[str, dict[str, Any]],
) -> None:
    spec = study(halls, "3 days", calendar="none")
    entities: list[int] = []
    found = dict(zip(spec.halls, sim.run_halls(spec, 0), strict=True))
    kpis = sim.simulate(spec, 0).set_index(["kpi", "scope", "period"])["value"]
    for name, one in found.items():
        assert not (one.outcomes.fate == Fate.PRESENT).any()
        assert (np.diff(one.plan.arrival_us) >= 0).all()
        entities += [*one.plan.entity.tolist(), *one.away.entity.tolist()]
        for day, span in enumerate(one.spans):
            today_us = one.plan.arrival_us[one.plan.day == day] % DAY_US
            assert span is not None or not today_us.size
            assert all(span is not None and span.open_us <= at < span.close_us for at in today_us.tolist())
        if ("arrivals", f"hall/{name}", "all") in kpis.index:
            kiosk = kpis.get(("arrivals", f"hall/{name}/kiosk", "all"), 0.0)
            assert kpis["arrivals", f"hall/{name}", "all"] + kiosk == len(one.plan)
            assert kpis.get(("elsewhere", f"hall/{name}", "all"), 0.0) == len(one.away)
    assert len(set(entities)) == len(entities)
