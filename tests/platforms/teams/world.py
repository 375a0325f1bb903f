"""Everything that Teams remembers, without the network: a tenant, its people, conversations, tokens, time."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from bot.clock import Clock, SystemClock
from tests.platforms.teams.errors import NO_CONVERSATION, Refusal
from tests.platforms.teams.faults import FaultPlan
from tests.platforms.teams.history import Call, History
from tests.platforms.teams.limits import Limits
from tests.platforms.teams.people import Conversation, Json, Kind, Post, User
from tests.platforms.teams.signing import Signing

Validate = Callable[[Json], list[str]]
"""Says what is wrong with an Adaptive Card."""

REGION = "/emea"


def nothing_wrong(_card: Json) -> list[str]:
    return []


class World:
    """The state of a fake Teams; ``tenant`` is the app's own, and whoever is added belongs to it unless to another."""

    secret = "a-client-secret-of-the-fake"
    name = "Rapport"

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        validate: Validate = nothing_wrong,
        journal: Path | None = None,
        limits: bool = True,
        seed: int = 20261123,
    ) -> None:
        self.clock = clock or SystemClock()
        self.validate = validate
        self.random = Random(seed)
        self.tenant = self.guid()
        self.app_id = self.guid()
        self.signing = Signing()
        self.faults = FaultPlan()
        self.limits = Limits(self.now, on=limits)
        self.history_of_calls = History(journal)
        self.tokens: set[str] = set()
        self.asked_for_tokens: list[Json] = []
        """The fields of each request for a token."""
        self.fetched: list[str] = []
        """Each fetch of ``openid`` and ``keys``."""
        self.users: dict[str, User] = {}
        self.conversations: dict[str, Conversation] = {}
        self.base = ""
        self.targeting = True
        self.troubles: list[str] = []
        self._last_id = 0
        self._change = asyncio.Event()

    @property
    def bot(self) -> Json:
        return {"id": f"28:{self.app_id}", "name": self.name}

    @property
    def service_url(self) -> str:
        """Where the connector is, as activities say it."""
        return f"{self.base}{REGION}/"

    @property
    def openid_url(self) -> str:
        return f"{self.base}/v1/.well-known/openidconfiguration"

    @property
    def login_url(self) -> str:
        return self.base

    @property
    def history(self) -> list[Call]:
        """Every accepted call."""
        return self.history_of_calls.accepted

    @property
    def calls(self) -> list[Call]:
        """Every call, refused ones too."""
        return self.history_of_calls.calls

    def guid(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def now(self) -> float:
        return self.clock.now().timestamp()

    def moment(self) -> datetime:
        return self.clock.now().astimezone(UTC)

    def new_id(self) -> str:
        """Return the next message's id, later than any before."""
        self._last_id = max(int(self.now() * 1000), self._last_id + 1)
        return str(self._last_id)

    def touch(self) -> None:
        """Wake whoever waits for a change."""
        self._change.set()
        self._change = asyncio.Event()

    async def until(self, true: Callable[[], Any], within_s: float = 10.0) -> None:
        """Wait until something is so; what changes here is looked at again."""
        async with asyncio.timeout(within_s):
            while not true():
                await self._change.wait()

    @property
    def tenants(self) -> set[str]:
        return {self.tenant, *(user.tenant for user in self.users.values())}

    def add_user(self, user: str = "", *, installed: bool = False, tenant: str = "", **more: Any) -> User:
        """Add somebody by their Entra object id; ``installed``: they have the app, and so a conversation."""
        identity = user or self.guid()
        name = str(more.pop("name", "Alex Example"))
        more.setdefault("email", f"{identity[:8]}@example.com")
        added = User(identity, tenant or self.tenant, f"29:{self.random.randbytes(33).hex()}", name, **more)
        self.users[identity] = added
        if installed:
            added.installed = True
            self.personal(added)
        return added

    def user(self, named: str) -> User | None:
        """Find an account by object id or by the id that the bot knows them by."""
        found = self.users.get(named)
        return found or next((user for user in self.users.values() if user.member == named), None)

    def personal(self, user: User) -> Conversation:
        """Return the person's conversation with the bot, opening it if need be."""
        known = self.open_for(user.id)
        if known is None:
            named = f"a:1{self.random.randbytes(24).hex()}"
            known = self._keep(named, "personal", user.tenant, user=user.id)
            known.members.append(user.id)
        return known

    def open_for(self, user: str) -> Conversation | None:
        """Return the person's conversation with the bot if there is one."""
        return next((one for one in self.conversations.values() if one.user == user), None)

    def add_team(self, *members: str) -> Conversation:
        """Add a team that has the app, and return its channel."""
        thread = f"19:{self.random.randbytes(16).hex()}@thread.tacv2"
        channel = self._keep(thread, "channel", self._tenant_of(members), team=thread)
        channel.members.extend(members)
        return channel

    def add_group_chat(self, *members: str) -> Conversation:
        named = f"19:{self.random.randbytes(16).hex()}@thread.v2"
        chat = self._keep(named, "groupChat", self._tenant_of(members))
        chat.members.extend(members)
        return chat

    def conversation(self, named: str) -> Conversation:
        """Find a conversation; a thread in a channel is named by the channel and its first message."""
        found = self.conversations.get(named) or self.conversations.get(named.partition(";")[0])
        if found is None:
            raise NO_CONVERSATION
        return found

    def put(self, conversation: Conversation, post: Post) -> Post:
        conversation.posts[post.id] = post
        self.touch()
        return post

    def wrong(self, activity: Json) -> list[str]:
        """Say what is wrong with the cards of a message whose shape is right."""
        cards = (one.get("content") for one in activity.get("attachments") or [])
        return [said for card in cards if isinstance(card, dict) for said in self.validate(card)]

    def allowed(self, token: str) -> bool:
        return token in self.tokens

    def grant(self) -> str:
        """Return a new token for the connector."""
        token = f"made-up.{self.random.randbytes(16).hex()}"
        self.tokens.add(token)
        return token

    def _tenant_of(self, members: Sequence[str]) -> str:
        return next((self.users[member].tenant for member in members), self.tenant)

    def _keep(self, name: str, kind: Kind, tenant: str, *, user: str = "", team: str = "") -> Conversation:
        opened = Conversation(name, tenant, kind, user, team)
        self.conversations[name] = opened
        return opened


def refused(wrong: list[str]) -> Refusal:
    return Refusal(400, "BadArgument", "; ".join(wrong))
