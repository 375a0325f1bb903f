"""Installing: the organisation, its first owner, and who is given a role afterwards."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies

from bot.cases.context import ActionHandler, Caller, CommandHandler
from bot.cases.permissions import contact_name
from bot.cases.reach import has_left
from bot.errors import Refused
from bot.store.tables import InstallCode, Person
from bot.store.unit import Unit
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Text
from bot.talk.commands import Role
from bot.talk.events import Invalid, OpenForm, Private, Replace, Reply
from bot.talk.fallback import card
from bot.talk.inert import inert
from bot.talk.language import Words
from surveys.cadence import zone_named
from surveys.errors import UnknownZone
from surveys.formats import FreeText

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without I, L, O, U, 0 and 1, which are mistaken for one another when read aloud or typed."""

CODE_LENGTH = 10
VALID_FOR = timedelta(days=7)
MOST_TRIES, TRIES_WITHIN = 5, timedelta(hours=1)
LONGEST_NAME = 80

GIVEN = frozenset({Role.HR_ADMIN, Role.OWNER})
COMMAND_LINE = "command"
"""The actor in the audit log when whoever runs the server does it from the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What an organisation starts with; all of it can be changed later."""

    name: str
    locale: str = "en"
    time_zone: str = "UTC"
    formality: str = "du"
    currency: str = "EUR"


def create(unit: Unit, setup: Setup) -> str:
    """Make the organisation, in rehearsal, and return the one-time code for its first owner.

    Raises ``Refused`` for a setting that does not exist, and where there is an organisation already.
    """
    if unit.organisations.find() is not None:
        raise Refused("refused.installation.exists")
    check(setup)
    unit.organisations.create(
        inert(setup.name, LONGEST_NAME),
        unit.now,
        locale=setup.locale,
        time_zone=setup.time_zone,
        formality=setup.formality,
        currency=setup.currency,
    )
    unit.audit.record(unit.now, COMMAND_LINE, "organisation.created", f"organisation:{unit.organisation_id}")
    return new_code(unit)


def new_code(unit: Unit) -> str:
    """Return a fresh one-time code, valid for seven days; an earlier one stops working.

    Only while nobody is owner: afterwards owners give roles, and ``Refused`` says so.
    """
    if owners_here(unit):
        raise Refused("refused.installation.owned")
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    unit.install_codes.replace(_digest(code), unit.now + VALID_FOR)
    unit.audit.record(unit.now, COMMAND_LINE, "code.made")
    return f"{code[:5]}-{code[5:]}"


