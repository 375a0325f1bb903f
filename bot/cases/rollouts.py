"""Rollouts: HR says what is automated where, what for and at what cost; heads of departments count the hours."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from bot.cases import permissions, rollout_cards
from bot.cases.context import ActionHandler, Caller, CommandHandler, reference
from bot.cases.rollout_entry import MOST, Entry, Problem, day_in, department_in, figure_in, problems
from bot.errors import Refused
from bot.store.rollouts import HOURS_COUNTED
from bot.store.tables import Rollout
from bot.store.unit import Unit
from bot.talk.cards import Action
from bot.talk.commands import Role
from bot.talk.events import Invalid, OpenForm, Private, Reply

REFUSALS: Mapping[str, str] = {
    "rollouts.problem.required": "refused.rollout.required",
    "rollouts.problem.too_long": "refused.rollout.too_long",
    "rollouts.problem.negative": "refused.rollout.negative",
    "rollouts.problem.too_large": "refused.rollout.too_large",
}
"""Sentences that stand beside a field do not say which; alone they must."""


def add(unit: Unit, entry: Entry, actor: str) -> Rollout:
    """Keep a new automation, planned or running; raises ``Refused`` with the first problem."""
    placed, found = _problems(unit, entry, None)
    if found:
        raise Refused(REFUSALS.get(found[0].key, found[0].key), **found[0].values)
    return _kept(unit, placed, actor, None)


def count_hours(unit: Unit, row: Rollout, hours: float, actor: str) -> None:
    """Keep the hours saved a month under the name of who answers for them."""
    row.hours_saved = hours
    unit.audit.record(unit.now, actor, HOURS_COUNTED, f"rollout:{row.id}", {"hours": hours})


def _problems(unit: Unit, entry: Entry, row: Rollout | None) -> tuple[Entry, list[Problem]]:
    """Return the entry with its department's whole path, and everything that stands against keeping it."""
    found = list(problems(unit, entry))
    placed = entry
    if not any(problem.name == "path" for problem in found):
        department = department_in(unit, entry.path)
        if isinstance(department, Problem):
            found.append(department)
        else:
            placed = replace(entry, path=department)
    if not found and _twice(unit, placed, row):
        found.append(Problem("name", "rollouts.problem.twice"))
    return placed, found


def _twice(unit: Unit, entry: Entry, row: Rollout | None) -> bool:
    return any(
        other.name.casefold() == entry.name.strip().casefold()
        and other.starts_on == entry.starts_on
        and (row is None or other.id != row.id)
        for other in unit.rollouts.at(entry.path)
    )


def _kept(unit: Unit, entry: Entry, actor: str, row: Rollout | None) -> Rollout:
    values = asdict(entry) | {"name": entry.name.strip(), "purpose": entry.purpose.strip()}
    hours_before = None if row is None else row.hours_saved
    act = "rollout.added" if row is None else "rollout.changed"
    if row is None:
        row = Rollout(organisation_id=unit.organisation_id, id=unit.number("rollout"), **values)
        unit.rollouts.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    details = {name: getattr(row, name) for name in MOST} | {"start": row.starts_on.isoformat()}
    unit.audit.record(unit.now, actor, act, f"rollout:{row.id}", details)
    if row.hours_saved is not None and row.hours_saved != hours_before:
        count_hours(unit, row, row.hours_saved, actor)
    return row


# --- what people type and press ---------------------------------------------------------------------------


def listed(caller: Caller, text: str) -> Reply:
    """Answer ``/rollouts``."""
    _require_hr(caller)
    return Private(rollout_cards.listed(caller, caller.unit.rollouts.all()))


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Open the form for a new automation."""
    _require_hr(caller)
    return OpenForm(rollout_cards.form(caller, path=action.value))


def opened_change(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Open the form with what is known of one automation."""
    _require_hr(caller)
    return OpenForm(rollout_cards.form(caller, _row(caller, Action(action.name, action.ref or action.value))))


def saved(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Keep a form; each field that does not fit says why, and nothing is kept then."""
    _require_hr(caller)
    row = _row(caller, action) if action.ref else None
    entry, unread = _read(caller, values)
    found = unread
    if entry is not None:
        placed, judged = _problems(caller.unit, entry, row)
        found = [*unread, *judged]
        entry = placed
    if entry is None or found:
        w = caller.words
        return Invalid({p.name: w(p.key, **p.values) for p in reversed(found)})
    kept = _kept(caller.unit, entry, _actor(caller), row)
    return Private(rollout_cards.saved(caller, kept))


def _read(caller: Caller, values: Mapping[str, str]) -> tuple[Entry | None, list[Problem]]:
    """Read the fields of a form; without a date there is no entry, but all problems are told at once."""
    figures: dict[str, float] = {}
    unread: list[Problem] = []
    for name in MOST:
        value = figure_in(caller.words, name, values.get(name, ""), caller.organisation.currency)
        if isinstance(value, Problem):
            unread.append(value)
        elif value is not None:
            figures[name] = value
    texts = {name: values.get(name, "").strip() for name in ("path", "name", "purpose")}
    unread += [Problem(name, "rollouts.problem.required") for name, text in texts.items() if not text]
    day = day_in(values.get("starts_on", ""))
    if day is None:
        return None, [*unread, Problem("starts_on", "rollouts.problem.date")]
    entry = Entry(
        path=texts["path"],
        name=texts["name"],
        purpose=texts["purpose"],
        starts_on=day,
        one_off_cost=figures.get("one_off_cost", 0.0),
        monthly_cost=figures.get("monthly_cost", 0.0),
        hours_saved=figures.get("hours_saved"),
        hourly_rate=figures.get("hourly_rate"),
        salary=figures.get("salary"),
    )
    return entry, unread


def opened_hours(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Open the form for the hours saved, to whoever may see the whole department."""
    row = _seen(caller, action)
    return OpenForm(rollout_cards.hours_form(caller, row, _path(action, row)))


def saved_hours(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Keep the hours saved a month, attributed to who entered them."""
    row = _seen(caller, action)
    name, w = "hours_saved", caller.words
    hours = figure_in(w, name, values.get(name, ""), caller.organisation.currency)
    if hours is None:
        hours = Problem(name, "rollouts.problem.required")
    if isinstance(hours, Problem):
        return Invalid({name: w(hours.key, **hours.values)})
    count_hours(caller.unit, row, hours, _actor(caller))
    return Private(rollout_cards.hours_saved(caller, row, _path(action, row)))


def _row(caller: Caller, action: Action) -> Rollout:
    number, _ = reference(action)
    row = caller.unit.rollouts.get(number)
    if row is None:
        raise Refused("refused.no_rollout")
    return row


def _seen(caller: Caller, action: Action) -> Rollout:
    row = _row(caller, action)
    permissions.require_see(caller.unit, caller.person, row.path, caller.unit.now.date())
    return row


def _path(action: Action, row: Rollout) -> str:
    """Return the department whose report the person came from."""
    return reference(action)[1] or row.path


def _require_hr(caller: Caller) -> None:
    permissions.require_role(caller.unit, caller.person, Role.HR_ADMIN, Role.OWNER)


def _actor(caller: Caller) -> str:
    return f"person:{caller.person.id}"


ACTIONS: Mapping[str, ActionHandler] = {
    "rollouts.add": opened,
    "rollouts.change": opened_change,
    "rollouts.save": saved,
    "rollouts.hours": opened_hours,
    "rollouts.hours.save": saved_hours,
}
COMMANDS: Mapping[str, CommandHandler] = {"rollouts": listed}

__all__ = ["ACTIONS", "COMMANDS", "Entry", "add", "count_hours"]
