"""The welcome: what people see first who got the app into their chat. Once, and during rehearsal testers only."""

from bot.cases import installation, roster, visitors
from bot.cases.context import Recipient, words_of
from bot.cases.reach import has_left
from bot.errors import Refused
from bot.store.unit import Unit
from bot.talk.cards import Action, Button, Buttons, Card, Text
from bot.talk.events import AppAdded, Nothing, Private, Reply
from bot.talk.marking import marked


def added(unit: Unit, event: AppAdded) -> Reply:
    """Take up who has the app now, and welcome them if they are somebody here; a second telling changes nothing.

    Whoever is nobody here hears nothing, as the app can be added for thousands at once; only while nobody runs
    the installation are they shown where its one-time code goes.
    """
    source = event.source
    workspace = unit.organisations.workspace(source.platform, source.workspace)
    if workspace is None:
        raise Refused("refused.unknown_workspace")
    roster.met(unit, workspace.id, event.profile)
    card = _card(unit, event)
    told = f"welcome:{source.workspace}:{source.user}"
    if card is None or unit.inbox.seen(source.platform, told):
        return Nothing()
    return Private(card)


def _card(unit: Unit, event: AppAdded) -> Card | None:
    source, organisation = event.source, unit.organisations.get()
    person = unit.accounts.person(source.platform, source.workspace, source.user)
    if person is None:
        if installation.owners_here(unit):
            return None
        w = visitors.words_for(unit, source)
        return marked(visitors.stranger(unit, w), w, made_up=organisation.made_up)
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
