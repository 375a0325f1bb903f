from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.durations import duration, moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P1D", timedelta(days=1)),
        ("PT1H", timedelta(hours=1)),
        ("PT90M", timedelta(minutes=90)),
        ("P1DT12H30M", timedelta(days=1, hours=12, minutes=30)),
        ("P2W", timedelta(days=14)),
    ],
)
def test_a_duration_is_read_as_iso_8601_writes_it(text: str, expected: timedelta):
    assert duration(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1DT", "1D", "P-1D", "-P1D", "P1Y", "P1M", "P1.5D", "p1d", " P1D", "P1D\n", "P٣D"],
)
def test_anything_else_is_refused_with_an_example(text: str):
    with pytest.raises(ValueError, match="such as P1D"):
        duration(text)


@given(st.integers(0, 9999), st.integers(0, 23), st.integers(0, 59))
def test_days_hours_and_minutes_add_up(days: int, hours: int, minutes: int):
    assert duration(f"P{days}DT{hours}H{minutes}M") == timedelta(days=days, hours=hours, minutes=minutes)


@given(
    st.datetimes(datetime(2000, 1, 2), datetime(2100, 1, 1)),  # noqa: DTZ001 - the zone comes from the next strategy
    st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_keeps_its_place_in_time_whatever_zone_it_is_written_in(naive: datetime, offset: int):
    written = naive.replace(tzinfo=timezone(timedelta(minutes=offset)))

    assert moment(written.isoformat()) == written
    assert moment(written.isoformat()).tzinfo is UTC


def test_an_instant_without_zone_is_utc():
    assert moment("2026-11-27T17:00") == datetime(2026, 11, 27, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13-01", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_an_impossible_instant_is_refused_with_an_example(text: str):
    with pytest.raises(ValueError, match="such as 2026"):
        moment(text)
