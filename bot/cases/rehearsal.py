"""Rehearsal: until an HR admin and an owner go live, only the named testers hear from the bot."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from itertools import dropwhile

from bot.cases import care_routing
from bot.cases.installation import holders, left
from bot.cases.permissions import contact_name
from bot.cases.purposes import DISCLOSURE_VERSION
from bot.errors import Refused
from bot.store.tables import Approval, Person, Survey
from bot.store.unit import Unit
from bot.talk.commands import Role
from surveys.anonymity.cells import place
from surveys.anonymity.outlook import Outlook, detectable_teams
from surveys.cadence import dates, window, zone_named
from surveys.loader import builtin

ACT = "golive:"
CONSENTING = (Role.HR_ADMIN, Role.OWNER)
MANY_HIDDEN = 0.20
"""From this expected share of hidden teams on, the launch screen says so."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A survey in use: who answers for it, and when its next wave's results are shown."""

    survey: Survey
    owner: Person | None
    results_on: date | None
    """None: it is always open and has no wave of its own to wait for."""


@dataclass(frozen=True, slots=True)
class State:
    """Where an organisation stands between rehearsal and live, with all that is shown before anybody agrees."""

    rehearsal: bool
    testers: tuple[Person, ...]
    contact: Person | None
    works_council: str
    surveys: tuple[Planned, ...]
    outlook: Outlook
    invited_per_team: int
    """The median size of a team, heads left out; 0 without teams."""
    missing: tuple[str, ...]
    """What stands in the way: sentence keys, and for surveys the survey's key after a blank."""
    consents: dict[str, Approval]
    act: str
    """Names exactly what is consented to; it changes with anything that is shown."""
    alone: bool
    """One person is the only HR admin and the only owner, and so gives both consents."""


