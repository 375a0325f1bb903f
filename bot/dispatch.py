"""One event in, one reply out: inbox check, one case, one transaction, committed before the reply is given.

``Refused`` becomes a friendly card. Anything else becomes "we erred, reference X": rolled back, and logged
with the reference, never with what the person wrote.
"""

import secrets
from dataclasses import dataclass
from typing import assert_never

from bot.cases import conversation, roster, visitors, welcome, workspaces
from bot.cases.context import Caller, words_of
from bot.cases.permissions import contact_name, roles_of
from bot.cases.reach import is_gone
from bot.commands import ACTIONS, COMMANDS
from bot.errors import Refused
from bot.logs import get_logger
from bot.store.accounts import Acting
from bot.store.tables import Organisation, Person
from bot.store.unit import Store, Unit
from bot.talk import commands
from bot.talk.cards import Action, Button, Buttons, Card, Text
from bot.talk.events import (
    AccessChanged,
    AppAdded,
    ButtonPressed,
    CommandUsed,
    Event,
    FormSent,
    HomeOpened,
    Invalid,
    MemberJoined,
    MemberLeft,
    MessageWritten,
    Nothing,
    OpenForm,
    Private,
    ProfileChanged,
    Replace,
    Reply,
    Source,
    Uninstalled,
)
from bot.talk.language import Words, words
from bot.talk.marking import marked

