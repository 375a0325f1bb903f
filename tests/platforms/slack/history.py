"""What was asked of Slack and what became of it: appended to, never changed."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.platforms.slack.people import Json

POSTS = "chat.postMessage"


@dataclass(frozen=True)
class Call:
    """One request: ``outcome`` is "ok", the error's code, or "reset", "hang" and the like if there was no answer."""

    at: float
    team: str
    method: str
    arguments: Json
    outcome: str
    accepted: bool
    """Whether it had its effect, heard of or not."""
    channel: str = ""
    """The conversation it acted on, a person's direct messages by their id."""
    public: bool = False
    """Whether others than one person see what it said."""
    result: Json = field(default_factory=dict)

    @property
    def delivery(self) -> str:
        """The id that the app put into a message's metadata."""
        metadata = self.arguments.get("metadata")
        payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
        return str(payload.get("d", "")) if isinstance(payload, dict) else ""


class History:
    """Every call in order; with a ``journal`` each is on disk before its answer leaves."""

    def __init__(self, journal: Path | None = None) -> None:
        self.calls: list[Call] = list(read(journal)) if journal and journal.exists() else []
        self._file = os.open(journal, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600) if journal else None

    @property
    def accepted(self) -> list[Call]:
        return [call for call in self.calls if call.accepted]

    def of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

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
