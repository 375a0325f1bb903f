"""A wave keeps what read its comments, and a model is known with its audit."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.report import Model
from analytics.text import audits
from analytics.text.english import EnglishScorer
from bot.cases import conduct, readings, surveys
from bot.cases.conduct import models
from bot.store.store import Store
from tests.fakes import FakeClock
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

    found = models([f"{VERSION}+german-0"])

    assert found == [Model(VERSION, kept.on, passed=True), Model("german-0")]