log = get_logger()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who will read an answer that is given outside the unit of the case: a refusal, or that we erred."""

    words: Words
    made_up: bool
    admin: str


def handle(store: Store, event: Event) -> Reply:
    """Handle one event from a platform; whatever happens, the person gets a card that says so."""
    source = event.source
    try:
        reply = store.write_for(
            source.platform, source.workspace, source.user, lambda unit, acting: _once(unit, acting, event)
        )
    except Refused as refused:
        return Private(_refusal(refused, _whoever_reads(store, source)))
    except Exception:
        reference = secrets.token_hex(4).upper()
        log.exception("dispatch.failed", reference=reference, platform=source.platform)
        return _erred(store, source, reference)
    if reply is None:
        log.warning("dispatch.unknown_workspace", platform=source.platform)
        return Private(_refusal(Refused("refused.unknown_workspace"), _stranger()))
    return reply


def home(store: Store, source: Source) -> Card | None:
    """Return what stands on somebody's Home now, without anything having happened; None: it is nobody's here."""
    return store.read_for(
        source.platform, source.workspace, source.user, lambda unit, acting: _home(unit, acting, source)
    )


def _home(unit: Unit, acting: Acting, source: Source) -> Card | None:
    try:
        caller = _caller(unit, acting, source)
    except Refused:
        return None
    if caller is None:
        return None
    reply = _marked(conversation.home(caller), caller.words, made_up=acting.organisation.made_up)
    return reply.card if isinstance(reply, Private) else None


def _once(unit: Unit, acting: Acting, event: Event) -> Reply:
    """Let an event take effect once, however often the platform delivers it."""
    if unit.inbox.seen(event.source.platform, event.source.event):
        return Nothing()
    match event:
        case MemberJoined() | MemberLeft() | ProfileChanged() | Uninstalled() | AccessChanged():
            return _about_membership(unit, event)
        case AppAdded():
            return welcome.added(unit, event)
        case _:
            return _by_a_person(unit, acting, event)


def _about_membership(
    unit: Unit, event: MemberJoined | MemberLeft | ProfileChanged | Uninstalled | AccessChanged
) -> Reply:
    """Keep accounts in step with the platform; who is employed is HR's word, not the platform's."""
    workspace = unit.organisations.workspace(event.source.platform, event.source.workspace)
    if workspace is None:
        raise Refused("refused.unknown_workspace")
    match event:
        case MemberJoined(profile=profile) | ProfileChanged(profile=profile):
            roster.met(unit, workspace.id, profile)
        case MemberLeft(source=source):
            roster.left(unit, workspace.id, source.user)
        case Uninstalled(source=source, at=at):
            workspaces.disconnect(unit, source.platform, source.workspace, at)
        case AccessChanged(lost=lost, at=at):
            workspaces.reach_changed(unit, workspace, lost, at)
    return Nothing()


def _by_a_person(
    unit: Unit, acting: Acting, event: CommandUsed | ButtonPressed | FormSent | MessageWritten | HomeOpened
) -> Reply:
    caller, made_up = _caller(unit, acting, event.source), acting.organisation.made_up
    if caller is None:
        w = visitors.words_for(unit, event.source)
        return _marked(visitors.answer(unit, event, w), w, made_up=made_up)
    match event:
        case CommandUsed(name=name, text=text):
            reply = _command(caller, name, text)
        case ButtonPressed(action=action):
            reply = _act(caller, action, {})
        case FormSent(action=action, values=values):
            reply = _act(caller, action, dict(values))
        case MessageWritten(text=text):
            reply = conversation.written(caller, text)
        case HomeOpened():
            reply = conversation.home(caller)
        case _:
            assert_never(event)
    return _marked(reply, caller.words, made_up=made_up)


def _caller(unit: Unit, acting: Acting, source: Source) -> Caller | None:
    """Return who acts; None: a user of the workspace who is nobody here. Who has left is refused."""
    person, organisation = acting.person, acting.organisation
    if person is None:
        return None
    if is_gone(person, acting.last_day, unit.now.date()):
        raise Refused("refused.unknown_person", organisation=organisation.name)
    return Caller(unit, person, words_of(organisation, person), organisation, source)


def _command(caller: Caller, name: str, text: str) -> Reply:
    handler = COMMANDS.get(name)
    if handler is not None:
        return handler(caller, text)
    roles = roles_of(caller.unit, caller.person, caller.unit.now.date())
    near = commands.nearest(name, roles)
    if near is not None:
        raise Refused("refused.unknown_command_near", command=name, nearest=near.name)
    raise Refused("refused.unknown_command", command=name)


def _act(caller: Caller, action: Action, values: dict[str, str]) -> Reply:
    handler = ACTIONS.get(action.name)
    if handler is None:
        raise Refused("refused.old_button")
    return handler(caller, action, values)


# --- what is answered when a case ends otherwise ----------------------------------------------------------


def _whoever_reads(store: Store, source: Source) -> Reader:
    organisation = store.organisation_of(source.platform, source.workspace)
    if organisation is None:
        return _stranger()
    return store.read(lambda unit: _reader(unit, source), organisation)


def _stranger() -> Reader:
    """Return what is known of somebody in a workspace that nobody connected."""
    return Reader(words("en"), made_up=False, admin="")


def _reader(unit: Unit, source: Source) -> Reader:
    organisation = unit.organisations.get()
    workspace = unit.organisations.workspace(source.platform, source.workspace)
    account = unit.accounts.find(workspace.id, source.user) if workspace else None
    person = unit.people.get(account.person_id) if account else None
    return Reader(_words(organisation, person), organisation.made_up, contact_name(unit))


def _words(organisation: Organisation, person: Person | None) -> Words:
    if person is not None:
        return words_of(organisation, person)
    return words(organisation.locale, organisation.formality, organisation.time_zone)


def _refusal(refused: Refused, to: Reader) -> Card:
    w = to.words
    sentence = w(refused.key, **refused.values)
    ways = Buttons(
        (Button(w("button.help"), Action("help")), Button(w("button.person"), Action("human.ask")))
    )
    card = Card(w("refused.title"), (Text(sentence, lead=True), ways), sentence)
    return marked(card, w, made_up=to.made_up)


def _erred(store: Store, source: Source, reference: str) -> Reply:
    """Say that we erred and that nothing was saved; the reference leads to the log and holds nothing else."""
    try:
        to = _whoever_reads(store, source)
    except Exception:
        log.exception("dispatch.failed_twice", reference=reference, platform=source.platform)
        to = Reader(words("en"), made_up=False, admin="HR")
    w = to.words
    sentence = w("error.nothing_changed", admin=to.admin or w("error.admin"), reference=reference)
    card = Card(
        w("error.title"),
        (Text(sentence, lead=True), Buttons((Button(w("button.person"), Action("human.ask")),))),
        sentence,
    )
    return Private(marked(card, w, made_up=to.made_up))


def _marked(reply: Reply, w: Words, *, made_up: bool) -> Reply:
    """Mark every card of a reply where the data is made up."""
    match reply:
        case Private(card=card):
            return Private(marked(card, w, made_up=made_up))
        case Replace(card=card, beside=other):
            shown = marked(other, w, made_up=made_up) if other else None
            return Replace(marked(card, w, made_up=made_up), shown)
        case OpenForm(card=card, replace=receipt):
            kept = marked(receipt, w, made_up=made_up) if receipt else None
            return OpenForm(marked(card, w, made_up=made_up), kept)
        case Invalid() | Nothing():
            return reply
