"""When the database was last copied: for the doctor, since a backup is a file somewhere else."""

from datetime import UTC, datetime

from bot.store.unit import Store

LAST = "backup.last"


def noted(store: Store, made_at: datetime) -> None:
    """Remember that a backup was made, in the first organisation: it is one of all of them."""
    for organisation in store.organisations()[:1]:
        store.write(lambda unit: unit.settings.put(LAST, made_at.isoformat(), unit.now), organisation)


def last(store: Store) -> datetime | None:
    """Return when the last backup was made that was noted."""
    for organisation in store.organisations()[:1]:
        value = store.read(lambda unit: unit.settings.get(LAST), organisation)
        return datetime.fromisoformat(value).astimezone(UTC) if value else None
    return None
