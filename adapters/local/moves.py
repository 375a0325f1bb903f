"""Where the clock can go next, as the page offers it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from adapters.local.behind import Move

START_OF_WORK = time(9)
Json = dict[str, object]


def next_monday(now: datetime, zone: str) -> datetime:
    """Return the first Monday 09:00 after ``now`` on a wall clock in ``zone``, as UTC."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() - timedelta(days=local.weekday())
    start = datetime.combine(day, START_OF_WORK, local.tzinfo).astimezone(UTC)
    if start > now:
        return start
    return datetime.combine(day + timedelta(days=7), START_OF_WORK, local.tzinfo).astimezone(UTC)


def offered(now: datetime, zone: str, ahead: Sequence[Move]) -> list[Json]:
    """Return the moves of the clock for one person: the steady ones, then what lies ahead."""
    return [*_steady(now, zone), *(_to(move, ahead=True) for move in ahead if move.to > now)]


def _steady(now: datetime, zone: str) -> Iterator[Json]:
    yield {"label": "+1 hour", "advance": "PT1H", "ahead": False}
    yield {"label": "+1 day", "advance": "P1D", "ahead": False}
    yield _to(Move("Next Monday 09:00", next_monday(now, zone)))


def _to(move: Move, *, ahead: bool = False) -> Json:
    return {"label": move.label, "to": move.to.astimezone(UTC).isoformat(), "ahead": ahead}
