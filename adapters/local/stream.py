"""What open pages are told as it happens: server-sent events, one queue for each open page."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from adapters.local.chatlog import Entry

BEAT_S = 15.0
"""A page that hears nothing for longer than two beats knows that the line is dead."""

UNREAD_S = 0.2
"""How long changes of the counters are gathered: a wave reaches a hundred people at once."""

BACKLOG = 2000
"""A page that is further behind is cut off; it comes back with its last event and catches up."""


@dataclass(eq=False, slots=True)
class Listener:
    """One open page, looking at one person's conversation."""

    user: str
    queue: "asyncio.Queue[bytes | None]" = field(default_factory=lambda: asyncio.Queue(BACKLOG))
    lost: bool = False

    def tell(self, event: bytes | None) -> None:
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            self.lost = True


def encoded(name: str, data: Any, number: int | None = None) -> bytes:
    """Return one server-sent event; ``number`` becomes the id that a page resumes from."""
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def told(entry: Entry) -> bytes:
    return encoded("message", entry.message(), entry.id)


class Hub:
    """Passes on messages, the clock and unread counters to whoever listens."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._unread: Counter[str] = Counter()
        self._gathering: asyncio.TimerHandle | None = None

    @property
    def unread(self) -> dict[str, int]:
        """How many messages each person got while no page showed their conversation."""
        return dict(+self._unread)

    def join(self, user: str, missed: Iterable[Entry] = ()) -> Listener:
        """Open a line for a page that looks at ``user``; it is first told what it missed."""
        listener = Listener(user)
        for entry in missed:
            listener.tell(told(entry))
        self._listeners.add(listener)
        self._read(user)
        listener.tell(encoded("unread", self.unread))
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def happened(self, entry: Entry) -> None:
        """Tell of a new or changed message."""
        watching = [listener for listener in self._listeners if listener.user == entry.user]
        for listener in watching:
            listener.tell(told(entry))
        if not watching and entry.author == "bot" and entry.replaces is None:
            self._unread[entry.user] += 1
            self._unread_changed()

    def clock(self, data: dict[str, object]) -> None:
        """Tell everybody about the clock: where it stands, whether it moves, what is being done."""
        self._all(encoded("clock", data))

    def close(self) -> None:
        """Let every page go, so that the server can stop at once."""
        self._all(None)
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None

    def _read(self, user: str) -> None:
        if self._unread.pop(user, 0):
            self._unread_changed()

    def _unread_changed(self) -> None:
        if self._gathering is None and self._listeners:
            self._gathering = asyncio.get_running_loop().call_later(UNREAD_S, self._tell_unread)

    def _tell_unread(self) -> None:
        self._gathering = None
        self._all(encoded("unread", self.unread))

    def _all(self, event: bytes | None) -> None:
        for listener in tuple(self._listeners):
            listener.tell(event)
