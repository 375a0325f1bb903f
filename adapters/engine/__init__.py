"""What moves the bot without anybody asking: ticks, jobs and the outbox's deliveries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol


class Place(NamedTuple):
    """A workspace of an organisation: deliveries are made in one place at a time."""

    organisation: int
    workspace: int


@dataclass(frozen=True, slots=True)
class Health:
    """How the engine is: readiness watches ``beat``, which is never older than some seconds while all is well."""

    running: bool
    beat: datetime | None
    """The last sign of life, by the real clock."""
    failures: int
    """Jobs and ticks that ended in an error since the start."""
    busy: int
    """Deliveries and jobs under way."""


class Driver(Protocol):
    """What kicks the outbox's deliveries; the outbox is the truth, whichever driver runs."""

    def kick(self, place: Place) -> None: ...

    async def run(self) -> None: ...

    def health(self) -> Health: ...

    async def stop(self, grace: timedelta) -> None: ...
