"""Order of events and the calendar."""

from __future__ import annotations

from datetime import date

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from scenarios.calendar import study_days, unknown_years
from sim.order import Rank, Timed, priority

EVENT = st.tuples(st.integers(0, 3), st.sampled_from(list(Rank)), st.integers(0, 2**56 - 1))


@given(st.lists(EVENT, max_size=30, unique=True))
def test_events_come_in_the_order_of_time_rank_and_entity(events: list[tuple[int, Rank, int]]) -> None:
    env = simpy.Environment()
    seen: list[tuple[int, Rank, int]] = []
    for event in events:
        Timed(env, *event, value=event).callbacks.append(lambda e: seen.append(e.value))
    env.run()
    assert seen == sorted(events)


def test_what_an_event_causes_at_once_is_done_before_the_next_event() -> None:
    env = simpy.Environment()
    seen: list[str] = []

    def first(_: object) -> None:
        caused = env.event()
        caused.callbacks.append(lambda _: seen.append("caused"))
        caused.succeed()

    Timed(env, 5, Rank.SERVICE_END, 1).callbacks.append(first)
    Timed(env, 5, Rank.SERVICE_END, 2).callbacks.append(lambda _: seen.append("next"))
    env.run()
    assert seen == ["caused", "next"]


def test_an_event_in_the_past_is_refused() -> None:
    env = simpy.Environment(initial_time=10)
    with pytest.raises(ValueError, match="lies before now"):
        Timed(env, 9, Rank.ARRIVAL, 1)


def test_every_rank_stands_above_simpys_own_priorities() -> None:
    assert all(priority(rank, 0) >= 16 for rank in Rank)
    assert list(Rank) == sorted(Rank)


def test_the_calendar_knows_holidays_and_the_weekends_worked_for_them() -> None:
    days = {day.date: day for day in study_days(date(2010, 9, 15), 40, "china")}
    assert days[date(2010, 10, 1)].holiday
    assert not days[date(2010, 9, 30)].holiday
    made_up = days[date(2010, 10, 9)]
    assert (made_up.weekday, made_up.works_as, made_up.holiday) == ("sat", "fri", False)
    weekend = days[date(2010, 10, 16)]
    assert (weekend.weekday, weekend.works_as, weekend.holiday) == ("sat", "sat", False)


def test_without_a_calendar_no_day_is_a_holiday_and_an_unknown_year_says_so() -> None:
    assert not any(day.holiday for day in study_days(date(2010, 10, 1), 7, "none"))
    assert unknown_years(date(1999, 1, 3), 1, "china") == [1999]
    assert unknown_years(date(2004, 1, 1), 365, "china") == []
