"""What must be done before the first question, by whom, and the letter that asks for it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.cases.installation import left, owners_here
from bot.store.tables import Organisation
from bot.store.unit import Unit
from bot.talk.inert import inert
from bot.talk.language import Words, words

K_SCORES, K_COMMENTS = 5, 10
"""What an organisation that is not made yet will begin with."""

MOST_NOTED = 80

Way = Literal["socket", "http", "install"]
"""How Slack is reached: by a connection of ours, at our address, or there and installed from our own page."""

Kind = Literal["secret", "managed_identity"]
"""How Microsoft knows our app: by a secret that it was given, or by the machine in Azure that it runs on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far an installation has come; the defaults are those of one that was not begun."""

    name: str = ""
    locale: str = "en"
    formality: str = "du"
    k_scores: int = K_SCORES
    k_comments: int = K_COMMENTS
    connected: bool = False
    """A workspace is connected."""
    met: Mapping[str, int] = field(default_factory=dict)
    """By platform, how many people can be written to there: they have met the app, or the roster names them."""
    owned: bool = False
    employed: int = 0
    contact: bool = False
    testers: int = 0
    council: str = ""
    """What is recorded about the works council; empty: nothing."""
    live: bool = False

    @property
    def made(self) -> bool:
        return bool(self.name)

    @property
    def words(self) -> Words:
        return words(self.locale, self.formality)


def standing(unit: Unit) -> Standing:
    """Return how far the organisation has come."""
    organisation = unit.organisations.get()
    return Standing(
        name=organisation.name,
        locale=organisation.locale,
        formality=organisation.formality,
        k_scores=organisation.k_scores,
        k_comments=organisation.k_comments,
        connected=bool(unit.workspaces.active()),
        met=_met(unit),
        owned=bool(owners_here(unit)),
        employed=_employed(unit, unit.now.date()),
        contact=_has_contact(unit, organisation),
        testers=len(unit.people.testers()),
        council=inert(organisation.works_council, MOST_NOTED),
        live=not organisation.rehearsal,
    )


def _employed(unit: Unit, day: date) -> int:
    return len(unit.people.employed(day))


def _met(unit: Unit) -> Mapping[str, int]:
    found = Counter[str]()
    for workspace in unit.workspaces.active():
        found[workspace.platform] += len(unit.accounts.users(workspace.id))
    return found


def _has_contact(unit: Unit, organisation: Organisation) -> bool:
    person = unit.people.get(organisation.contact_id) if organisation.contact_id is not None else None
    return person is not None and not left(unit, person)


# --- letters ----------------------------------------------------------------------------------------------


def to_slack_admin(now: Standing, scopes: Sequence[str], way: Way) -> str:
    """Ask whoever administers Slack for the app and its secrets."""
    w = now.words
    return _letter(
        w("letter.slack.1", organisation=_name(now)),
        w("letter.slack.2"),
        w(f"letter.slack.3.{way}"),
        w("letter.slack.4", scopes=w.join(scopes)),
    )


def to_entra_admin(now: Standing) -> str:
    """Ask whoever administers Entra for the app's registration and its secret."""
    w = now.words
    return _letter(_in_teams(now), w("letter.entra.2"), w("letter.entra.3"))


def to_azure_owner(now: Standing, endpoint: str, kind: Kind) -> str:
    """Ask whoever has an Azure subscription for the bot that leads Teams to our address."""
    w = now.words
    return _letter(_in_teams(now), w(f"letter.azure.2.{kind}"), w("letter.azure.3", endpoint=endpoint))


def to_teams_admin(now: Standing) -> str:
    """Ask whoever administers Teams to take the package in and to give people the app."""
    w = now.words
    return _letter(_in_teams(now), *(w(f"letter.teams.{number}") for number in range(2, 6)))


def to_hr(now: Standing, chats: Sequence[str]) -> str:
    """Ask HR for the people, and for those who stand for something."""
    w = now.words
    return _letter(
        w("letter.hr.1", organisation=_name(now)),
        w("letter.hr.2", chats=w.join(chats)),
        w("letter.hr.3"),
    )


def to_council(now: Standing, chats: Sequence[str]) -> str:
    """Tell the works council what Rapport does, what it cannot do, and that nothing begins without its word."""
    w = now.words
    return _letter(
        w("letter.council.1", chats=w.join(chats)),
        *(w(f"letter.council.in.{chat.lower()}") for chat in chats),
        w("letter.council.2"),
        w("letter.council.3", k_scores=now.k_scores, k_comments=now.k_comments),
        w("letter.council.4"),
        w("letter.council.5"),
    )


def _in_teams(now: Standing) -> str:
    return now.words("letter.teams.1", organisation=_name(now))


def _name(now: Standing) -> str:
    return now.name or "…"


def _letter(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)
