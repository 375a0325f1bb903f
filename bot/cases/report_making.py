"""Making reports: from stored inputs once, at once where it is quick, else by a job that tells who asked.

A report is kept under the digest of its inputs, so that the same inputs give the same report to everybody.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from analytics.distributions import t_quantile
from analytics.report import Kind, NoRollout, RoiReport, UnreadableReport, build, from_json, to_json
from bot.cases import report_inputs
from bot.cases.permissions import SEE_ALL, may_see, roles_of
from bot.cases.report_inputs import Evidence
from bot.cases.report_words import View
from bot.errors import Refused
from bot.logs import get_logger
from bot.store.outbox import Message
from bot.store.tables import Person, Report
from bot.store.unit import Store, Unit
from bot.talk.language import Words

QUICK_READINGS, QUICK_PEOPLE = 2_400, 500
"""Up to this size (40 departments, monthly for five years) reading and computing take about a twentieth of a second
and are done while the person waits; beyond, everybody else's answers would wait with them, so a job does it."""

PURPOSE = "report.ready"

log = get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """A report that is still to be made: its row, what it is about, and who asked."""

    number: int
    path: str
    focus: str | None
    person_id: int | None
    scheduled: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A report with the digest of what it was made from."""

    digest: str
    item: str
    report: RoiReport


@dataclass(frozen=True, slots=True)
class Failed:
    """No report came out; the reference leads to the log. Empty: there is no automation to report on any more."""

    reference: str = ""


def quick(unit: Unit) -> bool:
    """Say whether a report can be made while the person waits."""
    readings = max((one.readings for one in unit.reports.measured()), default=0)
    return readings <= QUICK_READINGS and unit.reports.people() <= QUICK_PEOPLE


def compute(known: Evidence, path: str, focus: str | None) -> Made:
    """Compute a report; raises ``NoRollout``. Nothing is read and nothing written."""
    inputs = report_inputs.inputs_for(known, path, focus)
    return Made(report_inputs.digest(known, inputs), known.measure.item, build(inputs))


def current(unit: Unit, known: Evidence, path: str, focus: str | None) -> Report:
    """Return the stored report for the present inputs, made now if there is none; raises ``NoRollout``."""
    inputs = report_inputs.inputs_for(known, path, focus)
    digest = report_inputs.digest(known, inputs)
    row = unit.reports.by_digest(path, digest)
    if row is not None:
        return row
    number = unit.number("report")
    row = Report(organisation_id=unit.organisation_id, id=number, path=path, digest=digest, state="queued")
    _fill(row, Made(digest, known.measure.item, build(inputs)), unit.now)
    unit.reports.add(row)
    return row


def _fill(row: Report, made: Made, now: datetime) -> None:
    row.digest, row.state, row.built_at = made.digest, "ready", now
    row.body = to_json(made.report) | {"item": made.item}


def read(row: Report) -> tuple[RoiReport, str]:
    """Return a stored report and what it measured; one that this version can't read is refused as out of date."""
    try:
        return from_json(row.body), str(row.body.get("item", ""))
    except UnreadableReport as error:
        raise Refused("refused.old_button") from error


def view_of(unit: Unit, person: Person, words: Words, row: Report) -> View:
    """Return a stored report as one person may look at it."""
    report, item = read(row)
    today = unit.now.date()
    rollout = unit.rollouts.get(int(report.about.rollout_key))
    return View(
        report,
        words,
        item,
        ref=str(row.id),
        sees_all=bool(roles_of(unit, person, today) & SEE_ALL),
        counts_hours=rollout is not None and may_see(unit, person, rollout.path, today),
        promised=unit.reports.by_digest(row.path, _later(report, person.id)) is not None,
        hours_by=hours_by(unit, report),
    )


def hours_by(unit: Unit, report: RoiReport) -> str:
    """Return the name of whoever entered the saved hours that a report counts."""
    if report.money.hours_saved_per_month is None:
        return ""
    kind, _, number = unit.rollouts.hours_by(int(report.about.rollout_key)).partition(":")
    found = unit.people.get(int(number)) if kind == "person" and number.isdecimal() else None
    return found.name if found else ""


# --- later ------------------------------------------------------------------------------------------------


