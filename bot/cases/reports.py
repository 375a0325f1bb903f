"""``/roi-report``: what an automation did to satisfaction, resignations and money, or why nobody can tell.

Every answer is private to the person who asked, and every look at a report is kept on record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from analytics.report import NoRollout, RoiReport, to_json
from analytics.retention import covers
from bot.cases import permissions, report_ethics, report_inputs, report_making, terminal_report
from bot.cases import report_card as cards
from bot.cases import report_details as details
from bot.cases.context import ActionHandler, Caller, CardBuilder, CommandHandler, Recipient, reference
from bot.cases.report_making import build_due
from bot.cases.report_overview import FEW_TAPS, option, overview
from bot.cases.report_words import View
from bot.errors import Refused
from bot.store.tables import Delivery, Report, Rollout
from bot.store.unit import Unit
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Text
from bot.talk.events import Invalid, OpenForm, Private, Reply
from bot.talk.language import Words
from surveys.formats import Choice

WHOLE = frozenset(
    {
        "all",
        "alle",
        "company",
        "firma",
        "ganze firma",
        "organisation",
        "organization",
        "unternehmen",
        "whole company",
    }
)
MOST_OPTIONS = 100
"""More than a form can offer on every platform."""


def asked_for(caller: Caller, text: str) -> Reply:
    """Answer ``/roi-report [department]``: a report, a choice between several, or all of them side by side."""
    if not text.strip():
        return _without_name(caller)
    if _means_everything(caller, text):
        _require_some(caller)
        return Private(overview(caller))
    return request(caller, _department(caller, text))


def request(caller: Caller, path: str, focus: str | None = None) -> Reply:
    """Return a department's report if this person may see it, else tell them that it is being made."""
    unit = caller.unit
    permissions.require_see(unit, caller.person, path, unit.now.date())
    if not any(covers(row.path, path) for row in unit.rollouts.all()):
        return Private(_none(caller, path))
    if not report_making.quick(unit):
        report_making.queue(unit, path, focus, caller.person.id)
        return Private(_queued(caller, path))
    known = report_inputs.evidence(report_inputs.gather(unit))
    try:
        row = report_making.current(unit, known, path, focus)
    except NoRollout as error:
        raise Refused("refused.no_rollout") from error
    report_making.promise(unit, caller.person.id, row)
    report_making.record_look(unit, caller.person.id, row)
    return Private(cards.card(_view(caller, row)))


def _means_everything(caller: Caller, text: str) -> bool:
    wanted = text.strip().casefold()
    if wanted not in WHOLE | {caller.organisation.name.casefold()}:
        return False
    today = caller.unit.now.date()
    return wanted not in {path.casefold().rpartition("/")[2] for path in caller.unit.placements.paths(today)}


def _department(caller: Caller, text: str) -> str:
    """Return the department meant; who sees all may name one that only an imported history knows."""
    unit, wanted = caller.unit, text.strip().strip("/").casefold()
    if permissions.roles_of(unit, caller.person, unit.now.date()) & permissions.SEE_ALL:
        exact = [path for path in known_paths(unit) if path.casefold() == wanted]
        if len(exact) == 1:
            return exact[0]
    return permissions.named_path(unit, caller.person, text, unit.now.date())


def known_paths(unit: Unit) -> list[str]:
    """Return every department that HR records, readings or rollouts know."""
    rollouts = {row.path for row in unit.rollouts.all()}
    placed = unit.placements.paths(unit.now.date())
    return sorted(rollouts | set(placed) | unit.reports.measured_paths())


# --- without a department ---------------------------------------------------------------------------------


def _without_name(caller: Caller) -> Reply:
    choices = _choices(caller)
    if not choices:
        _require_some(caller)
        return Private(_none(caller, ""))
    if len({path for _, path in choices}) == 1:
        return request(caller, choices[0][1])
    card = _chooser(caller, choices)
    return OpenForm(card) if card.submit else Private(card)


def _choices(caller: Caller) -> list[tuple[Rollout, str]]:
    """Return the reports that this person may ask for: rollouts they see, and those of departments above theirs."""
    unit, today = caller.unit, caller.unit.now.date()
    headed = unit.placements.headed_by(caller.person.id, today)
    found = []
    for row in unit.rollouts.all():
        if permissions.may_see(unit, caller.person, row.path, today):
            found.append((row, row.path))
        found += [(row, path) for path in headed if path != row.path and covers(row.path, path)]
    return found


def _require_some(caller: Caller) -> None:
    unit = caller.unit
    if not permissions.visible_paths(unit, caller.person, unit.now.date()):
        raise Refused("refused.no_reports", contact=permissions.contact_name(unit))


def _chooser(caller: Caller, choices: list[tuple[Rollout, str]]) -> Card:
    """Ask which one: by a tap where there are few, by a form where there are many."""
    w = caller.words
    response = Choice(tuple(option(caller, row, path) for row, path in choices[:MOST_OPTIONS]))
    few = len(choices) <= FEW_TAPS
    tap = Action("report.show") if few else None
    return Card(
        title=w("report.choose.title"),
        elements=(
            Text(w("report.choose.body")),
            Ask("department", w("report.choose.stem"), response, tap=tap),
            Buttons((_person(caller),)),
        ),
        fallback=w("report.choose.fallback"),
        submit=None if few else Button(w("button.show_report"), Action("report.show"), "primary"),
    )


# --- what people press ------------------------------------------------------------------------------------


