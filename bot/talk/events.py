"""What can happen on a chat platform, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.talk.cards import Action, Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an event comes from: checked by the adapter, opaque to everything inside.

    ``event`` identifies the happening itself, so that a redelivery has the same one.
    """

    platform: str
    workspace: str
    user: str
    event: str
    conversation: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a platform knows of a user; empty where it does not say."""

    user: str
    name: str = ""
    email: str = ""
    locale: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class CommandUsed:
    source: Source
    name: str
    text: str = ""
    profile: Profile | None = None
    """Who the user is on the platform; asked for only where a one-time code is tried."""


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    source: Source
    action: Action


@dataclass(frozen=True, slots=True)
class FormSent:
    source: Source
    action: Action
    values: Mapping[str, str] = field(default_factory=dict)
    profile: Profile | None = None
    """As for a command."""


@dataclass(frozen=True, slots=True)
class MessageWritten:
    source: Source
    text: str


@dataclass(frozen=True, slots=True)
class HomeOpened:
    source: Source


@dataclass(frozen=True, slots=True)
class MemberJoined:
    source: Source
    profile: Profile


@dataclass(frozen=True, slots=True)
class AppAdded:
    """Somebody has the app in a conversation of their own now; a platform may tell it more than once."""

    source: Source
    profile: Profile
    """Empty but for the user where the event tells no more; completed by asking the platform."""


@dataclass(frozen=True, slots=True)
class MemberLeft:
    source: Source


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    source: Source
    profile: Profile


@dataclass(frozen=True, slots=True)
class Uninstalled:
    source: Source
    at: datetime | None = None
    """When it happened, if the platform says; one of before the newest installation is old news."""


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """An organisation that installed us as a whole lets us into other workspaces of its own than before.

    ``lost`` are those that let us in no longer, as the platform calls them.
    """

    source: Source
    lost: tuple[str, ...] = ()
    at: datetime | None = None


Event = (
    CommandUsed
    | ButtonPressed
    | FormSent
    | MessageWritten
    | HomeOpened
    | MemberJoined
    | AppAdded
    | MemberLeft
    | ProfileChanged
    | Uninstalled
    | AccessChanged
)


@dataclass(frozen=True, slots=True)
class Replace:
    """The message whose button was pressed becomes this card; ``beside`` is shown too, to the person's eyes only.

    What stands beside is not to be kept by the platform where that can be helped.
    """

    card: Card
    beside: Card | None = None


@dataclass(frozen=True, slots=True)
class Private:
    """A card that only the person who asked sees."""

    card: Card


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form opens; with ``replace`` the pressed message becomes that card at the same time."""

    card: Card
    replace: Card | None = None


@dataclass(frozen=True, slots=True)
class Invalid:
    """The form stays open; each named field shows its sentence."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is to be shown, for instance because the event had been handled before."""


Reply = Replace | Private | OpenForm | Invalid | Nothing
