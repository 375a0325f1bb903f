"""Everything that Slack remembers, without the network: workspaces, tokens, conversations, modals, time."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from string import ascii_uppercase, digits
from typing import TypeVar

from bot.clock import Clock, SystemClock
from tests.platforms.slack.errors import Refusal
from tests.platforms.slack.faults import FaultPlan
from tests.platforms.slack.history import Call, History
from tests.platforms.slack.installs import Desk
from tests.platforms.slack.limits import Limits
from tests.platforms.slack.people import Channel, Grant, Json, Post, User, Workspace
from tests.platforms.slack.screens import Screens
from tests.platforms.slack.triggers import Tickets

T = TypeVar("T")

Validate = Callable[[Json, str], list[str]]
"""Says what is wrong with a message ``{"text", "blocks"}`` or a view, on a surface: message, modal or home."""

Emit = Callable[[Json, str], None]
"""Tells the app of an event in a workspace."""


def nothing_wrong(_content: Json, _surface: str) -> list[str]:
    return []


class World:
    """The state of a fake Slack; ``team``, ``users`` and ``bot_token`` are those of its first workspace."""

    app_id = "A0RAPPORT1"
    app_token = "xapp-1-made-up"
    signing_secret = "a-signing-secret-of-the-fake"
    client_id = "1111.2222"
    client_secret = "a-client-secret-of-the-fake"
    verification_token = "old-verification-token"

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
        self.history_of_calls = History(journal)
        self.limits = Limits(self.now, on=limits)
        self.faults = FaultPlan()
        self.tickets = Tickets(self.now, self.random)
        self.screens = Screens(self.random)
        self.installs = Desk()
        self.links: list[str] = []
        self.workspaces: dict[str, Workspace] = {}
        self._channels: dict[str, Channel] = {}
        self._dms: dict[str, Channel] = {}
        self.grants: dict[str, Grant] = {}
        self.messages_tab = True
        self.home_tab = True
        self.charts = True
        self.emit: Emit = lambda _event, _team: None
        self.echo = True
        self.base = ""
        self.troubles: list[str] = []
        self._last_ts = 0
        self._change = asyncio.Event()
        self.home = self.add_workspace("T0RAPPORT1", "made-up")
        self.grant = self.grant_to(self.home, "xoxb-made-up")

    @property
    def team(self) -> str:
        return self.home.id

    @property
    def bot_token(self) -> str:
        return self.grant.token

    @property
    def users(self) -> dict[str, User]:
        return self.home.users

    @property
    def history(self) -> list[Call]:
        """Every accepted call."""
        return self.history_of_calls.accepted

    @property
    def calls(self) -> list[Call]:
        """Every call, refused ones too."""
        return self.history_of_calls.calls

    def now(self) -> float:
        return self.clock.now().timestamp()

    def moment(self) -> datetime:
        return self.clock.now()

    def stamp(self) -> str:
        """Return the next ts, later than any before."""
        self._last_ts = max(round(self.now() * 1e6), self._last_ts + 1)
        return f"{self._last_ts // 10**6}.{self._last_ts % 10**6:06d}"

    def new_id(self, letter: str) -> str:
        return letter + "".join(self.random.choices(ascii_uppercase + digits, k=10))

    def touch(self) -> None:
        """Wake whoever waits for something to change."""
        was, self._change = self._change, asyncio.Event()
        was.set()

    async def until(self, found: Callable[[], T | None], within_s: float = 5.0) -> T:
        """Return the first true answer of ``found``, asked again whenever something changed here."""
        async with asyncio.timeout(within_s):
            while not (answer := found()):
                await self._change.wait()
        return answer

    def add_workspace(self, team: str, domain: str, *, enterprise: str = "") -> Workspace:
        workspace = Workspace(team, domain, domain.replace("-", " ").title(), enterprise)
        self.workspaces[team] = workspace
        slackbot = User("USLACKBOT", team, "slackbot", "Slackbot")
        workspace.users[slackbot.id] = slackbot
        return workspace

    def grant_to(
        self,
        workspace: Workspace,
        token: str,
        scopes: frozenset[str] | None = None,
        *,
        org_wide: bool = False,
    ) -> Grant:
        """Install the app, with this bot token."""
        bot = next((u for u in workspace.users.values() if u.name == "rapport"), None)
        if bot is None:
            bot = User(self.new_id("U"), workspace.id, "rapport", "Rapport", is_bot=True)
            workspace.users[bot.id] = bot
        known = next((g for g in self.grants.values() if g.bot_user == bot.id), None)
        grant = Grant(
            token,
            workspace.id,
            bot.id,
            known.bot_id if known else self.new_id("B"),
            scopes,
            workspace.enterprise,
        )
        grant.org_wide = org_wide
        self.grants[token] = grant
        return grant

    def add_user(self, user: str = "", *, workspace: Workspace | None = None, **more: str | bool) -> User:
        """Add a colleague, unless ``more`` says that it is a bot, a guest or somebody removed."""
        workspace = workspace or self.home
        identity = user or self.new_id("U")
        name = str(more.pop("name", identity.lower()))
        more.setdefault("real_name", name.replace(".", " ").title())
        more.setdefault("email", f"{name}@example.com")
        added = User(identity, workspace.id, name, **more)  # type: ignore[arg-type]  # the fields' own types
        added.updated = int(self.now())
        workspace.users[added.id] = added
        return added

    def add_channel(
        self, *members: str, name: str = "general", workspace: Workspace | None = None
    ) -> Channel:
        """Add a public channel; the app is in it."""
        workspace = workspace or self.home
        return self._keep(Channel(self.new_id("C"), workspace.id, name, members=set(members)))

    def user(self, user: str, grant: Grant | None = None, code: str = "user_not_found") -> User:
        """Find an account, with ``grant`` only within its reach."""
        for workspace in self.workspaces.values():
            if user in workspace.users and (grant is None or grant.reaches(workspace)):
                return workspace.users[user]
        raise Refusal(code)

    def channel(self, channel: str, grant: Grant | None = None) -> Channel:
        found = self._channels.get(channel)
        if found is None or not (grant is None or grant.reaches(self.workspaces[found.team])):
            raise Refusal("channel_not_found")
        return found

    def dm(self, user: User) -> Channel:
        """Return the person's conversation with the app, opening it if need be."""
        if user.id not in self._dms:
            channel = Channel(self.new_id("D"), user.team, user=user.id, members={user.id})
            self._dms[user.id] = self._keep(channel)
        return self._dms[user.id]

    def open_for(self, user: str) -> Channel | None:
        """Return the conversation with the app if there is one."""
        return self._dms.get(user)

    def place(self, channel: str) -> str:
        """Return what identifies a conversation whichever way it is named: a person's direct messages by the person."""
        found = self._channels.get(channel)
        return (found.user or channel) if found is not None else channel

    def _keep(self, channel: Channel) -> Channel:
        self._channels[channel.id] = channel
        return channel

    def put(self, channel: Channel, post: Post) -> Post:
        channel.posts[post.ts] = post
        self.touch()
        return post
