"""Users, channels and workspaces, in the shapes that the Web API gives them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]


@dataclass
class User:
    """An account of a workspace; guests, bots and the removed are accounts too."""

    id: str
    team: str
    name: str
    real_name: str = ""
    email: str = ""
    locale: str = "en-US"
    tz: str = "Europe/Berlin"
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_admin: bool = False
    updated: int = 0

    def shape(self, now: datetime, *, locale: bool = False, email: bool = True) -> Json:
        """Return the user object of ``users.info``; the address is there only with ``users:read.email``."""
        profile = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": "",
            "display_name_normalized": "",
            "title": "",
            "team": self.team,
        }
        if email and self.email:
            profile["email"] = self.email
        shaped: Json = {"id": self.id, "team_id": self.team, "name": self.name, "deleted": self.deleted}
        if not self.deleted:
            shaped |= {"real_name": self.real_name, **self._zone(now)}
        shaped |= {
            "profile": profile,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": self.updated,
        }
        if self.is_stranger:
            shaped["is_stranger"] = True
        if locale:
            shaped["locale"] = self.locale
        return shaped

    def _zone(self, now: datetime) -> Json:
        offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        seconds = int(offset.total_seconds()) if offset is not None else 0
        return {"tz": self.tz, "tz_label": self.tz, "tz_offset": seconds}


@dataclass
class Post:
    """A message as the API shows it; an ephemeral one is ``only_for`` one user and is in no history."""

    body: Json
    only_for: str = ""

    @property
    def ts(self) -> str:
        return str(self.body["ts"])


@dataclass
class Channel:
    """A conversation; with ``user`` it is that person's direct messages with the app."""

    id: str
    team: str
    name: str = "directmessage"
    user: str = ""
    members: set[str] = field(default_factory=set)
    archived: bool = False
    posts: dict[str, Post] = field(default_factory=dict)

    @property
    def is_dm(self) -> bool:
        return bool(self.user)

    def history(self) -> list[Post]:
        """Everything that is in the history, oldest first."""
        return [post for post in self.posts.values() if not post.only_for]


@dataclass
class Workspace:
    """A team; with ``enterprise`` it belongs to an organisation that may install the app for all its teams."""

    id: str
    domain: str
    name: str
    enterprise: str = ""
    users: dict[str, User] = field(default_factory=dict)


@dataclass
class Grant:
    """What a token may do: in one team, or ``org_wide``; ``scopes`` of ``None`` are all scopes."""

    token: str
    team: str
    bot_user: str
    bot_id: str
    scopes: frozenset[str] | None = None
    enterprise: str = ""
    org_wide: bool = False
    expires_at: float | None = None
    revoked: bool = False
    shut_out_of: frozenset[str] = frozenset()
    """Teams of the organisation that let its app in no longer."""

    def reaches(self, workspace: Workspace) -> bool:
        if self.org_wide:
            return workspace.enterprise == self.enterprise and workspace.id not in self.shut_out_of
        return workspace.id == self.team
