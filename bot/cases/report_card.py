"""A report as a card: the first line with its range and grade, then the facts, the picture, the money, the way on.

Good and bad news stand in the same place and size. A refusal is a decision sheet: what stands all the same, and
what one can do now.
"""

from analytics.money import Line
from analytics.months import month_of, months_from, shift
from analytics.report.model import Direction, Headline, Kind
from bot.cases import report_facts as facts
from bot.cases.report_chart import chart
from bot.cases.report_ethics import brief
from bot.cases.report_pair import SHEETS, side_by_side, written
from bot.cases.report_words import View, amount, count, counted, fitted, money, month, spelled
from bot.talk.cards import Action, Button, Buttons, Card, Fact, Facts, Note, Text
from bot.talk.fallback import BODY_WORDS

SMALL_TEAM = 10
"""Below this many people, the size itself is the reason: with fewer, no resignations are counted either."""


def card(view: View) -> Card:
    """Return the report's card in its reader's words."""
    return _sheet(view) if view.report.headline.kind in SHEETS else _figure(view)


def kind_of(view: View) -> str:
    """Name the sentence that the report's first line takes."""
    line = view.report.headline
    if line.kind is Kind.TOO_SMALL:
        people = view.report.about.headcount
        return "too_small" if people is not None and people < SMALL_TEAM else "privacy"
    return line.kind.value


def title(view: View) -> str:
    kind = kind_of(view)
    if view.report.headline.kind in SHEETS:
        return fitted(view.words, f"report.{kind}.title", department=view.department)
    return fitted(view.words, "report.shown.title", department=view.department, name=view.rollout)


def grade_line(view: View) -> str:
    """Return the grade with what it means."""
    grade, n = view.report.grade.value.lower(), view.report.headline.controls
    return view.words(f"report.grade.{grade}", n=n)


def lead(view: View) -> str:
    """Return the first line."""
    kind = kind_of(view)
    if view.report.headline.kind in SHEETS:
        return _sheet_line(view, kind)
    return view.words(f"report.lead.{kind}", measure=view.measure, **headline_change(view))


def headline_change(view: View) -> dict[str, str]:
    """Return the first line's figure and its ends, as values of a sentence."""
    line = view.report.headline
    value, low, high = (end if end is not None else 0.0 for end in (line.value, line.low, line.high))
    ends = spelled(view, value, low, high)
    return {"value": ends["value"], "range": ends["range"]}


def second(view: View) -> str:
    """Return what must be said beside the first line; empty where the grade says enough."""
    key = f"report.second.{kind_of(view)}"
    return view.words(key, n=view.report.headline.controls) if key in view.words else ""


# --- with a figure ----------------------------------------------------------------------------------------


def _figure(view: View) -> Card:
    first, beside = lead(view), second(view)
    body = [Text(first, lead=True), Text(grade_line(view)), *([Text(beside)] if beside else [])]
    shown = (*facts.satisfaction(view), facts.resignations(view), facts.net(view), *facts.pays(view))
    return Card(
        title=title(view),
        elements=(
            *body,
            Facts(
                (
                    *side_by_side(view, kind_of(view)),
                    *written(view),
                    *shown,
                    *facts.caveats(view),
                    brief(view),
                )
            ),
            *chart(view),
            facts.statement(view),
            _small_print(view),
            Buttons(_ways_on(view)),
        ),
        fallback=f"{title(view)}: {first}",
    )


def _ways_on(view: View) -> tuple[Button, ...]:
    """Offer the reasons first; where it got worse, a way to change it takes the place of the inputs."""
    w, ref = view.words, view.ref
    why = Button(w("button.why_grade", grade=view.report.grade.value), Action("report.why", ref), "primary")
    middle = Button(w("button.inputs"), Action("report.inputs", ref))
    if view.report.headline.direction is Direction.WORSE:
        middle = Button(w("button.plan_change"), Action("report.talk", ref))
    limits = Button(w("button.limits"), Action("report.limits", ref))
    return why, middle, limits, person(view)


def person(view: View) -> Button:
    return Button(view.words("button.person"), Action("human.ask"))


# --- a decision sheet -------------------------------------------------------------------------------------


