"""How a person is written to in Teams: what must be remembered of each, because nobody can be looked up there.

A reference comes from what people send, and from the rosters of teams. It is plain JSON of ours, and what it says of
a person goes no further than the tenant it came from.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Protocol

from adapters.teams.commands import ID

Json = dict[str, Any]

PERSONAL = "personal"
THREAD = "@thread."
"""In the id of every conversation that several people read: a channel, a meeting, a group."""
CLIENT = "clientInfo"

LONGEST_WORD = 64
"""Characters of a time zone or a language; no real one has more."""

KEPT = 20_000
"""References kept in memory, so that a message that says nothing new costs no write and no read."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A person, or a team that has the app: then ``user`` and ``conversation`` are the team's and ``member`` is empty."""

    tenant: str
    user: str
    """The Entra object id."""
    service_url: str
    conversation: str
    """The person's own conversation with the bot; empty until there is one."""
    bot: str
    member: str
    """``29:…``: the id by which this bot alone knows the person."""
    time_zone: str = ""
    locale: str = ""
    blocked: bool = False
    """The person blocked or removed the app: nothing is sent until they write or install it again."""
    named: bool = False
    """Teams has told us who this is, which activities don't."""

    @property
    def is_team(self) -> bool:
        return not self.member

    def json(self) -> Json:
        return asdict(self)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Reference":
        """Return what was kept, also by a newer version that kept more."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})


class References(Protocol):
    """Where references are kept: each within the organisation that its tenant belongs to."""

    async def find(self, tenant: str, user: str) -> Reference | None: ...

    async def keep(self, reference: Reference) -> None: ...

    async def forget(self, tenant: str, user: str) -> None: ...

    async def all(self, tenant: str) -> Sequence[Reference]: ...


class InMemory:
    """References that live as long as the process, for a demonstration."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Reference] = {}

    async def find(self, tenant: str, user: str) -> Reference | None:
        return self._kept.get((tenant, user))

    async def keep(self, reference: Reference) -> None:
        self._kept[reference.tenant, reference.user] = reference

    async def forget(self, tenant: str, user: str) -> None:
        self._kept.pop((tenant, user), None)

    async def all(self, tenant: str) -> Sequence[Reference]:
        return [reference for reference in self._kept.values() if reference.tenant == tenant]


class Remembered:
    """References with those of lately in memory: kept again only when something is new."""

    def __init__(self, durable: References, room: int = KEPT) -> None:
        self._durable, self._room = durable, room
        self._lately: OrderedDict[tuple[str, str], Reference] = OrderedDict()

    async def find(self, tenant: str, user: str) -> Reference | None:
        key = (tenant, user)
        if key in self._lately:
            self._lately.move_to_end(key)
            return self._lately[key]
        found = await self._durable.find(tenant, user)
        if found is not None:
            self._note(found)
        return found

    async def keep(self, reference: Reference) -> None:
        if await self.find(reference.tenant, reference.user) != reference:
            await self._durable.keep(reference)
            self._note(reference)

    async def forget(self, tenant: str, user: str) -> None:
        self._lately.pop((tenant, user), None)
        await self._durable.forget(tenant, user)

    async def all(self, tenant: str) -> Sequence[Reference]:
        return await self._durable.all(tenant)

    def _note(self, reference: Reference) -> None:
        key = (reference.tenant, reference.user)
        self._lately[key] = reference
        self._lately.move_to_end(key)
        if len(self._lately) > self._room:
            self._lately.popitem(last=False)


# --- read off what Teams sends -------------------------------------------------------------------------------


def sender(activity: Json) -> Reference | None:
    """Return how the sender of a verified activity is written to; None: it names nobody, or not whom it is for."""
    tenant, bot, member = tenant_of(activity), _id(activity, "recipient"), _id(activity, "from")
    user = _text(_node(activity, "from"), "aadObjectId").lower()
    if not (user and member and tenant and bot) or member == bot:
        return None
    client = next(_clients(activity), {})
    return Reference(
        tenant=tenant,
        user=user,
        service_url=_text(activity, "serviceUrl"),
        conversation=_id(activity, "conversation") if is_personal(activity) else "",
        bot=bot,
        member=member,
        time_zone=_short(_text(activity, "localTimezone") or _text(client, "timezone")),
        locale=_short(_text(activity, "locale") or _text(client, "locale")),
    )


def team(activity: Json) -> Reference | None:
    """Return the team in which an activity happened; None: it happened elsewhere."""
    tenant, bot = tenant_of(activity), _id(activity, "recipient")
    named = _id(_node(activity, "channelData"), "team")
    if not (tenant and named and bot):
        return None
    return Reference(tenant, named, _text(activity, "serviceUrl"), named, bot, member="")


def here(reference: Reference, activity: Json) -> Reference:
    """Return the reference with the conversation in which the activity happened, be it the person's own or shared."""
    return replace(
        reference,
        conversation=_id(activity, "conversation"),
        service_url=_text(activity, "serviceUrl"),
    )


def merged(known: Reference | None, told: Reference) -> Reference:
    """Return what is known after something new was told: what is not said this time stays as it was."""
    if known is None:
        return told
    return replace(
        told,
        conversation=told.conversation or known.conversation,
        time_zone=told.time_zone or known.time_zone,
        locale=told.locale or known.locale,
        named=told.named or known.named,
    )


def removed(activity: Json) -> bool:
    """Tell whether an activity says that the app was removed where it happened; that it was renewed is no removal."""
    match _text(activity, "type"):
        case "installationUpdate":
            return _text(activity, "action") == "remove"
        case "conversationUpdate":
            gone, bot = activity.get("membersRemoved"), _text(_node(activity, "recipient"), "id")
            return isinstance(gone, list) and any(
                isinstance(each, dict) and each.get("id") == bot for each in gone
            )
        case _:
            return False


def is_personal(activity: Mapping[str, Any]) -> bool:
    """Whether nobody else reads the conversation. A thread is one of several people, whatever else is said of it."""
    conversation = _node(activity, "conversation")
    return _text(conversation, "conversationType") == PERSONAL and THREAD not in _text(conversation, "id")


def tenant_of(activity: Json) -> str:
    tenant = _text(_node(_node(activity, "channelData"), "tenant"), "id")
    return (_text(_node(activity, "conversation"), "tenantId") or tenant).lower()


def _clients(activity: Json) -> Iterator[Json]:
    entities = activity.get("entities")
    for entity in entities if isinstance(entities, list) else []:
        if isinstance(entity, dict) and entity.get("type") == CLIENT:
            yield entity


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_WORD else ""


def _id(node: Mapping[str, Any], of: str) -> str:
    """Return the id of something that is named; it comes back in what we send, so it has to look like one."""
    found = _text(_node(node, of), "id")
    return found if ID.fullmatch(found) else ""


def _node(node: Mapping[str, Any], name: str) -> Json:
    value = node.get(name)
    return value if isinstance(value, dict) else {}


def _text(node: Mapping[str, Any], name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""
