"""What people see first who got the app into their chat. Once, and during rehearsal testers only."""

from bot.cases import installation, roster, visitors
from bot.cases.context import Recipient, words_of
from bot.cases.delivery import introduce_to
from bot.cases.guards import introduced
from bot.cases.reach import has_left
from bot.errors import Refused
from bot.store.tables import Person
from bot.store.unit import Unit
from bot.talk.cards import Action, Button, Buttons, Card, Text
from bot.talk.events import AppAdded, Nothing, Private, Reply
from bot.talk.marking import marked


def added(unit: Unit, event: AppAdded) -> Reply:
    """Take up who has the app now, and introduce ourselves to who is somebody here; a second telling changes nothing.

    Whoever has not been told yet who we are gets the first contact, which no survey has to bring any more. Whoever
    has, for instance in another chat, is welcomed; not again, if they had the app here before. Whoever is nobody here
    hears nothing, as the app can be added for thousands at once; only while nobody runs the installation are they
    shown where its one-time code goes.
    """
    source = event.source
    workspace = unit.organisations.workspace(source.platform, source.workspace)
    if workspace is None:
        raise Refused("refused.unknown_workspace")
    before = unit.accounts.find(workspace.id, source.user)
    returns = before is not None and not before.active
    roster.met(unit, workspace.id, event.profile)
    person = unit.accounts.person(source.platform, source.workspace, source.user)
    card = _welcome(unit, person) if person else _stranger(unit, event)
    if card is None or unit.inbox.seen(source.platform, f"welcome:{source.workspace}:{source.user}"):
        return Nothing()
    if person is not None and _owed(unit, person, workspace.id):
        introduce_to(unit, [person.id])
        return Nothing()
    return Nothing() if returns else Private(card)


def _owed(unit: Unit, person: Person, workspace_id: int) -> bool:
    """Whether somebody is still to be told who we are, and would be told in this workspace."""
    return not introduced(person) and unit.outbox.homes([person.id]).get(person.id) == workspace_id


def _stranger(unit: Unit, event: AppAdded) -> Card | None:
    if installation.owners_here(unit):
        return None
    w = visitors.words_for(unit, event.source)
    return marked(visitors.stranger(unit, w), w, made_up=unit.organisations.get().made_up)


def _welcome(unit: Unit, person: Person) -> Card | None:
    """Return the welcome of somebody here, unless nothing is to be said to them."""
    organisation = unit.organisations.get()
    unheard = organisation.rehearsal and person.id not in unit.people.testers()
    if unheard or has_left(unit, person, unit.now.date()):
        return None
    to = Recipient(unit, person, words_of(organisation, person), organisation)
    return marked(card(to), to.words, made_up=organisation.made_up)


def card(to: Recipient) -> Card:
    """Return the welcome of one person: what I am for, why it comes, and what to do next."""
    w = to.words
    return Card(
        title=w("welcome.title"),
        elements=(
            Text(w("welcome.body", organisation=to.organisation.name)),
            Buttons(
                (
                    Button(w("button.home"), Action("home"), "primary"),
                    Button(w("button.what_is_stored"), Action("privacy.show")),
                    Button(w("button.talk"), Action("human.ask")),
                    Button(w("button.pause"), Action("pause.ask")),
                )
            ),
        ),
        fallback=w("welcome.fallback"),
    )