def queue(unit: Unit, path: str, focus: str | None, person_id: int) -> Report:
    """Want a report made by the job and told to the person; asking twice is asking once."""
    for row in unit.reports.queued():
        if (row.path, row.asked_by) == (path, person_id) and row.body == {"focus": focus}:
            return row
    number = unit.number("report")
    return _wanted(unit, number, f"queued:{number}", path, person_id, {"focus": focus})


def promise(unit: Unit, person_id: int, row: Report) -> None:
    """Want the report that comes too early made again, once, on the day of its earliest honest answer."""
    report, _ = read(row)
    earliest = report.headline.earliest
    if report.headline.kind is not Kind.TOO_EARLY or earliest is None:
        return
    digest = _later(report, person_id)
    if earliest > report_inputs.today_of(unit) and unit.reports.by_digest(row.path, digest) is None:
        body = {"focus": report.about.rollout_key, "not_before": earliest.isoformat()}
        _wanted(unit, unit.number("report"), digest, row.path, person_id, body)


def _later(report: RoiReport, person_id: int) -> str:
    return f"later:{report.about.rollout_key}:{person_id}"


def _wanted(unit: Unit, number: int, digest: str, path: str, person_id: int, body: dict[str, Any]) -> Report:
    row = Report(
        organisation_id=unit.organisation_id,
        id=number,
        path=path,
        digest=digest,
        state="queued",
        asked_by=person_id,
        body=body,
    )
    unit.reports.add(row)
    return row


def build_due(store: Store) -> int:
    """Make the reports that were asked for and say how many ended.

    Inputs are read in one unit, reports computed outside any, each written in one of its own.
    """
    return sum(_build_for(store, organisation) for organisation in store.organisations())


@cache
def warm() -> None:
    """Load the library of distributions once, outside any unit, so that no first report holds others up for it."""
    t_quantile(0.975, 1)


def _build_for(store: Store, organisation: int) -> int:
    due, automated = store.read(lambda unit: (_due(unit), bool(unit.rollouts.all())), organisation)
    if automated:
        warm()
    if not due:
        return 0
    known = report_inputs.evidence(store.read(report_inputs.gather, organisation))
    ended = 0
    for asked in due:
        outcome = _attempted(known, asked)
        ended += store.write(_keeping(asked, outcome), organisation)
    return ended


def _due(unit: Unit) -> list[Asked]:
    today = report_inputs.today_of(unit)
    return [
        Asked(row.id, row.path, row.body.get("focus"), row.asked_by, "not_before" in row.body)
        for row in unit.reports.queued()
        if date.fromisoformat(row.body.get("not_before", today.isoformat())) <= today
    ]


def _attempted(known: Evidence, asked: Asked) -> Made | Failed:
    """Compute one report; whatever goes wrong with it must not hold back the others."""
    try:
        return compute(known, asked.path, asked.focus)
    except NoRollout:
        return Failed()
    except Exception:
        reference = secrets.token_hex(4).upper()
        log.exception("report.failed", reference=reference)
        return Failed(reference)


def _keeping(asked: Asked, outcome: Made | Failed) -> Callable[[Unit], int]:
    return lambda unit: _keep(unit, asked, outcome)


def _keep(unit: Unit, asked: Asked, outcome: Made | Failed) -> int:
    """Write what came of a request and want it told; a report made meanwhile from the same inputs is used."""
    row = unit.reports.get(asked.number)
    if row is None or row.state != "queued":
        return 0
    if isinstance(outcome, Failed):
        row.state, row.body, row.digest = "failed", {"reference": outcome.reference}, f"failed:{row.id}"
        row.built_at = unit.now
    else:
        twin = unit.reports.by_digest(row.path, outcome.digest)
        if twin is not None:
            unit.reports.remove(row)
            row = twin
        else:
            _fill(row, outcome, unit.now)
            row.asked_by = None
    _tell(unit, asked, row)
    return 1


def _tell(unit: Unit, asked: Asked, row: Report) -> None:
    if asked.person_id is None:
        return
    if row.state == "ready":
        promise(unit, asked.person_id, row)
        record_look(unit, asked.person_id, row)
    unit.outbox.want(
        Message(
            asked.person_id,
            key=f"report:{asked.number}:{asked.person_id}",
            purpose=PURPOSE,
            ref=str(row.id),
            due_at=unit.now,
        )
    )


def record_look(unit: Unit, person_id: int, row: Report) -> None:
    """Keep on record who was shown which report."""
    unit.audit.record(unit.now, f"person:{person_id}", "report.shown", f"report:{row.id}")
