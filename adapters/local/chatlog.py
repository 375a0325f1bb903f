"""Every message of the local platform, in one append-only file of JSON lines beside the demo database."""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from bot.errors import StoreError

Json = dict[str, Any]
Kind = Literal["message", "form", "home", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: a message as it stands from now on. An edit is a new entry of the same ``root``.

    The rendered message is kept as bytes, because thousands of them stay in memory and few are looked at.
    """

    id: int = 0
    root: int = 0
    """The first entry of the chain; what a receipt names."""
    user: str
    author: Literal["bot", "me"] = "bot"
    kind: Kind = "message"
    replaces: int | None = None
    opened_by: int | None = None
    """The root of the message whose button opened this form."""
    delivery: str = ""
    private: bool = False
    at: str
    lang: str = "en"
    card: bytes

    def content(self) -> Json:
        card: Json = json.loads(self.card)
        return card

    def message(self) -> Json:
        """Return the message as the doors hand it out."""
        return {
            "id": str(self.id),
            "root": str(self.root),
            "replaces": _text(self.replaces),
            "opened_by": _text(self.opened_by),
            "from": self.author,
            "kind": self.kind,
            "private": self.private,
            "at": self.at,
            "lang": self.lang,
            "card": self.content(),
        }


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


class ChatLog:
    """Messages by person, durable against the death of this process as soon as ``append`` returns.

    Each line goes to the operating system in one write. A last line that was cut off is dropped on load; it
    was never acknowledged. Damage anywhere else raises ``StoreError``, naming the line. There is one writer.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: list[Entry] = []
        self._of_user: dict[str, list[Entry]] = {}
        self._current: dict[int, Entry] = {}
        self._deliveries: dict[str, Entry] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._size = self._load()

    def append(self, entry: Entry) -> Entry:
        """Give the entry its number, write it and return it; raises ``OSError`` and keeps nothing if that fails."""
        number = len(self._entries) + 1
        numbered = replace(entry, id=number, root=entry.root or number)
        self._write(_line(numbered))
        self._keep(numbered)
        return numbered

    def entry(self, number: int) -> Entry | None:
        return self._entries[number - 1] if 0 < number <= len(self._entries) else None

    def named(self, message: str) -> Entry | None:
        """Return the entry that an id from a request names, if there is one."""
        number = message.isascii() and message.isdecimal() and len(message) < 16
        return self.entry(int(message)) if number else None

    def current(self, root: int) -> Entry | None:
        """Return the newest entry of a message, or nothing if it never was."""
        return self._current.get(root)

    def delivered(self, delivery: str) -> Entry | None:
        """Return the message of a delivery, if it arrived."""
        return self._deliveries.get(delivery)

    def since(self, user: str, after: int) -> list[Entry]:
        """Return everything that happened in a conversation after entry number ``after``, in order."""
        return [entry for entry in self._of_user.get(user, ()) if entry.id > after]

    def standing(self, user: str) -> list[Entry]:
        """Return the messages of a conversation as they stand, each at the place of its first entry."""
        roots = dict.fromkeys(entry.root for entry in self._of_user.get(user, ()))
        return [entry for root in roots if (entry := self._current[root]).kind != "gone"]

    def close(self) -> None:
        os.close(self._file)

    def _load(self) -> int:
        """Read the file; return the number of its bytes that are whole lines, and cut off the rest."""
        data = self.path.read_bytes()
        lines = data.split(b"\n")
        whole = len(data) - len(lines.pop())
        for number, line in enumerate(lines, 1):
            entry = _entry(line)
            if entry is not None and entry.id == number:
                self._keep(entry)
            elif number == len(lines):  # a power cut may leave a last line of zeros
                whole -= len(line) + 1
            else:
                raise StoreError(
                    f"{self.path}, line {number}: not a message; restore the file or move it away"
                )
        os.ftruncate(self._file, whole)
        return whole

    def _write(self, line: bytes) -> None:
        written = 0
        try:
            written = os.write(self._file, line)
        finally:
            if written != len(line):  # a full disk may take a part
                os.ftruncate(self._file, self._size)
        if written != len(line):
            raise OSError(f"only {written} of {len(line)} bytes fit")
        self._size += written

    def _keep(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._of_user.setdefault(entry.user, []).append(entry)
        self._current[entry.root] = entry
        if entry.delivery:
            self._deliveries.setdefault(entry.delivery, entry)


def packed(card: Json) -> bytes:
    """Return a rendered card as the log keeps it."""
    return json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode()


def _line(entry: Entry) -> bytes:
    return packed({**asdict(entry), "card": entry.content()}) + b"\n"


def _entry(line: bytes) -> Entry | None:
    try:
        fields = json.loads(line)
        return Entry(**(fields | {"card": packed(fields["card"])}))
    except (ValueError, KeyError, TypeError):
        return None
