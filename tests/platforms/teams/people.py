"""Users, conversations and messages of a tenant, in the shapes that Teams gives them."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

Kind = Literal["personal", "groupChat", "channel"]


@dataclass
class User:
    """An account of the tenant: ``id`` is the Entra object id, ``member`` the id that only our bot knows them by."""

    id: str
    tenant: str
    member: str
    name: str
    email: str = ""
    locale: str = "en-US"
    tz: str = "Europe/Berlin"
    role: Literal["user", "guest", "anonymous"] = "user"
    installed: bool = False
    blocked: bool = False
    gone: bool = False

    def account(self) -> Json:
        """Return who acts, as activities name them."""
        return {"id": self.member, "name": self.name, "aadObjectId": self.id}

    def shape(self) -> Json:
        """Return the member that the roster gives."""
        given, _, family = self.name.rpartition(" ")
        return {
            "id": self.member,
            "name": self.name,
            "objectId": self.id,
            "aadObjectId": self.id,
            "givenName": given,
            "surname": family,
            "email": self.email,
            "userPrincipalName": self.email,
            "tenantId": self.tenant,
            "userRole": self.role,
        }


@dataclass
class Post:
    """A message as it stands; ``only_for`` names the one user whom a targeted message reaches."""

    body: Json
    by: str
    """The user, or "" for the bot."""
    only_for: str = ""
    views: dict[str, Json] = field(default_factory=dict)
    """Cards that answered a press, each shown to the user who pressed, by their id."""

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def deleted(self) -> bool:
        return bool(self.body.get("deleted"))


@dataclass
class Conversation:
    """A chat with the bot, a group chat or a channel; ``user`` is the person of a personal one."""

    id: str
    tenant: str
    kind: Kind
    user: str = ""
    team: str = ""
    members: list[str] = field(default_factory=list)
    posts: dict[str, Post] = field(default_factory=dict)

    def account(self) -> Json:
        """Return the conversation as activities name it."""
        named: Json = {"conversationType": self.kind, "tenantId": self.tenant, "id": self.id}
        return named if self.kind == "personal" else named | {"isGroup": True}
