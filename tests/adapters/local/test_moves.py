from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from adapters.local.behind import Move
from adapters.local.moves import next_monday, offered

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
instants = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - made aware below
    datetime(2040, 1, 1),  # noqa: DTZ001 - made aware below
    timezones=st.just(UTC),
)


@given(instants, st.sampled_from(ZONES))
def test_the_next_monday_is_the_first_one_ahead_at_nine_on_the_wall(now: datetime, zone: str):
    found = next_monday(now, zone)
    local = found.astimezone(ZoneInfo(zone))

    assert (local.weekday(), local.time()) == (0, time(9))
    assert timedelta() < found - now <= timedelta(days=7, hours=1)  # an hour more where a clock is set back


def test_at_nine_on_a_monday_the_next_one_is_a_week_away():
    monday = datetime(2026, 11, 23, 8, tzinfo=UTC)

    assert next_monday(monday, "Europe/Berlin") == monday + timedelta(days=7)
    assert next_monday(monday - timedelta(minutes=1), "Europe/Berlin") == monday


def test_what_lies_behind_is_no_longer_offered():
    now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    close = Move("Pulse closes", now + timedelta(days=3))

    labels = [move["label"] for move in offered(now, "UTC", [Move("Pulse opens", now), close])]

    assert labels == ["+1 hour", "+1 day", "Next Monday 09:00", "Pulse closes"]