def check(setup: Setup) -> None:
    """Raise ``Refused`` for a setting that does not exist; nothing need be there yet."""
    name = inert(setup.name, LONGEST_NAME + 1)
    if not name or len(name) > LONGEST_NAME:
        raise Refused("refused.installation.name")
    try:
        zone_named(setup.time_zone)
    except UnknownZone:
        raise Refused("refused.installation.time_zone", value=setup.time_zone) from None
    try:
        Locale.parse(setup.locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise Refused("refused.installation.locale", value=setup.locale) from None
    if setup.currency not in list_currencies():
        raise Refused("refused.installation.currency", value=setup.currency)
    if setup.formality not in {"du", "sie"}:
        raise Refused("refused.installation.formality", value=setup.formality)


# --- claiming ---------------------------------------------------------------------------------------------


def claim(unit: Unit, person: Person, code: str) -> bool:
    """Make a person the first owner and HR admin if the code fits; False, and one try less, if it does not."""
    found = tried(unit, str(person.id), _actor(person), code)
    if found is not None:
        own(unit, person, found)
    return found is not None


def tried(unit: Unit, who: str, actor: str, code: str) -> InstallCode | None:
    """Return the code that somebody tries if it fits; None, and one try less for ``who``, if it does not.

    Raises ``Refused`` after five wrong codes within an hour. A wrong try is written down with the unit, so it
    is an answer and not an error, which would undo it.
    """
    if tries_left(unit, who) == 0:
        raise Refused("refused.claim.too_often")
    found = unit.install_codes.usable(_digest(code), unit.now)
    if found is None or owners_here(unit):
        _remember_try(unit, who)
        unit.audit.record(unit.now, actor, "claim.failed")
        return None
    return found


def own(unit: Unit, person: Person, code: InstallCode) -> None:
    """Let a code that fits make its user the first owner and HR admin."""
    code.used_by = person.id
    for role in (Role.OWNER, Role.HR_ADMIN):
        unit.people.grant(person.id, role, unit.now)
    unit.audit.record(unit.now, _actor(person), "claim.done", _actor(person))


def claimed(caller: Caller, text: str) -> Reply:
    """Answer ``/claim CODE``."""
    if not text.strip():
        raise Refused("refused.claim.no_code")
    done = claim(caller.unit, caller.person, text)
    return Private(welcome(caller) if done else _wrong(caller))


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Ask for the code in a form, where it is not kept by the chat."""
    return OpenForm(form(caller.words))


def form(w: Words) -> Card:
    return card(
        w("claim.form.title"),
        Ask("code", w("claim.form.code"), FreeText(2 * CODE_LENGTH), hint=w("claim.form.hint")),
        fallback=w("claim.form.fallback"),
        submit=Button(w("button.claim"), Action("claim.send"), "primary"),
    )


def sent(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Take the form's code; a wrong one leaves the form open and counts."""
    if claim(caller.unit, caller.person, values.get("code", "")):
        return Replace(welcome(caller))
    left_over = tries_left(caller.unit, str(caller.person.id))
    return Invalid({"code": caller.words("claim.wrong.body", n=left_over)})


def tries_left(unit: Unit, who: str) -> int:
    """Return how many wrong codes somebody may still enter within the hour."""
    return max(0, MOST_TRIES - len(_recent_tries(unit, who)))


def _recent_tries(unit: Unit, who: str) -> list[str]:
    stored: list[str] = json.loads(unit.settings.get(_tries_key(who)) or "[]")
    since = unit.now - TRIES_WITHIN
    return [at for at in stored if datetime.fromisoformat(at).astimezone(UTC) > since]


def _remember_try(unit: Unit, who: str) -> None:
    tries = [*_recent_tries(unit, who), unit.now.isoformat()]
    unit.settings.put(_tries_key(who), json.dumps(tries), unit.now)


def _tries_key(who: str) -> str:
    return f"claim.tries:{who}"


def _digest(code: str) -> str:
    """Return the hash of a code; capitals, blanks and dashes do not count."""
    plain = "".join(character for character in code[:100].upper() if character in ALPHABET)
    return sha256(plain.encode()).hexdigest()


def welcome(caller: Caller) -> Card:
    """Tell the first owner what they are now, and the two steps that come next."""
    w = caller.words
    buttons = (
        Button(w("button.people"), Action("roster.show"), "primary"),
        Button(w("button.golive.details"), Action("golive.details")),
        Button(w("button.person"), Action("human.ask")),
    )
    return card(
        w("claim.done.title"),
        Text(w("claim.done.body", organisation=caller.organisation.name), lead=True),
        Buttons(buttons),
    )


def _wrong(caller: Caller) -> Card:
    w = caller.words
    return card(
        w("claim.wrong.title"),
        Text(w("claim.wrong.body", n=tries_left(caller.unit, str(caller.person.id))), lead=True),
        Buttons(
            (
                Button(w("button.try_again"), Action("claim.open"), "primary"),
                Button(w("button.person"), Action("human.ask")),
            )
        ),
    )


# --- roles ------------------------------------------------------------------------------------------------


def grant(unit: Unit, external: str, role: str, by: Person | None = None) -> Person:
    """Give a role to somebody at work; only owners may, or (``by=None``) whoever runs the server.

    Raises ``Refused`` for an unknown person or role, and to everybody who is no owner.
    """
    person = _target(unit, external, role, by)
    unit.people.grant(person.id, role, unit.now, by.id if by else None)
    unit.audit.record(unit.now, _actor(by), "role.granted", _actor(person), {"role": role})
    return person


def revoke(unit: Unit, external: str, role: str, by: Person | None = None) -> Person:
    """Take a role away; the last owner at work keeps it."""
    person = _target(unit, external, role, by, leavers=True)
    if role == Role.OWNER and owners_here(unit) == [person.id]:
        raise Refused("refused.grant.last_owner")
    if unit.people.revoke(person.id, role):
        unit.audit.record(unit.now, _actor(by), "role.revoked", _actor(person), {"role": role})
    return person


def owners_here(unit: Unit) -> list[int]:
    """Return the owners who are at work."""
    return holders(unit, Role.OWNER)


def holders(unit: Unit, role: str) -> list[int]:
    """Return who has a role that is given, and is at work."""
    people = [unit.people.get(number) for number in unit.people.granted(role)]
    return [person.id for person in people if person is not None and not left(unit, person)]


def left(unit: Unit, person: Person) -> bool:
    """Say whether a person's last day is over where the organisation is."""
    home = zone_named(unit.organisations.get().time_zone)
    return has_left(unit, person, unit.now.astimezone(home).date())


def _target(unit: Unit, external: str, role: str, by: Person | None, *, leavers: bool = False) -> Person:
    if by is not None and Role.OWNER not in unit.people.grants(by.id):
        raise Refused("refused.role.owner", contact=contact_name(unit))
    if role not in GIVEN:
        raise Refused("refused.grant.role", role=role)
    person = unit.people.by_external(external.strip())
    if person is None or (left(unit, person) and not leavers):
        raise Refused("refused.grant.unknown", id=external)
    return person


def _actor(person: Person | None) -> str:
    return f"person:{person.id}" if person else COMMAND_LINE


COMMANDS: Mapping[str, CommandHandler] = {"claim": claimed}

ACTIONS: Mapping[str, ActionHandler] = {"claim.open": opened, "claim.send": sent}
