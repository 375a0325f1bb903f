"""Efficiency and experience side by side in every report, and figures beside what people wrote."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.money import Line
from analytics.report import Theme, Voiced, build, most_frequent
from analytics.results import Withheld
from analytics.text import themes
from bot.cases import report_card, report_themes, terminal_report
from bot.cases.report_words import View
from bot.store.reports import ReadingRow
from bot.store.store import Store
from bot.talk.cards import Card, Facts
from bot.talk.language import words
from tests.bot.cases import report_kinds
from tests.bot.cases.report_firm import ITEM, SUPPORT, Firm, reading
from tests.bot.cases.report_fixtures import firm, firm_name, originals, plain_firm, store

__all__ = ["firm", "firm_name", "originals", "plain_firm", "store"]

REPORTS = report_kinds.reports()
LANGUAGES = (("en", "du"), ("de", "du"), ("de", "sie"))
MAY, JUNE = date(2026, 5, 4), date(2026, 6, 8)
LISTS = {"1": themes.builtin(), "own-3": replace(themes.builtin(), themes=themes.builtin().themes[:1])}


def view(name: str, language: tuple[str, str] = ("en", "du")) -> View:
    return View(REPORTS[name], words(*language), "job-satisfaction", ref="7", hours_by="Ana Ruiz")


def facts(card: Card) -> dict[str, tuple[str, str]]:
    return {f.label: (f.value, f.detail) for e in card.elements if isinstance(e, Facts) for f in e.items}


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_holds_both_blocks_or_says_why_one_is_not_told(name: str):
    report = REPORTS[name]

    assert set(report.money.lines) == set(Line)
    assert report.satisfaction is not None
    assert isinstance(report.satisfaction.before_after, Withheld) or report.headline.value is not None


@pytest.mark.parametrize("language", LANGUAGES, ids="-".join)
@pytest.mark.parametrize("name", REPORTS)
def test_no_report_shows_efficiency_without_experience(name: str, language: tuple[str, str]):
    seen = view(name, language)
    labels = [seen.words(f"report.pair.{side}") for side in ("efficiency", "experience")]

    shown = [f.label for e in report_card.card(seen).elements if isinstance(e, Facts) for f in e.items]

    assert shown.index(labels[1]) == shown.index(labels[0]) + 1
    assert all(all(facts(report_card.card(seen))[label]) for label in labels)
    drawn = terminal_report.drawn(seen, 80)
    assert all(re.search(rf"^{label}", drawn, re.MULTILINE) for label in labels)


def test_the_two_stand_with_their_source_and_their_range():
    said = facts(report_card.card(view("better")))

    assert said["Efficiency"] == ("40 hours saved a month", "entered by Ana Ruiz")
    assert re.fullmatch(r"Satisfaction \+\d+ points \(\+\d+ to \+\d+\)", said["Experience"][0])
    assert facts(report_card.card(view("better.bare")))["Efficiency"][0] == "hours saved: not counted"
    assert facts(report_card.card(view("too_early")))["Experience"][0].startswith("Too early, until")


# --- what people wrote ------------------------------------------------------------------------------------


def row(path: str, period: date, wave: int, **about: object) -> ReadingRow:
    base = ReadingRow(path, period, "measured", "shown", "", 0.6, 0.01, 20, 24, "share", wave_id=wave)
    return base._replace(**about)


def theme(path: str, wave: int, key: str, share: float, question: str = "pulse-comment") -> ReadingRow:
    period = MAY if wave == 5 else JUNE
    return row(
        path, period, wave, value=share, low=share - 0.1, high=share + 0.1, item=f"{question}/{key}/1/share"
    )


def test_a_figure_stands_beside_the_themes_of_its_own_wave_and_department():
    readings = [row("A", MAY, 5), row("A", JUNE, 6), row("B", MAY, 5)]
    written = [theme("A", 5, "pay", 0.6), theme("A", 6, "tools", 0.3), theme("B", 5, "pay", 0.4)]

    found = report_themes.voiced(readings, written, LISTS)

    assert {path: (v.wave, v.on, [t.key for t in v.themes]) for path, v in found.items()} == {
        "A": (6, JUNE, ["tools"]),
        "B": (5, MAY, ["pay"]),
    }


def test_a_theme_is_called_as_its_own_list_calls_it_and_one_that_this_does_not_know_has_no_name():
    readings = [row("A", JUNE, 6)]
    said = [theme("A", 6, key, 0.4) for key in ("pay", "tools")]
    own = [each._replace(item=each.item.replace("/1/", "/own-3/")) for each in said]

    found = report_themes.voiced(readings, own, LISTS)["A"].themes

    assert {one.key: one.names.get("de") for one in found} == {
        "pay": "Bezahlung und Leistungen",
        "tools": None,
    }
    assert report_themes.series(own) == {"own-3"}


def test_a_wave_whose_figure_is_withheld_brings_no_themes_of_its_own():
    readings = [row("A", MAY, 5), row("A", JUNE, 6, state="withheld", value=None)]

    assert report_themes.voiced(readings, [theme("A", 6, "pay", 0.6)], LISTS) == {}


def test_an_imported_figure_has_no_wave_and_no_themes():
    assert report_themes.latest([row("A", MAY, 0, source="imported")]) == {}


@given(st.lists(st.builds(Theme, st.sampled_from("abcde"), st.floats(0, 1), st.just(0.0), st.just(1.0))))
def test_the_most_frequent_themes_come_first_each_once(written: list[Theme]):
    found = most_frequent(written)

    shares = [one.share for one in found]
    assert shares == sorted(shares, reverse=True)
    assert len({one.key for one in found}) == len(found) == min(len({t.key for t in written}), 3)
    assert all(one.share == max(t.share for t in written if t.key == one.key) for one in found)


def test_the_card_names_them_with_their_ranges_and_the_day_of_the_survey():
    given_inputs = report_kinds.company(report_kinds.FULL)
    written = (
        Theme("workload", 0.32, 0.2, 0.46, {"en": "Workload and hours", "de": "Arbeitslast und Zeiten"}),
        Theme("gone", 0.3, 0.2, 0.4),
        Theme("pay", 0.2, 0.1, 0.3, {"en": "Pay and benefits", "de": "Bezahlung und Leistungen"}),
    )
    report = build(replace(given_inputs, voiced=Voiced(6, JUNE, written)))

    value, detail = facts(report_card.card(View(report, words("en"), "job-satisfaction")))[
        "Written about most"
    ]

    assert value == "Workload and hours 32%; Pay and benefits 20%"
    assert "8 June 2026" in detail
    assert "20 to 46%; 10 to 30%" in detail


def test_a_report_finds_them_among_the_readings(firm: Firm, store: Store):
    wave = {"source": "measured", "wave_id": 5, "value": 0.6, "n": 20, "asked": 30, "variance": 0.01}
    item = "pulse-comment/workload/1/share"
    about = {"item": item, "metric": "theme_share", "value": 0.4, "low": 0.2, "high": 0.6}
    number = store.write(lambda unit: unit.number("reading", 3))
    store.write(
        lambda unit: unit.readings.add(
            [
                reading(unit, number, SUPPORT, date(2026, 11, 2), **(wave | {"item": ITEM})),
                reading(unit, number + 1, SUPPORT, date(2026, 11, 2), **(wave | about)),
                reading(unit, number + 2, "Sales", date(2026, 11, 2), **(wave | about | {"value": 0.9})),
            ]
        )
    )

    said = facts(firm.asks(firm.heads[SUPPORT], "Support"))

    assert said["Written about most"][0] == "Workload and hours 40%"
