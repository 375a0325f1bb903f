"""The ethics part of a report: in its card, its details and the terminal, without pointing at anybody."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.report import Coarse, Practice, RoiReport, build, coarse, released
from bot.cases import report_card, report_details, report_ethics, terminal_report
from bot.cases.report_ethics import facts, roughly
from bot.cases.report_words import View
from bot.talk.cards import Card, Fact, Facts
from bot.talk.language import words
from tests.bot.cases import report_kinds

REPORTS = report_kinds.reports()
LANGUAGES = (("en", "du"), ("de", "du"), ("de", "sie"))
TODAY = date(2026, 11, 26)


def view(report: RoiReport, language: tuple[str, str] = ("en", "du")) -> View:
    return View(report, words(*language), "job-satisfaction", ref="7")


def on(card: Card) -> dict[str, Fact]:
    return {f.label: f for element in card.elements if isinstance(element, Facts) for f in element.items}


def listed(name: str) -> dict[str, Fact]:
    return {fact.label: fact for fact in facts(view(REPORTS[name]))}


@pytest.mark.parametrize("language", LANGUAGES, ids="-".join)
@pytest.mark.parametrize("name", REPORTS)
def test_every_report_says_how_fairly_it_was_measured(name: str, language: tuple[str, str]):
    seen = view(REPORTS[name], language)
    lines = tuple(facts(seen))

    assert seen.words("report.fact.ethics") in on(report_card.card(seen))
    assert all(line.label and line.value and line.detail for line in lines)
    assert len(lines) >= 8
    drawn = " ".join(terminal_report.drawn(seen, 80).split())
    assert seen.words("report.ethics.title") in drawn
    assert all(" ".join(line.label.split()[:1]) in drawn for line in lines)


def test_the_limits_lead_to_it():
    card = report_details.limits(view(REPORTS["better"]))

    assert "report.ethics" in [action.name for action in card.actions()]


def test_what_is_withheld_is_said_roughly_and_beside_what_is_shown():
    line = listed("better")["Figures shown"]

    assert line.value == "89 to 92% of 126"
    assert "Not shown: 10 to 14; in words only: 5 to 9." in line.detail


def test_few_who_opted_out_are_fewer_than_five_of_everybody():
    line = listed("better")["Paused or opted out"]

    assert line.value == "fewer than 5 of 214 people"
    assert "never by department" in line.detail


def test_a_recent_audit_that_was_passed_is_named_with_its_day():
    said = listed("better")

    assert "Warning" not in said
    assert "Bias audit of english-1: passed on 20 January 2026." in said["Tone of comments"].detail
    assert on(report_card.card(view(REPORTS["better"])))["Fairness"].detail == (
        "Bias audit of english-1: passed on 20 January 2026."
    )


def test_a_missing_failed_or_old_audit_is_a_warning_that_comes_first_and_stands_on_the_card():
    lines = [*facts(view(REPORTS["better.warned"]))]

    warned = [line.value for line in lines if line.label == "Warning"]
    assert [line.label for line in lines[:4]] == ["Warning"] * 4
    assert warned == [
        "Bias audit of english-1: out of date, made on 20 January 2025.",
        "Bias audit of english-2: not passed on 1 July 2026.",
        "Bias audit of english-9: none was made.",
        "Bias audit of an unknown model: none was made.",
    ]
    assert on(report_card.card(view(REPORTS["better.warned"])))["Fairness"].detail == " ".join(warned)


def test_without_a_model_nothing_was_read():
    report = build(replace(report_kinds.company(report_kinds.FULL), practice=Practice(shown=5, people=30)))

    said = {fact.label: fact for fact in facts(view(report))}

    assert said["Tone of comments"].value == "not read"
    assert on(report_card.card(view(report)))["Fairness"].detail == "No machine read the comments."


def test_decisions_of_people_stand_with_their_day():
    line = listed("better")["Decided by people"]

    assert line.value == "going live (3 February 2025); whether comments are read (4 March 2025)"


def test_it_is_never_netted_against_the_money():
    quiet = replace(report_kinds.company(report_kinds.FULL), practice=Practice())

    assert build(quiet).money == REPORTS["better"].money


NUMBERS = st.integers(10, 300).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(NUMBERS, NUMBERS, NUMBERS)
def test_any_other_number_of_a_class_reads_the_same(
    away: tuple[int, int], untold: tuple[int, int], withheld: tuple[int, int]
):
    """Whoever reads all of it learns no more than the classes."""

    def read(*numbers: int) -> list[Fact]:
        gone, new, hidden = numbers
        shown = withheld[1] - hidden
        practice = Practice(shown, 0, hidden, people=max(away[1], untold[1]), away=gone, untold=new)
        return [*report_ethics.shared(words("en"), released(practice, TODAY), rate=None)]

    people = max(away[1], untold[1])
    lowest = (coarse(away[0], people).low, coarse(untold[0], people).low, coarse(*withheld).low)

    assert read(away[0], untold[0], withheld[0]) == read(*lowest)


@pytest.mark.parametrize(
    ("said", "english"),
    [
        (Coarse(0, 4), "fewer than 5"),
        (Coarse(5, 9), "5 to 9"),
        (Coarse(35, None), "35 or more"),
        (Coarse(0, None), "a number too small to say"),
    ],
)
def test_a_rough_number_has_words(said: Coarse, english: str):
    assert roughly(words("en"), said) == english


def test_the_card_of_a_report_that_was_stored_by_an_older_version_of_the_model_cannot_act():
    report = build(
        replace(
            report_kinds.company(report_kinds.FULL),
            practice=Practice(models=(replace(report_kinds.AUDITED, version="<!channel> *x*" * 9),)),
        )
    )

    said = [*facts(view(report))]

    assert not [line for line in said if re.search(r"<!channel>.{60}", line.value)]
