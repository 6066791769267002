"""Quantities: what a text with a unit means, exactly, and what is refused."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import units
from scenarios.schema.study import horizon_days
from scenarios.units import COUNT, DURATION, MONEY, MONEY_PER_MONTH, RATE, SHARE_PER_MONTH, Quantity, QuantityError


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("1 us", 1),
        ("2 ms", 2_000),
        ("90 s", 90_000_000),
        ("1.5 min", 90_000_000),
        ("10min", 600_000_000),
        ("0.025 h", 90_000_000),
        ("1 day", 86_400_000_000),
        ("2 weeks", 1_209_600_000_000),
        (" 5  min ", 300_000_000),
        ("0 min", 0),
    ],
)
def test_durations_become_whole_microseconds(text: str, microseconds: int) -> None:
    assert units.parse_duration(text) == microseconds


@pytest.mark.parametrize(("text", "per_hour"), [("45/h", 45.0), ("3/min", 180.0), ("0.5 /s", 1800.0), ("24/day", 1.0)])
def test_rates_become_numbers_per_hour(text: str, per_hour: float) -> None:
    assert units.parse_rate(text) == per_hour


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("39 CNY/month", MONEY_PER_MONTH, 3_900),
        ("50000 CNY", MONEY, 5_000_000),
        ("1.2 million CNY", MONEY, 120_000_000),
        ("0.1 %/month", SHARE_PER_MONTH, Fraction(1, 1000)),
        ("9.6 million", COUNT, 9_600_000),
        (20000, COUNT, 20_000),
    ],
)
def test_money_shares_by_the_month_and_counts_are_exact(
    text: object, dimension: units.Dimension, value: object
) -> None:
    assert units.parse(text, dimension) == value


@pytest.mark.parametrize(
    "text", [3, 3.5, "3", "3 metres", "min", "", "1,5 min", "３ min", "1e-3.2 s", "0x10 s", True, None, []]
)
def test_a_duration_without_a_known_unit_is_refused_with_the_allowed_units(text: object) -> None:
    with pytest.raises(QuantityError) as refused:
        units.parse_duration(text)
    assert "us, ms, s, min, h, days, weeks" in refused.value.help


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nan min", "quantity"),
        (".inf", "not-finite"),
        ("nan", "not-finite"),
        ("-1 min", "negative"),
        ("1e30 min", "huge"),
        ("1e999 min", "huge"),
        ("9" * 50 + " min", "huge"),
        ("5000 days", "huge"),
        ("+2 min", "relative"),
        ("x1.1", "relative"),
    ],
)
def test_infinite_negative_huge_and_relative_durations_are_refused(text: str, code: str) -> None:
    with pytest.raises(QuantityError) as refused:
        units.parse_duration(text)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["30", 0.3, 1, "101 %", "-1 %"])
def test_a_share_is_a_percentage_between_0_and_100(text: object) -> None:
    with pytest.raises(QuantityError) as refused:
        units.parse_share(text)
    assert "`30 %`" in refused.value.help


def test_a_share_is_exactly_its_percentage() -> None:
    assert units.parse_share("30 %") == 0.3
    assert units.parse_share("12.5％") == 0.125


@pytest.mark.parametrize(("text", "time_us"), [("00:00", 0), ("9:05", 32_700_000_000), ("24:00", 86_400_000_000)])
def test_times_of_day_run_from_midnight_to_midnight(text: str, time_us: int) -> None:
    assert units.parse_time(text) == time_us
    assert units.parse_time(units.clock_text(time_us)) == time_us


@pytest.mark.parametrize("text", ["24:01", "9", "09:60", "noon", 900, "9:5", "-1:00"])
def test_what_is_no_time_of_day_is_refused(text: object) -> None:
    with pytest.raises(QuantityError):
        units.parse_time(text)


@pytest.mark.parametrize("text", ["18:00-09:00", "09:00", "09:00-09:00", "9-18", None])
def test_what_is_no_span_of_the_day_is_refused(text: object) -> None:
    with pytest.raises(QuantityError):
        units.parse_span(text)


@pytest.mark.parametrize(
    ("text", "start", "days"),
    [
        ("1 month", datetime.date(2010, 7, 1), 31),
        ("24 months", datetime.date(2010, 7, 1), 731),
        ("1 month", datetime.date(2010, 1, 31), 28),
        ("1 year", datetime.date(2012, 2, 29), 365),
        ("2 weeks", datetime.date(2010, 7, 1), 14),
        ("48 h", datetime.date(2010, 7, 1), 2),
        ("4096 days", datetime.date(2010, 7, 1), 4096),
    ],
)
def test_a_horizon_counts_whole_days_and_calendar_months(text: str, start: datetime.date, days: int) -> None:
    assert horizon_days(text, start) == days


@pytest.mark.parametrize(
    "text", ["0 days", "0 months", "-1 month", "36 h", "1.5 months", "4097 days", "900 years", "3", 3, "x2"]
)
def test_an_empty_broken_or_endless_horizon_is_refused(text: object) -> None:
    with pytest.raises(QuantityError):
        horizon_days(text, datetime.date(2010, 7, 1))


@given(
    st.sampled_from([DURATION, RATE, MONEY, SHARE_PER_MONTH, COUNT]).flatmap(
        lambda dimension: st.tuples(st.just(dimension), st.sampled_from(sorted(dimension.units)))
    ),
    st.decimals(min_value=0, max_value=10**9, places=6),
)
def test_a_quantity_written_and_read_again_is_the_same(kind: tuple[units.Dimension, str], number: object) -> None:
    dimension, unit = kind
    quantity = Quantity(Fraction(str(number)), unit)
    again = units.read_quantity(units.quantity_text(quantity), dimension)
    assert again == quantity


@given(st.integers(min_value=0, max_value=units.LONGEST_US))
def test_every_microsecond_survives_a_detour_over_hours(time_us: int) -> None:
    assert units.parse_duration(units.quantity_text(Quantity(Fraction(time_us, units.HOUR_US), "h"))) == time_us


@given(st.text())
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    try:
        duration = units.parse_duration(text)
    except QuantityError:
        return
    assert 0 <= duration <= units.LONGEST_US
