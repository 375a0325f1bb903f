"""Users whom a workspace knows and HR's file does not: all they can do is use the one-time code of an installation."""

from bot.cases import installation, roster
from bot.cases.context import Caller, words_of
from bot.cases.people import with_address
from bot.cases.permissions import contact_name
from bot.errors import Refused
from bot.store.tables import Person, Workspace
from bot.store.unit import Unit
from bot.talk.cards import Action, Button, Buttons, Card, Text
from bot.talk.events import (
    ButtonPressed,
    CommandUsed,
    FormSent,
    HomeOpened,
    Invalid,
    MessageWritten,
    OpenForm,
    Private,
    Profile,
    Replace,
    Reply,
    Source,
)
from bot.talk.fallback import card
from bot.talk.language import Words, words

Asked = CommandUsed | ButtonPressed | FormSent | MessageWritten | HomeOpened


def claims(event: object) -> bool:
    """Say whether an event tries a one-time code, for which the user's profile is worth asking the platform."""
    match event:
        case CommandUsed(name="claim", text=text):
            return bool(text.strip())
        case FormSent(action=Action(name="claim.send")):
            return True
        case _:
            return False


def answer(unit: Unit, event: Asked, w: Words) -> Reply:
    """Answer somebody who is nobody here: the code and its form are taken, everything else is met with the way in."""
    match event:
        case CommandUsed(name="claim", text=text, profile=profile) if text.strip():
            done = _claimed(unit, event.source, profile, text)
            return Private(done or _wrong(unit, event.source, w))
        case ButtonPressed(action=Action(name="claim.open")):
            return OpenForm(installation.form(w))
        case FormSent(action=Action(name="claim.send"), values=values, profile=profile):
            done = _claimed(unit, event.source, profile, values.get("code", ""))
            return Replace(done) if done else Invalid({"code": _sentence(unit, event.source, w)})
        case _:
            return Private(stranger(unit, w))


def words_for(unit: Unit, source: Source) -> Words:
    """Return the words for a user who is nobody here: the language of the last roster, else the organisation's."""
    organisation = unit.organisations.get()
    row = unit.strangers.get(_workspace(unit, source).id, source.user)
    locale = (row.locale if row else "") or organisation.locale
    return words(locale, organisation.formality, organisation.time_zone)


def _claimed(unit: Unit, source: Source, told: Profile | None, code: str) -> Card | None:
    """Make the user a person, the first owner and HR admin, if the code fits; None, and one try less, if not."""
    workspace = _workspace(unit, source)
    profile = told or _remembered(unit, workspace, source.user)
    if profile is None:
        raise Refused("refused.claim.no_profile")
    who = _who(workspace, source)
    found = installation.tried(unit, who, f"user:{who}", code)
    if found is None:
        return None
    person, organisation = _person(unit, workspace, profile), unit.organisations.get()
    installation.own(unit, person, found)
    return installation.welcome(Caller(unit, person, words_of(organisation, person), organisation, source))


def _person(unit: Unit, workspace: Workspace, profile: Profile) -> Person:
    """Return who the user is by HR's file, else somebody new, known by their address or user id."""
    known = with_address(unit, profile.email)
    if len(known) > 1 or (known and unit.accounts.linked(workspace.id, [known[0].id])):
        raise Refused("refused.claim.several")
    person = known[0] if known else _made(unit, workspace, profile)
    unit.accounts.link(person.id, workspace.id, profile.user)
    roster.met(unit, workspace.id, profile)
    return person


def _made(unit: Unit, workspace: Workspace, profile: Profile) -> Person:
    seen = roster.cleaned(profile)
    external = roster.new_external(unit, workspace, seen.user, seen.email)
    if unit.people.by_external(external) is not None:
        raise Refused("refused.claim.several")
    person = Person(
        organisation_id=unit.organisation_id,
        id=unit.number("person"),
        external=external,
        name=seen.name or seen.email or seen.user,
        email=seen.email,
        starts_on=roster.since(unit),
    )
    unit.people.add(person)
    return person


def _remembered(unit: Unit, workspace: Workspace, user: str) -> Profile | None:
    """Return what the last roster told of a user."""
    row = unit.strangers.get(workspace.id, user)
    return Profile(row.user, row.name, row.email, row.locale, row.time_zone) if row else None


def _workspace(unit: Unit, source: Source) -> Workspace:
    workspace = unit.organisations.workspace(source.platform, source.workspace)
    if workspace is None:
        raise Refused("refused.unknown_workspace")
    return workspace


def _who(workspace: Workspace, source: Source) -> str:
    """Name a user for counting tries."""
    return f"{workspace.id}:{source.user[:64]}"


# --- what they see ----------------------------------------------------------------------------------------


def stranger(unit: Unit, w: Words) -> Card:
    """Say whom to turn to; while nobody runs the installation, also where the code goes."""
    organisation = unit.organisations.get().name
    if installation.owners_here(unit):
        body = w("visitor.body", organisation=organisation, contact=contact_name(unit))
        return card(w("visitor.title"), Text(body, lead=True), fallback=body)
    code = Button(w("button.have_code"), Action("claim.open"), "primary")
    body = w("visitor.unowned", organisation=organisation)
    return card(w("visitor.title"), Text(body, lead=True), Buttons((code,)), fallback=body)


def _wrong(unit: Unit, source: Source, w: Words) -> Card:
    again = Button(w("button.try_again"), Action("claim.open"), "primary")
    return card(w("claim.wrong.title"), Text(_sentence(unit, source, w), lead=True), Buttons((again,)))


def _sentence(unit: Unit, source: Source, w: Words) -> str:
    return w("claim.wrong.body", n=installation.tries_left(unit, _who(_workspace(unit, source), source)))
