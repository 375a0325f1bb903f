"""All automations side by side: what can be told about each, in order of department and never of result."""

from bot.cases import report_inputs, report_making
from bot.cases.context import Caller
from bot.cases.permissions import SEE_ALL, may_see, roles_of
from bot.cases.report_card import kind_of
from bot.cases.report_pair import short
from bot.cases.report_words import View
from bot.store.tables import Rollout
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Element, Note, Table, Text
from bot.talk.inert import inert
from surveys.formats import Choice, Option

FEW_TAPS = 4
MOST_AT_ONCE = 12
LONGEST_LABEL = 60


def overview(caller: Caller) -> Card:
    """Return the overview of the automations whose reports the person may see, and how many there are besides."""
    w, unit = caller.words, caller.unit
    everything = unit.rollouts.all()
    today = unit.now.date()
    seen = [row for row in everything if may_see(unit, caller.person, row.path, today)]
    person = Button(w("button.person"), Action("human.ask"))
    return Card(
        title=w("report.overview.title"),
        elements=(
            Text(w("report.overview.body")),
            *_table(caller, seen),
            *_taps(caller, seen),
            *_besides(caller, len(everything) - len(seen)),
            Buttons((*_fairly(caller), person)),
        ),
        fallback=w("report.overview.fallback", n=len(seen)),
    )


def _table(caller: Caller, seen: list[Rollout]) -> tuple[Element, ...]:
    w = caller.words
    if not seen:
        return (Text(w("rollouts.empty")),)
    columns = ("department", "rollout", "start", "told", "grade")
    header = tuple(w(f"report.overview.{column}") for column in columns)
    told = _told(caller, seen)
    rows = tuple(
        (
            inert(row.path, LONGEST_LABEL),
            inert(row.name, LONGEST_LABEL),
            w.day(row.starts_on, year=True),
            *said,
        )
        for row, said in zip(seen, told, strict=True)
    )
    return (Table(w("report.overview.title"), header, rows),)


def _told(caller: Caller, seen: list[Rollout]) -> list[tuple[str, str]]:
    """Return what each report's first line says, in short, and its grade."""
    if len(seen) > MOST_AT_ONCE or not report_making.quick(caller.unit):
        return [_stored(caller, row) for row in seen]
    known = report_inputs.evidence(report_inputs.gather(caller.unit))
    made = (report_making.compute(known, row.path, str(row.id)) for row in seen)
    return [_short(View(one.report, caller.words, one.item)) for one in made]


def _stored(caller: Caller, row: Rollout) -> tuple[str, str]:
    latest = caller.unit.reports.latest(row.path)
    if latest is not None:
        report, item = report_making.read(latest)
        if report.about.rollout_key == str(row.id):
            return _short(View(report, caller.words, item))
    return caller.words("report.short.not_made"), caller.words("report.source.none")


def _short(view: View) -> tuple[str, str]:
    """Return a report in one line, and its grade."""
    return short(view, kind_of(view)), view.report.grade.value


def _taps(caller: Caller, seen: list[Rollout]) -> tuple[Ask, ...]:
    """Offer each report by one tap where there are few."""
    if not 0 < len(seen) <= FEW_TAPS:
        return ()
    response = Choice(tuple(option(caller, row, row.path) for row in seen))
    return (Ask("department", caller.words("report.choose.stem"), response, tap=Action("report.show")),)


def option(caller: Caller, row: Rollout, path: str) -> Option:
    """Return one report to choose: a department and the automation in it."""
    department = inert(path.rpartition("/")[2], LONGEST_LABEL)
    label = caller.words("report.choose.option", department=department, name=row.name)
    return Option(f"{row.id}/{path}", inert(label, LONGEST_LABEL))


def _fairly(caller: Caller) -> tuple[Button, ...]:
    """Lead who may see every department to how fairly the whole organisation is surveyed."""
    if not roles_of(caller.unit, caller.person, caller.unit.now.date()) & SEE_ALL:
        return ()
    return (Button(caller.words("button.ethics"), Action("ethics.show")),)


def _besides(caller: Caller, hidden: int) -> tuple[Note, ...]:
    return (Note(caller.words("report.overview.hidden", n=hidden)),) if hidden else ()
