"""Taking people over from a chat: all who are unknown become people of one department, shown before it is done.

Nothing of a chat says since when somebody works here, who leads whom, or who left: HR's file says more, and may
follow later.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from bot.cases import people, people_diff, people_fields, roster, roster_cards
from bot.cases.context import ActionHandler, Caller
from bot.cases.people_entries import Entry, PeopleFile
from bot.cases.people_fields import CellProblem
from bot.cases.people_records import DAY
from bot.errors import Refused
from bot.logs import get_logger
from bot.store.personnel import Record
from bot.store.tables import Stranger
from bot.store.unit import Store, Unit
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Fact, Facts, Note, Text
from bot.talk.events import Invalid, OpenForm, Replace, Reply
from bot.talk.fallback import card
from bot.talk.inert import inert
from bot.talk.language import NAME_LIMIT
from surveys.formats import FreeText

LONGEST_DEPARTMENT = 80
ORDER = "roster.order"

log = get_logger()


@dataclass(frozen=True, slots=True)
class Crew:
    """Who would be taken over: strangers by the id they get, and a people file that says the same."""

    file: PeopleFile
    strangers: Mapping[str, Stranger]

    @property
    def digest(self) -> str:
        """Name exactly who would come, be placed and go."""
        parts = [sorted(entry.external for entry in self.file.entries), sorted(self.file.leaving)]
        return sha256(repr(parts).encode()).hexdigest()[:16]


# --- what HR presses --------------------------------------------------------------------------------------


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Ask for the department that they become people of."""
    roster_cards.require(caller)
    w = caller.words
    return OpenForm(
        card(
            w("takeover.form.title"),
            Note(w("takeover.form.note")),
            Ask(
                "department",
                w("takeover.form.department"),
                FreeText(LONGEST_DEPARTMENT),
                hint=w("takeover.form.hint"),
            ),
            fallback=w("takeover.form.fallback"),
            submit=Button(w("button.takeover.show"), Action("roster.plan"), "primary"),
        )
    )


