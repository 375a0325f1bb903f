"""Stand-ins for what the code meets at its edges."""

from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move_to(self, now: datetime) -> None:
        self._now = now

    def advance(self, by: timedelta) -> None:
        self._now += by
