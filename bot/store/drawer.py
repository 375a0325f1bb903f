"""What is kept in memory only, until a moment: nothing of it is ever written, and a restart forgets it."""

import threading
from datetime import datetime


class Drawer:
    """One thing for each person of each organisation, safe to use from many threads.

    It knows nothing of transactions: what is put in stays in, whatever becomes of the unit.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[int, int], tuple[object, datetime]] = {}

    def put(self, organisation: int, person: int, thing: object, until: datetime) -> None:
        """Keep a thing in place of the one that was there."""
        with self._lock:
            self._kept[organisation, person] = (thing, until)

    def get(self, organisation: int, person: int, now: datetime) -> object | None:
        """Return what is kept for a person; whatever is over, anybody's, is forgotten by now."""
        with self._lock:
            self._kept = {whose: entry for whose, entry in self._kept.items() if entry[1] > now}
            entry = self._kept.get((organisation, person))
        return entry[0] if entry else None

    def forget(self, organisation: int, person: int) -> None:
        with self._lock:
            self._kept.pop((organisation, person), None)