def planned(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show what taking them over changes; nothing is changed yet."""
    roster_cards.require(caller)
    try:
        path = _department(caller.unit, values.get("department", ""))
    except CellProblem as problem:
        return Invalid({"department": caller.words(problem.key, **problem.values)})
    return Replace(_plan_card(caller, path, crew(caller.unit, path)))


def ordered(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Have just what was shown done within seconds; raises ``Refused`` if it has changed meanwhile."""
    roster_cards.require(caller)
    unit, path = caller.unit, action.ref
    found = crew(unit, path) if path else None
    if found is None or action.value != found.digest or not found.file.entries:
        raise Refused("refused.takeover.changed")
    order = {"department": path, "by": caller.person.id, "users": sorted(found.strangers)}
    unit.settings.put(ORDER, json.dumps(order | {"leaving": sorted(found.file.leaving)}), unit.now)
    unit.audit.record(
        unit.now, f"person:{caller.person.id}", "roster.ordered", details={"users": len(found.strangers)}
    )
    w = caller.words
    buttons = (
        Button(w("button.takeover.look"), Action("roster.show"), "primary"),
        Button(w("button.golive.details"), Action("golive.details")),
        Button(w("button.person"), Action("human.ask")),
    )
    return Replace(
        card(
            w("takeover.ordered.title"),
            Text(w("takeover.ordered.body", n=len(found.file.entries)), lead=True),
            Buttons(buttons),
        )
    )


ACTIONS: Mapping[str, ActionHandler] = {
    "roster.take": opened,
    "roster.plan": planned,
    "roster.apply": ordered,
}


def _department(unit: Unit, text: str) -> str:
    """Read a department; one that exists keeps its spelling."""
    path = people_fields.path(people_fields.clean(text))
    if len(path) > LONGEST_DEPARTMENT:
        raise CellProblem("problem.people.too_long", column="department", limit=LONGEST_DEPARTMENT)
    known = {each.casefold(): each for each in unit.placements.paths(people.today(unit))}
    return known.get(path.casefold(), path)


def _plan_card(caller: Caller, path: str, found: Crew) -> Card:
    w, unit = caller.words, caller.unit
    diff = people_diff.diff(unit, found.file, people.today(unit))
    if diff.too_many_gone:
        n = diff.count("vanish")
        raise Refused("refused.people.too_many_gone", n=n, employed=diff.employed)
    n = len(found.file.entries)
    if not n:
        raise Refused("refused.roster.nobody")
    go = Button(w("button.takeover.apply"), Action("roster.apply", path, found.digest), "primary")
    stay = Button(w("button.cancel"), Action("roster.show"))
    return card(
        w("takeover.plan.title"),
        Text(w("takeover.plan.lead", n=n, department=path), lead=True),
        Facts(tuple(_fact(caller, kind, part) for kind, part in diff.parts.items())),
        Note(w("takeover.plan.since", day=roster.since(unit))),
        Buttons((go, stay, Button(w("button.person"), Action("human.ask")))),
    )


def _fact(caller: Caller, kind: str, part: people_diff.Part) -> Fact:
    w = caller.words
    names = [inert(sample.name, NAME_LIMIT) or "–" for sample in part.samples]
    more = w("roster.more", n=part.n - len(names)) if part.n > len(names) else ""
    key = f"people.diff.{kind.replace('field.', 'field-')}"
    return Fact(w(key, n=part.n), w.join(names), more)


# --- who ------------------------------------------------------------------------------------------------


def crew(unit: Unit, path: str) -> Crew:
    """Return whom taking over would make people of a department: unknown users, and people without a place.

    Who came from a chat and has no account any more counts as having left; who is in HR's file never does.
    """
    strangers = _named(unit, unit.strangers.because(roster.UNKNOWN, roster.EVERYBODY))
    numbers, records = unit.personnel.numbers(), unit.personnel.records()
    of = {number: external for external, number in numbers.items()}
    day = people.today(unit)
    linked = unit.accounts.reachable()
    unplaced = [
        _entry_of(of[number], record, path)
        for number, record in records.items()
        if number in linked and record.employed(day) and not record.stays
    ]
    fresh = [
        _entry(external, row, records.get(numbers.get(external, 0)), path, unit)
        for external, row in strangers.items()
    ]
    silent = {of[number] for number in unit.accounts.silent()}
    leaving = silent.intersection(people_diff.from_chat(unit, numbers, records, day))
    file = PeopleFile((*fresh, *unplaced), complete=False, leaving=frozenset(leaving - set(strangers)))
    return Crew(file, strangers)


def _named(unit: Unit, rows: Sequence[Stranger]) -> dict[str, Stranger]:
    """Return strangers by the id under which they become people."""
    platforms = {workspace.id: workspace.platform for workspace in unit.workspaces.all()}
    return {_external(row, platforms[row.workspace_id]): row for row in rows}


def _external(row: Stranger, platform: str) -> str:
    short = row.email and len(row.email) <= people_fields.LONGEST_ID
    return row.email if short else f"{platform}:{row.user}"[: people_fields.LONGEST_ID]


def _entry(external: str, row: Stranger, before: Record | None, path: str, unit: Unit) -> Entry:
    """Return an unknown user as a row of a people file; who was here before begins anew today."""
    again = before is not None and before.ends_on is not None
    starts = people.today(unit) if again else roster.since(unit)
    if before is not None and before.ends_on is not None:
        starts = max(starts, before.ends_on + DAY)
    return _bare(external, row.name, row.email, path, starts)


def _entry_of(external: str, record: Record, path: str) -> Entry:
    """Return somebody who is known and has no department, with one."""
    entry = _bare(external, record.name, record.email, path, record.starts_on)
    return Entry(
        **{name: getattr(entry, name) for name in Entry.__slots__}
        | {"locale": record.locale, "time_zone": record.time_zone, "ends_on": record.ends_on}
    )


def _bare(external: str, name: str, email: str, path: str, starts_on: date) -> Entry:
    return Entry(
        row=0,
        external=external,
        name=name,
        email=email,
        manager="",
        path=path,
        heads=(),
        site="",
        time_zone="",
        locale="",
        starts_on=starts_on,
        ends_on=None,
        reason="",
        share=1.0,
        band="",
    )


# --- doing it ---------------------------------------------------------------------------------------------


def carry_out(store: Store) -> int:
    """Do what HR ordered, in units of at most 500 rows; return how many users became somebody.

    After a crash the next run does the rest: the order stays until all is done.
    """
    return sum(_carry_out(store, organisation) for organisation in store.organisations())


def _carry_out(store: Store, organisation: int) -> int:
    text = store.read(lambda unit: unit.settings.get(ORDER), organisation)
    if not text:
        return 0
    order = json.loads(text)
    found, day = store.read(
        lambda unit: (_only(crew(unit, order["department"]), order), people.today(unit)), organisation
    )
    actor = f"person:{order['by']}"
    try:
        people.apply(store, people.Import(file=found.file, on=day, actor=actor, organisation=organisation))
    except Refused as refused:
        log.warning("people.order_refused", reason=refused.key.replace("_", "-"))
        found = Crew(PeopleFile(()), {})
    users = list(found.strangers.items())
    for start in range(0, len(users), people.MOST_WRITES):
        chunk = users[start : start + people.MOST_WRITES]
        store.write(lambda unit, chunk=chunk: _link(unit, chunk), organisation)  # type: ignore[misc]  # mypy can't infer a lambda with a default
    store.write(lambda unit: unit.settings.put(ORDER, "", unit.now), organisation)
    return len(users)


def _only(found: Crew, order: Mapping[str, Sequence[str]]) -> Crew:
    """Return of a crew just those who were shown when it was ordered."""
    users, leaving = frozenset(order["users"]), frozenset(order["leaving"])
    strangers = {external: row for external, row in found.strangers.items() if external in users}
    entries = tuple(
        entry
        for entry in found.file.entries
        if entry.external in users or entry.external not in found.strangers
    )
    return Crew(PeopleFile(entries, complete=False, leaving=found.file.leaving & leaving), strangers)


def _link(unit: Unit, users: Sequence[tuple[str, Stranger]]) -> None:
    """Give the people who were made their accounts; their users are strangers no more."""
    numbers = unit.personnel.numbers([external for external, _ in users])
    made = unit.recipients.people(set(numbers.values()))
    for external, row in users:
        if external in numbers and not unit.accounts.linked(row.workspace_id, [numbers[external]]):
            unit.accounts.link(numbers[external], row.workspace_id, row.user)
            person = made[numbers[external]]
            person.seen_locale, person.seen_zone = row.locale, row.time_zone
    for workspace in {row.workspace_id for _, row in users}:
        unit.strangers.forget(workspace, [row.user for _, row in users if row.workspace_id == workspace])
