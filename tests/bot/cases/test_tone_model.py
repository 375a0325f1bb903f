"""What read a wave's comments: kept with the wave, known with its audit, and said beside every figure of tone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.report import Model
from analytics.text import audits, reliability
from analytics.text.english import EnglishScorer
from analytics.text.rules import Finding
from analytics.text.tone import Scored, Scorer, Tone
from bot.cases import conduct, readings, results, surveys, theming
from bot.cases.conduct import models
from bot.store.store import Store
from bot.store.unit import Unit
from bot.talk.cards import Facts
from bot.talk.language import words
from tests.fakes import FakeClock
from tests.platforms.scorers import PlainScorer
from tests.town import Town

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
VERSION = EnglishScorer().version


@pytest.mark.parametrize(("how", "noted"), [("aggregate", VERSION), ("off", "")])
def test_a_wave_keeps_what_read_its_comments(store: Store, clock: FakeClock, how: str, noted: str):
    clock.move_to(MONDAY)
    town = Town(store, clock)
    store.write(lambda unit: surveys.read_comments(unit, "operator", how))
    people = town.has("Support", 12)
    town.runs(owner=people[0])
    town.opens()
    for person in people:
        town.answers(person, job_satisfaction="4", pulse_comment="good food in the canteen")
    clock.move_to(town.wave().closes_at + timedelta(minutes=1))

    readings.close_due(store, EnglishScorer)

    assert town.wave().tone_model == noted
    assert store.read(conduct.counted).models == ((noted,) if noted else ())


def test_a_wave_that_was_read_before_models_were_noted_has_an_unknown_one(store: Store, clock: FakeClock):
    clock.move_to(MONDAY)
    town = Town(store, clock)
    people = town.has("Support", 12)
    town.runs(owner=people[0])
    town.opens()
    clock.move_to(town.wave().closes_at + timedelta(minutes=1))
    town.closes()
    store.write(lambda unit: setattr(town.wave_in(unit), "tone_model", ""))

    assert models(store.read(conduct.counted).models) == [Model("")]


def test_each_model_of_several_is_named_with_its_own_audit_or_without_one():
    kept = audits.of(VERSION)
    assert kept is not None

    found = models([f"{VERSION}, german-0"])

    errs = reliability.of(VERSION)
    assert errs is not None
    assert found == [Model(VERSION, kept.on, passed=True, wrong=errs.wrong), Model("german-0")]


# --- beside a figure of tone ------------------------------------------------------------------------------


def tone_on(town: Town, reader: int, language: str = "en") -> list[tuple[str, str]]:
    """Return each fact about tone on the card of the whole organisation."""

    def work(unit: Unit) -> list[tuple[str, str]]:
        unit.people.get(reader).locale = language
        shown = results.overview(town.caller(unit, reader), town.wave_in(unit), "")
        label = words(language)("results.label.tone_balance")
        facts = [f for e in shown.elements if isinstance(e, Facts) for f in e.items]
        return [(f.value, f.detail) for f in facts if f.label == label]

    return town.store.write(work)


def commented(store: Store, clock: FakeClock, comments: list[str], scorer: type[Scorer]) -> Town:
    clock.move_to(MONDAY)
    town = Town(store, clock)
    people = town.has("Support", len(comments) + 8)
    town.runs(owner=people[0])
    town.opens()
    for person, comment in zip(people, comments, strict=False):
        town.answers(person, job_satisfaction="4", pulse_comment=comment)
    clock.move_to(town.wave().closes_at + timedelta(minutes=1))
    readings.close_due(store, scorer)
    return town


class Unsure(PlainScorer):
    """Leaves what holds no word of its own unclear."""

    version = VERSION

    def score(self, text: str, findings: Sequence[Finding]) -> Scored:
        read = super().score(text, findings)
        return replace(read, tone=Tone.UNCLEAR) if read.tone is Tone.NEUTRAL else read


MIXED = ["good food here"] * 12 + ["bad chairs here"] * 9 + ["chairs and food are here"] * 7


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_figure_of_tone_says_whose_it_is_how_often_it_errs_and_what_stayed_unclear(
    store: Store, clock: FakeClock, language: str
):
    errs = reliability.of(VERSION)
    assert errs is not None
    town = commented(store, clock, MIXED, Unsure)

    ((_, detail),) = tone_on(town, 1, language)

    w = words(language)
    assert w("results.tone.caution", model=VERSION) in detail
    assert w("results.tone.errs", wrong=w.percent(errs.wrong)) in detail
    assert w("results.tone.unclear", share=w.percent(0.25)) in detail


def test_where_few_stayed_unclear_their_number_is_not_said(store: Store, clock: FakeClock):
    town = commented(store, clock, MIXED[:-3], Unsure)

    ((_, detail),) = tone_on(town, 1)

    assert "How many stayed unclear is not shown." in detail
    assert not [row for row in town.store.read(lambda unit: unit.readings.items()) if "/unclear/" in row[0]]


def test_a_model_of_which_nothing_is_known_here_says_so(store: Store, clock: FakeClock):
    town = commented(store, clock, MIXED, PlainScorer)

    ((_, detail),) = tone_on(town, 1)

    assert "read by plain-1. How often it errs is not known." in detail


@pytest.mark.parametrize(
    ("provenance", "wrong"),
    [
        (
            {"out_of_domain": {"at_threshold": {"decided": 0.9, "right_of_decided": 0.7, "reversed": 0.1}}},
            0.3,
        ),
        ({"out_of_domain": {}}, None),
        ({}, None),
    ],
)
def test_how_often_a_model_errs_is_what_was_measured_when_it_was_made(provenance: dict, wrong: float | None):
    found = reliability.parse(provenance)

    assert (found.wrong if found else None) == wrong


def test_comments_that_were_not_read_are_not_unclear():
    tones = [("A", "positive"), ("A", "unclear"), ("A", "language"), ("A", "no_content")]

    item, found = theming.unclear("comment", tones, Unsure())

    assert item.key == f"comment/unclear/{VERSION}/share"
    assert found == [("A", theming.SILENT), ("A", theming.SPOKEN)]
