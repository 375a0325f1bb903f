"""What stands behind a report's card: why this grade, what went in, what it does not show, and what to talk about.

Here every term has its explanation beside it.
"""

from collections.abc import Iterator

from analytics.causal.difference import Effect
from analytics.causal.refusals import Grade
from analytics.money import Line, Source, Sourced
from analytics.report import Kind
from analytics.results import Withheld
from bot.cases.report_card import person, title
from bot.cases.report_facts import rule, statement
from bot.cases.report_words import View, capital, count, money
from bot.talk.cards import Action, Button, Buttons, Card, Fact, Facts, Note, Table, Text
from bot.talk.inert import inert

QUESTIONS = 5
MOST_NAMES = 10


def why(view: View) -> Card:
    """Return the reasons for the grade: rules that hit, what was compared, and each check with its result."""
    w, grade = view.words, view.report.grade.value
    return Card(
        title=w("report.why.title", grade=grade),
        elements=(
            Text(w(f"report.why.{grade.lower()}"), lead=True),
            Facts(tuple(reasons(view))),
            Buttons((_inputs(view), _talk(view), person(view))),
        ),
        fallback=f"{title(view)}. {w('report.why.fallback', grade=grade)}",
    )


def reasons(view: View) -> Iterator[Fact]:
    """Yield each rule that hit, then what was compared and checked."""
    w, outcome = view.words, view.report.satisfaction
    for hit in outcome.refusals:
        yield Fact(w("report.why.lowers"), rule(view, hit))
    yield _compared(view)
    months = {"before": outcome.months_before, "after": outcome.months_after}
    yield Fact(
        w("details.report.months"),
        w("details.report.months.value", **months),
        w("details.report.months.detail"),
    )
    if view.report.grade is not Grade.D:
        yield from _checks(view)
        estimator = w("details.report.method.value", estimator=view.report.about.estimator)
        yield Fact(w("details.report.method"), estimator, w("details.report.method.detail"))


def _compared(view: View) -> Fact:
    w = view.words
    paths = view.report.satisfaction.controls
    names = [inert(path.rpartition("/")[2], 60) for path in paths[:MOST_NAMES]]
    value = w.join(names) if names else w("details.report.controls.none")
    if len(paths) > MOST_NAMES:
        value = w("details.report.controls.many", n=len(paths), departments=value)
    return Fact(w("details.report.controls"), value, w("details.report.controls.detail"))


def _checks(view: View) -> Iterator[Fact]:
    w, checks, effect = view.words, view.report.satisfaction.checks, view.report.satisfaction.effect
    trend = (
        None
        if isinstance(checks.pre_trend, Withheld)
        else not checks.pre_trend.low <= 0 <= checks.pre_trend.high
    )
    yield _check(view, "trend", found=trend)
    placebo = (
        None if isinstance(checks.placebo, Withheld) else not checks.placebo.low <= 0 <= checks.placebo.high
    )
    yield _check(view, "placebo", found=placebo)
    if not isinstance(checks.leave_one_out, Withheld):
        ends = (checks.leave_one_out.low, checks.leave_one_out.high)
        low, high = (w.number(end, 1, signed=True) for end in ends)
        value = w("report.points", value=w("report.span", low=low, high=high))
        yield Fact(w("details.report.leave"), value, w("details.report.leave.detail"))
    if isinstance(effect, Effect):
        odds = w("details.report.odds.value", share=w.percent(effect.p_value, 1))
        yield Fact(w("details.report.odds"), odds, w("details.report.odds.detail"))
    rate = checks.response_rate
    value = w("details.report.unchecked") if rate is None else w.percent(rate)
    yield Fact(w("details.report.response"), value, w("details.report.response.detail"))
    yield Fact(w("details.report.shift"), _shift(view), w("details.report.shift.detail"))


def _shift(view: View) -> str:
    """Return between which points the change in answering lies."""
    w, shift = view.words, view.report.satisfaction.checks.response_shift
    if isinstance(shift, Withheld):
        return w("details.report.unchecked")
    low, high = (w.number(100 * end, signed=True) for end in (shift.low, shift.high))
    return w("report.points", value=w("report.span", low=low, high=high))


def _check(view: View, name: str, *, found: bool | None) -> Fact:
    w = view.words
    result = "unchecked" if found is None else "detected" if found else "undetected"
    return Fact(
        w(f"details.report.{name}"), w(f"details.report.{result}"), w(f"details.report.{name}.detail")
    )


# --- what went in -----------------------------------------------------------------------------------------


def inputs(view: View) -> Card:
    """Return every input with its source, and from where on it pays at each cost of replacing someone."""
    w, about = view.words, view.report.about
    planned = view.report.headline.kind is Kind.PLANNED
    key = "report.inputs.body.planned" if planned else "report.inputs.body"
    day = w.day(about.start, year=True)
    purpose = inert(about.purpose, 160)
    body = w(key, name=view.rollout, department=view.department, date=day, purpose=purpose)
    return Card(
        title=w("report.inputs.title"),
        elements=(
            Text(_ended(body)),
            Table(w("report.inputs.caption"), _header(view), tuple(_entered(view))),
            *scenarios(view),
            statement(view),
            Note(w(f"report.from.{about.source.value}")),
            Buttons(_ways_on(view)),
        ),
        fallback=w("report.inputs.fallback", department=view.department),
    )


