"""A connector that keeps what it is asked for, and refuses what it is told to."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from adapters.teams.references import Reference
from bot.errors import PlatformError

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One call: ``post``, ``targeted``, ``update`` or ``create``, and in which conversation."""

    what: str
    where: str
    activity: Json = field(default_factory=dict)
    message: str = ""

    @property
    def card(self) -> Json:
        attached: list[Json] = self.activity.get("attachments", [])
        return attached[0]["content"] if attached else {}

    @property
    def said(self) -> str:
        """The sentence of a plain message, else the card's."""
        return str(self.activity.get("text") or self.activity["summary"])


class Recorder:
    """Takes the connector's place; ``fails`` holds what the next calls of a kind raise, in their order."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.fails: defaultdict[str, list[PlatformError]] = defaultdict(list)

    async def post(self, to: Reference, activity: Json, *, reply_to: str = "", targeted: bool = False) -> str:
        return self._take(Call("targeted" if targeted else "post", to.conversation, activity, reply_to))

    async def update(self, to: Reference, activity_id: str, activity: Json) -> None:
        self._take(Call("update", to.conversation, activity, activity_id))

    async def create(self, service_url: str, tenant: str, bot: str, member: str) -> str:
        return self._take(Call("create", f"a:own-of-{member}"))

    def did(self) -> list[tuple[str, str]]:
        return [(call.what, call.where) for call in self.calls]

    def _take(self, call: Call) -> str:
        if self.fails[call.what]:
            raise self.fails[call.what].pop(0)
        json.dumps(call.activity)
        self.calls.append(call)
        return call.where if call.what == "create" else f"m{len(self.calls)}"