def state(unit: Unit) -> State:
    """Return where the organisation stands."""
    organisation = unit.organisations.get()
    contact = unit.people.get(organisation.contact_id) if organisation.contact_id is not None else None
    contact = None if contact is None or left(unit, contact) else contact
    surveys = tuple(_planned(unit, survey) for survey in unit.surveys.active())
    teams = _teams(unit)
    act = _act(unit, surveys)
    return State(
        rehearsal=organisation.rehearsal,
        testers=_people(unit, unit.people.testers()),
        contact=contact,
        works_council=organisation.works_council,
        surveys=surveys,
        outlook=detectable_teams(teams, organisation.k_scores),
        invited_per_team=sorted(teams)[len(teams) // 2] if teams else 0,
        missing=tuple(_missing(unit, contact, surveys)),
        consents=unit.approvals.of(act),
        act=act,
        alone=_alone(unit),
    )


def _planned(unit: Unit, survey: Survey) -> Planned:
    owner = unit.people.get(survey.owner_id)
    present = owner if owner is not None and not left(unit, owner) else None
    return Planned(survey, present, _results_on(unit, survey))


def _results_on(unit: Unit, survey: Survey) -> date | None:
    """Return the day on which the next wave to close shows its results."""
    instrument = builtin()[survey.key]
    if not instrument.invites:
        return None
    zone = zone_named(unit.organisations.get().time_zone)
    windows = (
        window(instrument.cadence, instrument.open_for, day, zone)
        for day in dates(instrument.cadence, survey.first_on)
    )
    coming = next(dropwhile(lambda span: span.closes <= unit.now, windows))
    return coming.closes.astimezone(zone).date() + timedelta(days=survey.results_days)


def _teams(unit: Unit) -> list[int]:
    """Return how many people would be invited per team, heads counted where their sheets are."""
    day = unit.now.date()
    here = {person.id for person in unit.people.employed(day)}
    paths = {number: row.path for number, row in unit.placements.at(day).items() if number in here}
    cells = place(paths, unit.placements.heads(day), unit.organisations.get().k_scores)
    return list(Counter(cell for cell in cells.values() if cell).values())


def _missing(unit: Unit, contact: Person | None, surveys: Sequence[Planned]) -> Iterable[str]:
    if not unit.people.employed(unit.now.date()):
        yield "golive.missing.people"
    if contact is None:
        yield "golive.missing.contact"
    if not unit.organisations.get().works_council.strip():
        yield "golive.missing.council"
    for role in CONSENTING:
        if not holders(unit, role):
            yield f"golive.missing.{role.value}"
    yield from (
        f"golive.missing.survey_owner {planned.survey.key}" for planned in surveys if planned.owner is None
    )


def _act(unit: Unit, surveys: Sequence[Planned]) -> str:
    """Name what is consented to by its content, so that a consent never covers what was changed after it."""
    organisation = unit.organisations.get()
    shown = (
        DISCLOSURE_VERSION,
        organisation.contact_id,
        organisation.works_council,
        organisation.k_scores,
        organisation.k_comments,
        organisation.sentiment,
        organisation.themes,
        care_routing.rule(unit),
        [(p.survey.key, p.survey.version, p.survey.owner_id, p.survey.results_days) for p in surveys],
    )
    return ACT + sha256(repr(shown).encode()).hexdigest()[:16]


def _alone(unit: Unit) -> bool:
    admins, owners = holders(unit, Role.HR_ADMIN), holders(unit, Role.OWNER)
    return len({*admins, *owners}) == 1


def _people(unit: Unit, numbers: Iterable[int]) -> tuple[Person, ...]:
    return tuple(person for number in sorted(numbers) if (person := unit.people.get(number)) is not None)


# --- testers ----------------------------------------------------------------------------------------------


def name_testers(unit: Unit, externals: Iterable[str], actor: str) -> tuple[Person, ...]:
    """Let deliveries reach these people during rehearsal; raises ``Refused`` if HR has none of these ids."""
    people = _by_external(unit, externals)
    new = [person for person in people if person.id not in unit.people.testers()]
    for person in new:
        unit.people.name_tester(person.id)
        unit.audit.record(unit.now, actor, "tester.named", f"person:{person.id}")
    return people


def forget_testers(unit: Unit, externals: Iterable[str], actor: str) -> tuple[Person, ...]:
    """Stop deliveries to these people during rehearsal."""
    people = _by_external(unit, externals)
    for person in people:
        if person.id in unit.people.testers():
            unit.people.forget_tester(person.id)
            unit.audit.record(unit.now, actor, "tester.forgotten", f"person:{person.id}")
    return people


def unknown_ids(unit: Unit, externals: Iterable[str]) -> list[str]:
    """Return which of these HR ids nobody has."""
    return [external for external in externals if unit.people.by_external(external) is None]


def _by_external(unit: Unit, externals: Iterable[str]) -> tuple[Person, ...]:
    wanted = list(dict.fromkeys(external.strip() for external in externals if external.strip()))
    unknown = unknown_ids(unit, wanted)
    if unknown:
        raise Refused("refused.tester.unknown", ids=", ".join(unknown[:10]))
    return tuple(person for external in wanted if (person := unit.people.by_external(external)) is not None)


# --- going live and back ----------------------------------------------------------------------------------


def open_roles(unit: Unit, person: Person, now: State) -> list[Role]:
    """Return the roles in which a person may consent at this moment so that another can give the rest."""
    if not now.rehearsal or now.missing:
        return []
    return [role for role in CONSENTING if _may_consent(unit, person, role, now)]


def _may_consent(unit: Unit, person: Person, role: Role, now: State) -> bool:
    other = Role.OWNER if role is Role.HR_ADMIN else Role.HR_ADMIN
    if role.value in given(unit, now) or person.id not in holders(unit, role):
        return False
    if now.alone:
        return True
    second = given(unit, now).get(other.value)
    if second is not None:
        return second != person.id
    return any(number != person.id for number in holders(unit, other))


def given(unit: Unit, now: State) -> dict[str, int]:
    """Return who consented in which role; a consent ends with the role."""
    return {
        role: consent.person_id
        for role, consent in now.consents.items()
        if consent.person_id in holders(unit, role)
    }


def consent(unit: Unit, person: Person, role: Role, act: str) -> bool:
    """Keep a consent to what was shown, and go live with the second one; True: this was it.

    Raises ``Refused``: something is missing, was changed since, or the other consent is the same person's.
    """
    now = state(unit)
    if not now.rehearsal:
        raise Refused("refused.golive.live")
    if person.id not in holders(unit, role):
        raise Refused(f"refused.role.{role.value}", contact=contact_name(unit))
    if now.missing or act != now.act:
        raise Refused("refused.golive.changed")
    if not _may_consent(unit, person, role, now) and role.value not in given(unit, now):
        raise Refused("refused.golive.same_person")
    unit.approvals.give(act, role.value, person.id, unit.now)
    unit.audit.record(unit.now, f"person:{person.id}", "golive.consented", act, {"role": role.value})
    if set(given(unit, state(unit))) != {each.value for each in CONSENTING}:
        return False
    _go_live(unit, person, act)
    return True


def _go_live(unit: Unit, person: Person, act: str) -> None:
    organisation = unit.organisations.get()
    organisation.rehearsal, organisation.live_at = False, unit.now
    unit.audit.record(unit.now, f"person:{person.id}", "golive.live", act)


def stop(unit: Unit, person: Person) -> None:
    """Return to rehearsal; only an owner may, and both consents are needed again."""
    if person.id not in holders(unit, Role.OWNER):
        raise Refused("refused.role.owner", contact=contact_name(unit))
    organisation = unit.organisations.get()
    if organisation.rehearsal:
        raise Refused("refused.golive.rehearsing")
    organisation.rehearsal, organisation.live_at = True, None
    unit.approvals.withdraw(ACT)
    unit.audit.record(unit.now, f"person:{person.id}", "golive.stopped")
