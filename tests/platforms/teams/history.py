"""What was asked of the connector and what became of it: appended to, never changed."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.platforms.teams.people import Json


@dataclass(frozen=True)
class Call:
    """One request: ``outcome`` is "ok", the error's code, or "reset", "hang" and the like if there was no answer."""

    at: float
    name: str
    """create, post, update, delete, members or member."""
    outcome: str
    accepted: bool
    """Whether it had its effect, heard of or not."""
    tenant: str = ""
    conversation: str = ""
    user: str = ""
    """The person of a personal conversation."""
    activity: Json = field(default_factory=dict)
    id: str = ""
    """Of the message that was made or changed."""
    reply_to: str = ""
    targeted: bool = False
    public: bool = False
    """Whether others than one person see what it said."""

    @property
    def is_message(self) -> bool:
        return self.name in {"post", "update"} and self.activity.get("type") == "message"

    @property
    def delivery(self) -> str:
        """The id that the app put into a message, in its channel data, to tell its deliveries apart."""
        data = self.activity.get("channelData")
        return str(data.get("rapport_delivery", "")) if isinstance(data, dict) else ""


class History:
    """Every call in order; with a ``journal`` each is on disk before its answer leaves."""

    def __init__(self, journal: Path | None = None) -> None:
        self.calls: list[Call] = list(read(journal)) if journal and journal.exists() else []
        self._file = os.open(journal, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600) if journal else None

    @property
    def accepted(self) -> list[Call]:
        return [call for call in self.calls if call.accepted]

    def of(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.name == name]

    def add(self, call: Call) -> None:
        self.calls.append(call)
        if self._file is not None:
            os.write(self._file, json.dumps(asdict(call), ensure_ascii=False).encode() + b"\n")

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def read(journal: Path) -> Iterator[Call]:
    """Read a journal back, also while it is being written; a torn last line is left out."""
    for line in journal.read_text("utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield Call(**json.loads(line))
