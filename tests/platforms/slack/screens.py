"""Modals and Home tabs as they stand on people's screens."""

import json
from random import Random
from typing import Final

from tests.platforms.slack.errors import Refusal
from tests.platforms.slack.people import Grant, Json

DEEPEST, LARGEST = 3, 250_000

GIVEN: Final = (
    "type",
    "title",
    "blocks",
    "close",
    "submit",
    "private_metadata",
    "callback_id",
    "external_id",
)


class Screens:
    """Each person's stack of modals, the top one last, and their Home tab."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.modals: dict[str, list[Json]] = {}
        self.homes: dict[str, Json] = {}

    def made(self, view: Json, grant: Grant, team: str) -> Json:
        """Return a view as Slack keeps it: with an id, a hash and an empty state."""
        if view.get("type") not in {"modal", "home"}:
            raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] invalid view"]})
        if len(json.dumps(view)) > LARGEST:
            raise Refusal("view_too_large")
        made: Json = {
            "id": f"V{self._random.randrange(36**10):010X}",
            "team_id": team,
            "app_id": "A0RAPPORT1",
            "app_installed_team_id": team,
            "bot_id": grant.bot_id,
            "hash": self._hash(),
            "state": {"values": {}},
            "clear_on_close": view.get("clear_on_close", False),
            "notify_on_close": view.get("notify_on_close", False),
            "previous_view_id": None,
            **{name: view.get(name, "" if name.endswith(("_id", "_metadata")) else None) for name in GIVEN},
        }
        made["blocks"] = with_ids(view.get("blocks", []), self._random)
        made["root_view_id"] = made["id"]
        return made

    def open(self, user: str, view: Json) -> Json:
        """Show a modal; whatever modal was open gives way to it."""
        self._unique(view)
        self.modals[user] = [view]
        return view

    def push(self, user: str, view: Json) -> Json:
        stack = self.modals.get(user, [])
        if not stack:
            raise Refusal("not_found")
        if len(stack) >= DEEPEST:
            raise Refusal("push_limit_reached")
        self._unique(view)
        view |= {"previous_view_id": stack[-1]["id"], "root_view_id": stack[0]["id"]}
        stack.append(view)
        return view

    def change(self, view_id: str, new: Json, hashed: str = "") -> Json:
        """Exchange an open modal; what was typed stays where block and action kept their ids."""
        for stack in self.modals.values():
            for place, old in enumerate(stack):
                if view_id in {old["id"], old["external_id"]} and view_id:
                    _unchanged(old, hashed)
                    kept = {name: old[name] for name in ("id", "root_view_id", "previous_view_id")}
                    stack[place] = new | kept | {"state": _still_typed(old, new)}
                    return stack[place]
        raise Refusal("not_found")

    def publish(self, user: str, new: Json, hashed: str = "") -> Json:
        old = self.homes.get(user)
        if old is not None:
            _unchanged(old, hashed)
            new |= {"id": old["id"], "root_view_id": old["id"]}
        self.homes[user] = new
        return new

    def top(self, user: str) -> Json | None:
        stack = self.modals.get(user)
        return stack[-1] if stack else None

    def pop(self, user: str) -> None:
        if self.modals.get(user):
            self.modals[user].pop()

    def clear(self, user: str) -> None:
        self.modals.pop(user, None)

    def _hash(self) -> str:
        return f"{self._random.randrange(10**10)}.{self._random.randbytes(4).hex()}"

    def _unique(self, view: Json) -> None:
        name = view["external_id"]
        if name and any(name == old["external_id"] for stack in self.modals.values() for old in stack):
            raise Refusal("duplicate_external_id")


def with_ids(blocks: list[Json], random: Random) -> list[Json]:
    """Give each block and each element that can act an id, as Slack does."""
    given = []
    for block in blocks:
        named = {"block_id": random.randbytes(3).hex(), **block}
        if "elements" in block and block.get("type") in {"actions", "context_actions"}:
            named["elements"] = [{"action_id": random.randbytes(3).hex(), **e} for e in block["elements"]]
        given.append(named)
    return given


def _unchanged(old: Json, hashed: str) -> None:
    if hashed and hashed != old["hash"]:
        raise Refusal("hash_conflict")


def _still_typed(old: Json, new: Json) -> Json:
    fields = {
        (b["block_id"], b["element"].get("action_id")) for b in new["blocks"] if b.get("type") == "input"
    }
    values: Json = old["state"]["values"]
    kept = {
        block: {action: value for action, value in actions.items() if (block, action) in fields}
        for block, actions in values.items()
    }
    return {"values": {block: actions for block, actions in kept.items() if actions}}