def _sheet(view: View) -> Card:
    first, stands = lead(view), what_stands(view)
    words = len(first.split()) + len(stands.split())
    body = (Text(first, lead=True), *((Text(stands),) if words <= BODY_WORDS else ()))
    return Card(
        title=title(view),
        elements=(
            *body,
            Facts(tuple(_sheet_facts(view))),
            *chart(view),
            _small_print(view),
            Buttons(_ways_out(view)),
        ),
        fallback=f"{title(view)}: {first}",
    )


def _sheet_facts(view: View) -> list[Fact]:
    shown = [facts.cost(view), *facts.pays(view)]
    if amount(view, Line.NET_OF_HOURS) is not None:
        shown.append(facts.net(view))
    if view.report.headline.kind is not Kind.PLANNED:
        shown.append(facts.resignations(view))
    return [*shown, *side_by_side(view, kind_of(view)), *written(view), brief(view)]


def _sheet_line(view: View, kind: str) -> str:
    w, line, about = view.words, view.report.headline, view.report.about
    match kind:
        case "too_small":
            return w("report.sheet.too_small", people=about.headcount or 0)
        case "too_early":
            return _too_early(view, line)
        case "too_short":
            return w("report.sheet.too_short", n=line.months or 0, need=line.need or 0)
        case "planned":
            return _planned(view, line)
        case _:
            return w(f"report.sheet.{kind}")


def _too_early(view: View, line: Headline) -> str:
    w, about = view.words, view.report.about
    earliest = w.day(line.earliest or about.made_on, year=True)
    told = w("report.sheet.too_early", n=line.months or 0, need=line.need or 0, date=earliest)
    return f"{told} {w('report.sheet.promise')}" if view.promised else told


def _planned(view: View, line: Headline) -> str:
    """Say by when to start measuring, that it is under way, or that six months can't be reached any more."""
    w, about = view.words, view.report.about
    start = w.day(about.start, year=True)
    first = line.earliest or about.start
    if about.made_on < first and not line.months:
        return w("report.sheet.planned", name=view.rollout, start=start, date=w.day(first, year=True))
    known = shift(about.data_cut, 1) if about.data_cut else about.made_on
    months_left = months_from(max(known, month_of(about.made_on)), month_of(about.start))
    if (line.months or 0) + months_left >= (line.need or 0):
        return w("report.sheet.planned_measuring", name=view.rollout, start=start, n=line.months or 0)
    return w("report.sheet.planned_late", name=view.rollout, start=start)


def what_stands(view: View) -> str:
    """Return what holds whatever is refused: the cost, and from where on it pays."""
    w, cost = view.words, amount(view, Line.COST)
    if cost is None:
        return w("report.stands.none")
    hours, leavers = amount(view, Line.BREAK_EVEN_HOURS), amount(view, Line.BREAK_EVEN_SEPARATIONS)
    known = {"cost": money(view, cost.value)}
    if hours is not None:
        known |= {"hours": count(w, hours.value), "counted": counted(view)}
    if leavers is not None:
        known |= {"leavers": count(w, leavers.value)}
    if hours is not None and leavers is not None:
        return w("report.stands.both", **known)
    which = "hours" if hours is not None else "leavers" if leavers is not None else "cost"
    return w(f"report.stands.{which}", **known)


def _ways_out(view: View) -> tuple[Button, ...]:
    w, ref = view.words, view.ref
    planned = view.report.headline.kind is Kind.PLANNED
    talk = Button(w("button.team_talk"), Action("report.talk", ref))
    inputs = Button(w("button.inputs"), Action("report.inputs", ref))
    whole = Button(w("button.whole_company"), Action("report.overview"))
    hours = Button(w("button.count_hours"), Action("rollouts.hours", _rollout(view)), "primary")
    first = (hours,) if view.counts_hours and not planned else ()
    return (*first, talk, whole if view.sees_all else inputs, person(view))


def _rollout(view: View) -> str:
    about = view.report.about
    return f"{about.rollout_key}/{about.department}"


def _small_print(view: View) -> Note:
    w, about = view.words, view.report.about
    made = w.day(about.made_on, year=True)
    upto = (
        w("report.note.made", date=made)
        if about.data_cut is None
        else w("report.note.upto", month=month(w, about.data_cut), date=made)
    )
    who = w("report.note.who", department=view.department)
    return Note(f"{w(f'report.from.{about.source.value}')} {upto} {who}")