def shown(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show the report that a button, a tap or a form names: a rollout's number and a department."""
    token = action.ref or action.value or values.get("department", "")
    if not token:
        return Invalid({"department": caller.words("report.choose.unknown")})
    number, path = reference(Action(action.name, token))
    if caller.unit.rollouts.get(number) is None:
        raise Refused("refused.no_rollout")
    return request(caller, path, str(number))


def shown_overview(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    _require_some(caller)
    return Private(overview(caller))


def _detail(build: Callable[[View], Card]) -> ActionHandler:
    """Return the handler that shows one side of a stored report to whoever may see it."""

    def handler(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
        number, _ = reference(action)
        row = caller.unit.reports.get(number)
        if row is None or row.state != "ready":
            raise Refused("refused.old_button")
        permissions.require_see(caller.unit, caller.person, row.path, caller.unit.now.date())
        return Private(build(_view(caller, row)))

    return handler


def _view(to: Recipient, row: Report) -> View:
    return report_making.view_of(to.unit, to.person, to.words, row)


ACTIONS: Mapping[str, ActionHandler] = {
    "report.show": shown,
    "report.overview": shown_overview,
    "report.why": _detail(details.why),
    "report.inputs": _detail(details.inputs),
    "report.limits": _detail(details.limits),
    "report.talk": _detail(details.talk),
    "report.ethics": _detail(report_ethics.ethics),
}
COMMANDS: Mapping[str, CommandHandler] = {"roi-report": asked_for}


# --- what is sent -----------------------------------------------------------------------------------------


def ready_card(to: Recipient, delivery: Delivery) -> Card | None:
    """Return a report that was made later, unless its reader may not see it any more."""
    row = to.unit.reports.get(int(delivery.ref))
    if row is None or not permissions.may_see(to.unit, to.person, row.path, to.unit.now.date()):
        return None
    return cards.card(_view(to, row)) if row.state == "ready" else _failed(to, row)


CARDS: Mapping[str, CardBuilder] = {report_making.PURPOSE: ready_card}


def _failed(to: Recipient, row: Report) -> Card:
    w, reference_ = to.words, str(row.body.get("reference", ""))
    body = w("report.gone.body")
    if reference_:
        contact = permissions.contact_name(to.unit)
        body = w("report.failed.body", contact=contact, reference=reference_)
    return _plain(to, w("report.failed.title"), body)


def _queued(to: Recipient, path: str) -> Card:
    w = to.words
    return _plain(to, w("report.queued.title"), w("report.queued.body", department=path.rpartition("/")[2]))


def _none(to: Recipient, path: str) -> Card:
    """Say that nothing is registered, and what must come first where an automation is planned."""
    w, unit = to.words, to.unit
    name = path.rpartition("/")[2] or to.organisation.name
    body = w("empty.rollouts", department=name)
    hr = permissions.roles_of(unit, to.person, unit.now.date()) & permissions.SEE_ALL
    add = (Button(w("button.add_rollout"), Action("rollouts.add", value=path), "primary"),) if hr else ()
    return Card(
        title=w("report.none.title"),
        elements=(
            Text(body, lead=True),
            Text(w("rollout.measure_first")),
            Buttons((*add, _person(to))),
        ),
        fallback=body,
    )


def _plain(to: Recipient, title: str, body: str) -> Card:
    return Card(title, (Text(body, lead=True), Buttons((_person(to),))), body)


def _person(to: Recipient) -> Button:
    return Button(to.words("button.person"), Action("human.ask"))


# --- for the command line ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A report as the operator of this installation gets it: made on the spot, kept nowhere."""

    report: RoiReport
    item: str
    hours_by: str = ""

    def as_json(self) -> dict[str, Any]:
        return to_json(self.report) | {"item": self.item}


def for_operator(unit: Unit, text: str) -> Found:
    """Make the report of a department, named in any case of letters; without a name the only automated one.

    Raises ``Refused``: an unknown or unclear name, or no automation there.
    """
    path = _for_operator(unit, text)
    known = report_inputs.evidence(report_inputs.gather(unit))
    try:
        made = report_making.compute(known, path, None)
    except NoRollout as error:
        raise Refused("empty.rollouts", department=path) from error
    return Found(made.report, made.item, report_making.hours_by(unit, made.report))


def _for_operator(unit: Unit, text: str) -> str:
    paths, wanted = known_paths(unit), text.strip().strip("/").casefold()
    if not wanted:
        paths = sorted({row.path for row in unit.rollouts.all()})
        if not paths:
            raise Refused("rollouts.empty")
    found = [path for path in paths if not wanted or path.casefold() == wanted] or [
        path for path in paths if path.casefold().rpartition("/")[2] == wanted
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused("refused.department_unclear", department=text or "?", choices=", ".join(found))
    close = get_close_matches(text, paths, n=5, cutoff=0.3) or paths[:8]
    if not close:
        raise Refused("refused.no_department", department=text)
    raise Refused("refused.department_unknown", department=text, choices=", ".join(close))


def terminal(found: Found, words: Words, width: int = 80) -> str:
    """Draw a report as lines of text, at most ``width`` wide."""
    return terminal_report.drawn(View(found.report, words, found.item, hours_by=found.hours_by), width)


__all__ = [
    "ACTIONS",
    "CARDS",
    "COMMANDS",
    "Found",
    "asked_for",
    "build_due",
    "for_operator",
    "known_paths",
    "request",
    "terminal",
]
