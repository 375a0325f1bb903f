"""The demo's clock: it stands still until it is moved, only ever forward, and outlives the process."""

from datetime import UTC, datetime

from bot.store.unit import Store, Unit

NOW = "demo.now"
"""The setting that holds the time; a database that has it is a demo."""


class DemoClock:
    """What the rules go by in the demo; leases and time-outs go by the real clock."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def resume(self, store: Store) -> bool:
        """Take up the time that was kept; False where the database is no demo."""
        kept = store.read(lambda unit: unit.settings.get(NOW))
        if kept is None:
            return False
        self._now = datetime.fromisoformat(kept)
        return True

    def move(self, store: Store, to: datetime) -> None:
        """Go forward and keep it; raises ``ValueError`` for a time that is over."""
        wanted = to.astimezone(UTC)
        if wanted < self._now:
            raise ValueError("The clock only moves forward.")
        self._now = wanted
        store.write(self.keep)

    def keep(self, unit: Unit) -> None:
        """Write the time down."""
        unit.settings.put(NOW, self._now.isoformat(), self._now)
