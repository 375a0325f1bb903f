"""How fairly figures came about, in words: in a report's card, in its details, and for the whole organisation.

Each line stands with what it means. A model without a recent audit that was passed is a warning, and comes first.
"""

from collections.abc import Iterator
from datetime import date

from analytics.report import AuditState, Coarse, Ethics
from analytics.report.ethics import Reader
from bot.cases.report_words import View
from bot.talk.cards import Action, Button, Buttons, Card, Fact, Facts, Note, Text
from bot.talk.inert import inert
from bot.talk.language import Words

LONGEST_VERSION = 40


def ethics(view: View) -> Card:
    """Return the ethics part of a report."""
    w = view.words
    why = Button(w("button.why_grade", grade=view.report.grade.value), Action("report.why", view.ref))
    limits = Button(w("button.limits"), Action("report.limits", view.ref))
    return sheet(w, tuple(facts(view)), view.report.about.made_on, (why, limits))


def sheet(w: Words, shown: tuple[Fact, ...], on: date, buttons: tuple[Button, ...] = ()) -> Card:
    """Return facts about how figures came about as a card, as they were on a day."""
    person = Button(w("button.person"), Action("human.ask"))
    return Card(
        title=w("report.ethics.title"),
        elements=(
            Text(w("report.ethics.body")),
            Facts(shown),
            Note(w("report.ethics.note", date=w.day(on, year=True))),
            Buttons((*buttons, person)),
        ),
        fallback=w("report.ethics.fallback"),
    )


def brief(view: View) -> Fact:
    """Return the one line that stands on the report's card itself: what is shown, and any warning."""
    w, found = view.words, view.report.ethics
    said = [warning(w, one) for one in found.warnings] or [_tone_in_short(w, found)]
    value = _shown(w, found, "report.ethics.brief", "report.ethics.brief.between")
    return Fact(w("report.fact.ethics"), value, " ".join(said))


def facts(view: View) -> Iterator[Fact]:
    """Yield every line of a report's ethics part, warnings first."""
    w, report = view.words, view.report
    yield from shared(w, report.ethics, rate=report.satisfaction.checks.response_rate)


def shared(w: Words, found: Ethics, *, rate: float | None, answered: bool = True) -> Iterator[Fact]:
    """Yield the lines of a report or of the whole organisation.

    Parameters
    ----------
    w, found
        The reader's words, and what is known.
    rate
        The response rate, as far as it is released.
    answered
        Whether there is to be a line about who answered.
    """
    for one in found.warnings:
        yield Fact(w("report.ethics.warning"), warning(w, one), w("report.ethics.warning.detail"))
    yield _figures(w, found)
    if answered:
        value = w("details.report.unchecked") if rate is None else w.percent(rate)
        yield Fact(w("report.ethics.answered"), value, w("report.ethics.answered.detail"))
    yield _asked(w, found)
    yield Fact(w("report.ethics.told"), *_told(w, found))
    yield Fact(w("report.ethics.away"), _people(w, found.away, found.people), w("report.ethics.away.detail"))
    yield _tone(w, found)
    yield _decided(w, found)
    unused = w.join([w(f"report.ethics.unused.{key}") for key in found.not_used])
    yield Fact(w("report.ethics.unused"), unused, w("report.ethics.unused.detail"))


def roughly(w: Words, said: Coarse) -> str:
    """Write a number that is said roughly."""
    if said.low == 0 and said.high is None:
        return w("report.ethics.unsaid")
    if said.low == 0:
        return w("report.ethics.fewer", n=(said.high or 0) + 1)
    if said.high is None:
        return w("report.ethics.from", low=said.low)
    return w("report.span", low=w.number(said.low), high=w.number(said.high))


def warning(w: Words, one: Reader) -> str:
    """Say what is wrong with the audit of a model that read comments."""
    day = w.day(one.audited_on, year=True) if one.audited_on else ""
    return w(f"report.ethics.audit.{one.audit.value}.warning", model=_name(w, one), date=day)


def _name(w: Words, one: Reader) -> str:
    return inert(one.version, LONGEST_VERSION) or w("report.ethics.unnamed")


def _shown(w: Words, found: Ethics, one: str, between: str) -> str:
    """Write the share of figures shown as a number; it says no more than the rough number of the others does."""
    if not found.figures:
        return w("report.ethics.figures.none")
    least, most = (_share_shown(found, said) for said in (_most(found), found.withheld.low))
    if least == most:
        return w(one, share=w.percent(least), n=found.figures)
    return w(between, low=w.number(100 * least), high=w.percent(most), n=found.figures)


def _most(found: Ethics) -> int:
    return found.figures if found.withheld.high is None else found.withheld.high


def _share_shown(found: Ethics, withheld: int) -> float:
    return max(found.figures - withheld, 0) / found.figures


def _figures(w: Words, found: Ethics) -> Fact:
    label = w("report.ethics.figures")
    value = _shown(w, found, "report.ethics.figures.one", "report.ethics.figures.value")
    if not found.figures:
        return Fact(label, value, w("report.ethics.figures.none.detail"))
    parts = {"withheld": roughly(w, found.withheld), "words": roughly(w, found.in_words)}
    return Fact(label, value, w("report.ethics.figures.detail", **parts))


def _asked(w: Words, found: Ethics) -> Fact:
    value = w("report.ethics.asked.value", n=found.surveys, minutes=w.number(found.minutes))
    return Fact(w("report.ethics.asked"), value, w("report.ethics.asked.detail"))


def _told(w: Words, found: Ethics) -> tuple[str, str]:
    untold = _people(w, found.untold, found.people)
    return w("report.ethics.told.value"), w("report.ethics.told.detail", untold=untold)


def _people(w: Words, said: Coarse | None, people: int | None) -> str:
    if said is None or people is None:
        return w("report.ethics.unknown")
    return w("report.ethics.of", some=roughly(w, said), n=people)


def _tone(w: Words, found: Ethics) -> Fact:
    label = w("report.ethics.tone")
    if not found.readers:
        return Fact(label, w("report.ethics.tone.off"), w("report.ethics.tone.off.detail"))
    names = w.join([_name(w, one) for one in found.readers])
    detail = " ".join([w("report.ethics.tone.detail"), *_errors(w, found), *_passed(w, found)])
    return Fact(label, w("report.ethics.tone.value", models=names), detail)


def _tone_in_short(w: Words, found: Ethics) -> str:
    if not found.readers:
        return w("report.ethics.tone.off.short")
    return " ".join(_passed(w, found))


def _errors(w: Words, found: Ethics) -> Iterator[str]:
    for one in found.readers:
        if one.wrong is not None:
            yield w("report.ethics.tone.errs", model=_name(w, one), wrong=w.percent(one.wrong))


def _passed(w: Words, found: Ethics) -> Iterator[str]:
    for one in found.readers:
        if one.audit is AuditState.PASSED and one.audited_on is not None:
            day = w.day(one.audited_on, year=True)
            yield w("report.ethics.audit.passed", model=_name(w, one), date=day)


def _decided(w: Words, found: Ethics) -> Fact:
    each = [
        w(
            "report.ethics.decided.on",
            what=w(f"report.ethics.decided.{one.key}"),
            date=w.day(one.on, year=True),
        )
        for one in found.decided
    ]
    value = "; ".join(each) if each else w("report.ethics.decided.none")
    return Fact(w("report.ethics.decided"), value, w("report.ethics.decided.detail"))
