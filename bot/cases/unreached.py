"""Who cannot be written to in any chat yet: HR sees them before their first day, with a text that can be sent by e-mail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.cases.context import ActionHandler, Caller
from bot.cases.people import today
from bot.cases.permissions import require_role
from bot.store.tables import Person
from bot.store.unit import Store, Unit
from bot.talk.cards import Action, Button, Buttons, Card, Element, Fact, Facts, Note, Text
from bot.talk.commands import Role
from bot.talk.events import Private, Reply
from bot.talk.fallback import card
from bot.talk.inert import inert
from bot.talk.language import NAME_LIMIT, Words

LINK = "reach.link:"
"""Settings: where people get the app, by platform."""

AHEAD = timedelta(days=30)
"""How long before their first day somebody is missed: in time to do something about it."""

FIRST, MOST_LISTED = 5, 20
"""Names in a line, and on a card of their own."""


@dataclass(frozen=True, slots=True)
class Unreached:
    """How many people nobody can write to, and the first of them; the next newcomers come first."""

    n: int
    people: list[Person]


def announce(store: Store, platform: str, link: str) -> None:
    """Remember where people get the app of a platform themselves; empty: nowhere."""
    for organisation in store.organisations():
        store.write(lambda unit: unit.settings.put(f"{LINK}{platform}", link, unit.now), organisation)


def known(unit: Unit, most: int = FIRST) -> Unreached:
    """Return who works here or starts soon and has no account in any chat; nobody while no chat is connected."""
    if not unit.workspaces.active():
        return Unreached(0, [])
    day = today(unit)
    return Unreached(*unit.accounts.unreached(day, day + AHEAD, most))


def fact(unit: Unit, words: Words) -> Iterator[Fact]:
    """Say in a line how many there are, with the first names; nothing if there are none."""
    found = known(unit)
    if found.n:
        names = [inert(next(iter(person.name.split()), person.name), NAME_LIMIT) for person in found.people]
        more = words("roster.more", n=found.n - len(names)) if found.n > len(names) else ""
        yield Fact(
            words("unreached.fact"), words.number(found.n), " ".join(filter(None, [words.join(names), more]))
        )


def shown(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show HR who cannot be written to, when they start, and what can be sent to them by e-mail."""
    require_role(caller.unit, caller.person, Role.HR_ADMIN, Role.OWNER)
    return Private(_card(caller))


def _card(caller: Caller) -> Card:
    w, unit = caller.words, caller.unit
    found = known(unit, MOST_LISTED)
    back = Buttons(
        (
            Button(w("button.people"), Action("roster.show"), "primary"),
            Button(w("button.person"), Action("human.ask")),
        )
    )
    if not found.n:
        return card(w("unreached.title"), Text(w("unreached.none"), lead=True), back)
    return card(
        w("unreached.title"),
        Text(w("unreached.lead", n=found.n), lead=True),
        Facts(tuple(_rows(w, found))),
        *_letter(caller),
        back,
    )


def _rows(words: Words, found: Unreached) -> Iterator[Fact]:
    for person in found.people:
        yield Fact(inert(person.name, NAME_LIMIT) or "–", words("unreached.starts", day=person.starts_on))
    if found.n > len(found.people):
        yield Fact("…", words("roster.more", n=found.n - len(found.people)))


def _letter(caller: Caller) -> tuple[Element, ...]:
    """Return a text for an e-mail that leads to the app, where one can get it oneself; else what is missing."""
    w, unit = caller.words, caller.unit
    links = (unit.settings.get(f"{LINK}{row.platform}") for row in unit.workspaces.active())
    link = next(filter(None, links), "")
    if not link:
        return (Note(w("unreached.account")),)
    return (
        Note(w("unreached.send")),
        Text(w("unreached.letter", organisation=caller.organisation.name, link=link)),
    )


ACTIONS: Mapping[str, ActionHandler] = {"reach.show": shown}
