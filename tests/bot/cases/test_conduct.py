"""How figures come about, counted from the records of a firm."""

from datetime import timedelta

from sqlmodel import select

from analytics.report import Coarse, Decided, from_json
from bot.cases import conduct, surveys
from bot.store.store import Store
from bot.store.tables import Report
from bot.store.unit import Unit
from bot.talk.cards import Action, Facts
from tests.bot.cases.report_firm import SUPPORT, Firm, shown
from tests.bot.cases.report_fixtures import firm, firm_name, originals, plain_firm, store

__all__ = ["firm", "firm_name", "originals", "plain_firm", "store"]


def away(store: Store, n: int) -> None:
    def work(unit: Unit) -> None:
        for at, person in enumerate(unit.people.employed(unit.now.date())[:n]):
            person.opted_out = at % 2 == 0
            person.paused_until = None if at % 2 == 0 else unit.now + timedelta(days=9)

    store.write(work)


def kept_reports(store: Store) -> list[Report]:
    return store.read(lambda unit: list(unit.session.exec(select(Report))))


def said(firm: Firm) -> dict[str, tuple[str, str]]:
    """Return the ethics part of the report about Support, as its head reads it."""
    firm.asks(firm.heads[SUPPORT], "Support")
    card = shown(
        firm.acts(firm.heads[SUPPORT], Action("report.ethics", str(kept_reports(firm.store)[-1].id)))
    )
    return {f.label: (f.value, f.detail) for e in card.elements if isinstance(e, Facts) for f in e.items}


def test_the_head_reads_how_fairly_the_report_was_measured(firm: Firm):
    away(firm.store, 7)

    lines = said(firm)

    # of 8 departments in 24 months those of Legal, six people, are withheld
    assert lines["Figures shown"][0] == "88 to 90% of 192"
    assert lines["Paused or opted out"][0].startswith("5 to 9 of ")
    assert lines["Tone of comments"][0] == "not read"


def test_a_pause_that_is_over_and_people_who_left_are_nobody_who_is_away(firm: Firm, store: Store):
    away(store, 7)
    firm.clock.advance(timedelta(days=30))

    counted = store.read(conduct.counted)

    assert counted.away == 4
    assert counted.people == len(store.read(lambda unit: unit.people.employed(unit.now.date())))
    assert counted.untold == counted.people


def test_that_somebody_opts_out_makes_no_new_report(firm: Firm, store: Store):
    before = said(firm)
    away(store, 9)

    after = said(firm)

    assert len(kept_reports(store)) == 1
    assert after == before


def test_what_people_decided_stands_with_its_last_day(firm: Firm, store: Store):
    store.write(lambda unit: surveys.read_comments(unit, "operator", "aggregate"))
    firm.clock.advance(timedelta(days=1))
    store.write(lambda unit: surveys.read_comments(unit, "operator", "off"))

    found = store.read(conduct.counted).decided

    assert found == (Decided("sentiment", firm.clock.now().date()),)


def test_a_stored_report_keeps_its_ethics_part(firm: Firm, store: Store):
    said(firm)

    report = from_json(kept_reports(store)[0].body)

    assert report.ethics.figures == 192
    assert report.ethics.withheld == Coarse(20, 24)
