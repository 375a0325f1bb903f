"""Who may do what: denied unless a role allows it. Nobody, in any role, may read a single anonymous answer."""

from datetime import date
from difflib import get_close_matches

from bot.cases.reach import contacts, has_left
from bot.errors import Refused
from bot.store.tables import Person
from bot.store.unit import Unit
from bot.talk.commands import Role
from surveys.anonymity.cells import covers

ORGANISATION = ""
NOBODY = 0
"""The number of no person."""
SEE_ALL = frozenset({Role.HR_ADMIN, Role.OWNER})


def roles_of(unit: Unit, person: Person, on: date) -> frozenset[Role]:
    """Return every role of a person: employee always, manager by heading a department, the others by grant.

    Whoever has left keeps none of them, whatever was granted.
    """
    if has_left(unit, person, on):
        return frozenset({Role.EMPLOYEE})
    roles = {Role.EMPLOYEE, *(Role(role) for role in unit.people.grants(person.id))}
    if unit.placements.headed_by(person.id, on):
        roles.add(Role.MANAGER)
    return frozenset(roles)


def is_hr(unit: Unit, person: Person) -> bool:
    """Say whether a person is an HR admin today."""
    return Role.HR_ADMIN in roles_of(unit, person, unit.now.date())


def require_role(unit: Unit, person: Person, *roles: Role) -> None:
    """Raise ``Refused`` unless the person has one of the roles."""
    if not roles_of(unit, person, unit.now.date()) & set(roles):
        raise Refused(f"refused.role.{roles[0].value}", contact=contact_name(unit))


def may_see(unit: Unit, person: Person, path: str, on: date) -> bool:
    """Say whether a person may see a department's figures: HR and owners all, heads their own subtree."""
    if roles_of(unit, person, on) & SEE_ALL:
        return True
    return any(covers(headed, path) for headed in unit.placements.headed_by(person.id, on))


def require_see(unit: Unit, person: Person, path: str, on: date) -> None:
    """Raise ``Refused`` with the rule and a person to ask, unless the department may be seen."""
    if not may_see(unit, person, path, on):
        raise Refused("refused.department", department=path, contact=contact_name(unit))


def visible_paths(unit: Unit, person: Person, on: date) -> list[str]:
    """Return the departments whose figures a person may see, topmost first; ``""`` is the whole organisation."""
    if roles_of(unit, person, on) & SEE_ALL:
        return [ORGANISATION, *unit.placements.paths(on)]
    headed = unit.placements.headed_by(person.id, on)
    return [path for path in unit.placements.paths(on) if any(covers(top, path) for top in headed)]


def named_path(unit: Unit, person: Person, text: str, on: date) -> str:
    """Return the department that a person means by its name or path, in any case of letters.

    A department that may not be seen, and one that does not exist, are refused with the same words to those
    who may not see all: a refusal is no list of departments.
    """
    wanted = text.strip().strip("/").casefold()
    paths = unit.placements.paths(on)
    found = [path for path in paths if path.casefold() == wanted] or [
        path for path in paths if path.casefold().rpartition("/")[2] == wanted
    ]
    allowed = [path for path in found if may_see(unit, person, path, on)]
    if len(allowed) == 1:
        return allowed[0]
    if len(allowed) > 1:
        raise Refused("refused.department_unclear", department=text, choices=", ".join(allowed))
    visible = visible_paths(unit, person, on)
    if not visible:
        raise Refused("refused.department", department=text, contact=contact_name(unit))
    names = {path.casefold().rpartition("/")[2]: path for path in visible if path}
    close = get_close_matches(wanted.rpartition("/")[2], names, n=3, cutoff=0.5)
    choices = ", ".join(names[name] for name in close) or ", ".join(sorted(names.values())[:8])
    if not choices:
        raise Refused("refused.no_department", department=text)
    raise Refused("refused.department_unknown", department=text, choices=choices)


def contact_name(unit: Unit) -> str:
    """Return the name of the person to turn to: the named contact, else HR, else an owner, who is at work."""
    people = contacts(unit, NOBODY)
    return people[0].name if people else "HR"