def _header(view: View) -> tuple[str, str, str]:
    w = view.words
    return w("report.inputs.input"), w("report.inputs.value"), w("report.money.source")


def _entered(view: View) -> Iterator[tuple[str, str, str]]:
    w, given = view.words, view.report.money
    hours, rate = given.hours_saved_per_month, given.hourly_rate
    yield w("report.inputs.hours"), _number(view, hours), _hours_source(view, hours)
    rate_text = w("report.inputs.unknown") if rate is None else money(view, rate.value)
    yield w("report.inputs.rate"), rate_text, _source(view, rate)
    shares = (
        ("realisation", given.realisation),
        ("replacement", given.replacement_share),
        ("discount", given.discount),
    )
    for name, share in shares:
        yield w(f"report.inputs.{name}"), w.percent(share.value), _source(view, share)
    horizon = w("report.inputs.horizon.value", months=given.horizon_months)
    yield w("report.inputs.horizon"), horizon, w(f"report.source.{Source.ASSUMED.value}")
    measured = w(f"report.from.{view.report.about.source.value}.short")
    yield w("report.inputs.measure"), capital(view.measure), measured


def _number(view: View, given: Sourced | None) -> str:
    return view.words("report.inputs.unknown") if given is None else count(view.words, given.value)


def _source(view: View, given: Sourced | None) -> str:
    w = view.words
    return w("report.source.none") if given is None else w(f"report.source.{given.source.value}")


def _hours_source(view: View, given: Sourced | None) -> str:
    """Name who entered the hours: a figure that decides about money belongs to somebody."""
    if given is not None and view.hours_by:
        return view.words("report.inputs.hours_by", person=view.hours_by)
    return _source(view, given)


def scenarios(view: View) -> tuple[Table, ...]:
    """Return from where on it pays at each published cost of replacing someone; nothing without a salary."""
    w, found = view.words, view.report.money.scenarios
    if not found:
        return ()
    rows = tuple(
        (
            w("report.inputs.scenario.of_salary", share=w.percent(one.replacement_share)),
            count(w, one.separations_per_year),
        )
        for one in found
    )
    header = (w("report.inputs.scenario.share"), w("report.inputs.scenario.value"))
    return (Table(w("report.inputs.scenarios"), header, rows),)


def _ways_on(view: View) -> tuple[Button, ...]:
    w, about = view.words, view.report.about
    costless = isinstance(view.report.money.lines[Line.COST], Withheld)
    rollout = f"{about.rollout_key}/{about.department}"
    hours = Button(w("button.count_hours"), Action("rollouts.hours", rollout), "primary")
    if costless and view.sees_all:
        hours = Button(w("button.enter_costs"), Action("rollouts.change", about.rollout_key), "primary")
    first = (hours,) if view.counts_hours else ()
    whole = (Button(w("button.whole_company"), Action("report.overview")),) if view.sees_all else ()
    return (*first, _limits(view), *whole, person(view))


# --- what it does not show --------------------------------------------------------------------------------


def limits(view: View) -> Card:
    """Return what is taken for granted, what the report does not show, and what could not be checked."""
    w = view.words
    return Card(
        title=w("report.limits.title"),
        elements=(
            Text(w("report.limits.body")),
            *limit_lists(view),
            Buttons((_ethics(view), _why(view), _talk(view), person(view))),
        ),
        fallback=w("report.limits.fallback", department=view.department),
    )


def limit_lists(view: View) -> Iterator[Table]:
    """Yield the three lists, those that are empty left out."""
    w, report = view.words, view.report
    lists = (
        ("not_shown", "not_shown", report.not_shown),
        ("assumptions", "assumption", report.assumptions),
        ("not_checked", "not_checked", report.not_checked),
    )
    for name, prefix, keys in lists:
        if keys:
            rows = tuple((w(f"report.{prefix}.{key}"),) for key in keys)
            yield Table(w(f"report.limits.{name}"), (w("report.limits.what"),), rows)


# --- a conversation ---------------------------------------------------------------------------------------


def talk(view: View) -> Card:
    """Return five questions for a conversation with the team: what no figure can tell."""
    w = view.words
    asked = tuple(Fact(str(n), w(f"report.talk.{n}")) for n in range(1, QUESTIONS + 1))
    return Card(
        title=w("report.talk.title"),
        elements=(
            Text(w("report.talk.body")),
            Facts(asked),
            Note(w("report.talk.note")),
            Buttons((_inputs(view), person(view))),
        ),
        fallback=w("report.talk.fallback"),
    )


def _ethics(view: View) -> Button:
    return Button(view.words("button.ethics"), Action("report.ethics", view.ref), "primary")


def _why(view: View) -> Button:
    return Button(
        view.words("button.why_grade", grade=view.report.grade.value), Action("report.why", view.ref)
    )


def _inputs(view: View) -> Button:
    return Button(view.words("button.inputs"), Action("report.inputs", view.ref))


def _limits(view: View) -> Button:
    return Button(view.words("button.limits"), Action("report.limits", view.ref))


def _talk(view: View) -> Button:
    return Button(view.words("button.team_talk"), Action("report.talk", view.ref))


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
