"""From the bot to a person: who is there, what would be passed on, and only after a yes."""

from collections.abc import Iterator, Mapping

from bot.cases.context import ActionHandler, Caller, CardBuilder, CommandHandler, Recipient, reference
from bot.cases.messages import say
from bot.cases.reach import contacts, managers
from bot.errors import Refused
from bot.store.tables import Delivery, Person
from bot.talk.cards import Action, Button, Buttons, Card, Note, Text
from bot.talk.commands import Role
from bot.talk.events import Private, Replace, Reply


def asked(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Name the person to talk to; nothing is passed on yet."""
    return Private(offer(caller))


def command(caller: Caller, text: str) -> Reply:
    return Private(offer(caller))


def someone_else(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Offer the next person in line instead."""
    number, _ = reference(action)
    return Replace(offer(caller, skip=number))


def passed_on(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Let the contact know, once a day at most, that this person would like to talk; no text goes along."""
    number, _ = reference(action)
    contact = next((person for person in _people(caller) if person.id == number), None)
    if contact is None:
        raise Refused("refused.old_button")
    say(
        caller.unit,
        contact.id,
        "human.request",
        key=f"human:{caller.person.id}:{contact.id}:{caller.unit.now.date()}",
        ref=str(caller.person.id),
    )
    return Replace(_told(caller, "human.passed", contact=contact.name))


def cancelled(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    return Replace(_told(caller, "human.cancelled"))


def request_card(to: Recipient, delivery: Delivery) -> Card | None:
    """Tell the contact who asked; nothing else is known."""
    person = to.unit.people.get(int(delivery.ref))
    if person is None:
        return None
    w = to.words
    return Card(
        title=w("human.request.title"),
        elements=(
            Text(w("human.request.body", name=person.name)),
            Buttons(
                (
                    Button(w("button.why"), Action("why", delivery.purpose)),
                    Button(w("button.person"), Action("human.ask")),
                )
            ),
        ),
        fallback=w("human.request.fallback", organisation=to.organisation.name),
    )


ACTIONS: Mapping[str, ActionHandler] = {
    "human.ask": asked,
    "human.other": someone_else,
    "human.pass": passed_on,
    "human.cancel": cancelled,
}
COMMANDS: Mapping[str, CommandHandler] = {"human": command}
CARDS: Mapping[str, CardBuilder] = {"human.request": request_card}


def _people(caller: Caller) -> list[Person]:
    """Return who may be turned to, in order; never oneself."""
    return contacts(caller.unit, caller.person.id)


def offer(caller: Caller, skip: int = 0) -> Card:
    """Return who can be turned to, and what would be passed on; with ``skip`` the next in line."""
    w, people = caller.words, _people(caller)
    if not people:
        return _told(caller, "human.nobody")
    contact = people[skip % len(people)]
    other = (
        (Button(w("button.someone_else"), Action("human.other", str(skip + 1))),) if len(people) > 1 else ()
    )
    return Card(
        title=w("human.title"),
        elements=(
            Text(w("human.intro")),
            *map(Text, _about(caller, contact)),
            *map(Note, _help(caller)),
            Buttons(
                (
                    Button(w("button.pass_on"), Action("human.pass", str(contact.id)), "primary"),
                    *other,
                    Button(w("button.cancel"), Action("human.cancel")),
                )
            ),
        ),
        fallback=w("human.fallback"),
    )


def _about(caller: Caller, contact: Person) -> Iterator[str]:
    """Say who the contact is and what goes along; a sentence whose facts are missing is left out."""
    w = caller.words
    roles = caller.unit.people.grants(contact.id)
    role = w("role.hr_admin" if Role.HR_ADMIN in roles else "role.owner" if roles else "role.contact")
    hours = caller.organisation.contact_hours
    if hours and contact.id == caller.organisation.contact_id:
        yield w("human.contact_hours", contact=contact.name, role=role, hours=hours)
    else:
        yield w("human.contact", contact=contact.name, role=role)
    yield w("human.passes_on_name")
    if contact.id not in managers(caller.unit, caller.person, caller.unit.now.date()):
        yield w("human.not_manager")


def _help(caller: Caller) -> Iterator[str]:
    organisation = caller.organisation
    if organisation.emergency:
        yield caller.words("human.emergency", emergency=organisation.emergency)
    if organisation.help_line:
        yield caller.words("human.help_line", help_line=organisation.help_line)


def _told(caller: Caller, key: str, **values: str) -> Card:
    w = caller.words
    body = w("human.none") if key == "human.nobody" else w(f"{key}.body", **values)
    title = w("human.title") if key == "human.nobody" else w(f"{key}.title")
    buttons = Buttons(
        (Button(w("button.help"), Action("help")), Button(w("button.person"), Action("human.ask")))
    )
    return Card(title=title, elements=(Text(body), buttons), fallback=body)
