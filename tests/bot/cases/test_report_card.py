"""Every kind of report in every language: kept well, honest, and never louder one way than the other."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.report import Kind, RoiReport
from bot.cases import report_card, report_details, report_ethics, terminal_report
from bot.cases.report_words import View, count, digits_for, fitted
from bot.talk.cards import Buttons, Card, Chart, Facts, Note, Table, Text
from bot.talk.fallback import TITLE_WORDS, violations
from bot.talk.language import words
from tests.bot.cases import report_kinds

REPORTS = report_kinds.reports()
LANGUAGES = (("en", "du"), ("de", "du"), ("de", "sie"))
CARDS = {
    "card": report_card.card,
    "why": report_details.why,
    "inputs": report_details.inputs,
    "limits": report_details.limits,
    "talk": report_details.talk,
    "ethics": report_ethics.ethics,
}

DISHONEST = re.compile(
    r"\b(no effect|without effect|caused?|causes|proves?|proven|because of the automation|significant\w*|"
    r"keine Wirkung|kein Effekt|wirkungslos|verursacht\w*|beweist|bewiesen|signifikant\w*)\b",
    re.IGNORECASE,
)
JARGON = re.compile(
    r"\b((?-i:ATT|DiD)|p-value|p-Wert|standard error|Standardfehler|confidence interval|Konfidenzintervall|"
    r"regression|placebo|counterfactual|kontrafaktisch\w*|R\d{1,2}|percentile|weighted-t\w*)\b",
    re.IGNORECASE,
)
FEELINGS = re.compile(r"\b(sorry|happy|glad|unfortunately|leider|freue?n?|toll)\b", re.IGNORECASE)


def view(report: RoiReport, language: tuple[str, str] = ("en", "du"), **seen: object) -> View:
    base = View(report, words(*language), "job-satisfaction", ref="7", hours_by="Ana Ruiz")
    return replace(base, **({"counts_hours": True, "promised": True} | seen))  # type: ignore[arg-type]  # fields of a view


def texts(card: Card) -> list[str]:
    """Return everything that a card says."""
    said = [card.title, card.fallback]
    for element in card.elements:
        match element:
            case Text(body) | Note(body):
                said.append(body)
            case Facts(items):
                said += [part for f in items for part in (f.label, f.value, f.detail)]
            case Table(caption, header, rows):
                said += [caption, *header, *(cell for row in rows for cell in row)]
            case Chart(data, summary):
                said += [data.question, data.unit, summary, *data.notes, *(s.label for s in data.series)]
            case Buttons(items):
                said += [button.label for button in items]
    return said


def lead(card: Card) -> str:
    return next(e.body for e in card.elements if isinstance(e, Text) and e.lead)


def shape(card: Card) -> list[type]:
    return [type(element) for element in card.elements]


def test_the_builder_makes_every_kind_that_a_report_can_be():
    kinds = {report.headline.kind for report in REPORTS.values()}

    assert kinds == set(Kind)
    assert all(name.split(".")[0] == report.headline.kind.value for name, report in REPORTS.items())


@pytest.mark.parametrize("language", LANGUAGES, ids="-".join)
@pytest.mark.parametrize("sees_all", [True, False])
@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("side", CARDS)
def test_every_card_keeps_the_rules_of_the_house(
    side: str, name: str, sees_all: bool, language: tuple[str, str]
):
    card = CARDS[side](view(REPORTS[name], language, sees_all=sees_all))

    assert violations(card) == []
    assert any(action.name == "human.ask" for action in card.actions())
    assert not [text for text in texts(card) if DISHONEST.search(text) or FEELINGS.search(text)]
    assert "{" not in "".join(texts(card))


@pytest.mark.parametrize("language", LANGUAGES, ids="-".join)
@pytest.mark.parametrize("name", REPORTS)
def test_no_term_of_art_stands_outside_the_details(name: str, language: tuple[str, str]):
    for side in ("card", "limits", "talk", "inputs"):
        card = CARDS[side](view(REPORTS[name], language))
        assert not [text for text in texts(card) if JARGON.search(text)]


@pytest.mark.parametrize("language", LANGUAGES, ids="-".join)
@pytest.mark.parametrize("name", REPORTS)
def test_every_term_of_the_details_has_its_explanation_beside_it(name: str, language: tuple[str, str]):
    seen = view(REPORTS[name], language)
    terms = [fact for fact in report_details.reasons(seen) if fact.label != seen.words("report.why.lowers")]

    assert terms
    assert all(fact.detail for fact in terms)


@pytest.mark.parametrize("language", LANGUAGES, ids="-".join)
@pytest.mark.parametrize("name", REPORTS)
def test_every_figure_has_its_range_its_source_or_its_doubt(name: str, language: tuple[str, str]):
    seen = view(REPORTS[name], language)
    card = report_card.card(seen)
    bare = [
        fact.label
        for element in card.elements
        if isinstance(element, Facts)
        for fact in element.items
        if re.search(r"\d", fact.value) and not fact.detail and fact.label != seen.words("report.fact.caveat")
    ]

    assert not bare
    if REPORTS[name].headline.value is not None:
        assert re.search(r"95[ -]%.*\d+.* (to|bis) .*\d", lead(card))


@pytest.mark.parametrize("language", LANGUAGES, ids="-".join)
def test_each_kind_of_refusal_has_a_sentence_of_its_own(language: tuple[str, str]):
    leads = {
        name: lead(report_card.card(view(report, language)))
        for name, report in REPORTS.items()
        if "." not in name or name.startswith(("planned", "too_small"))
    }
    # what stays of a first line when its figures are taken out
    plain = {name: re.sub(r"[\d.,−+]+", "#", text) for name, text in leads.items()}

    assert len(set(plain.values())) == len(plain)


@pytest.mark.parametrize("language", LANGUAGES, ids="-".join)
def test_good_and_bad_news_weigh_the_same(language: tuple[str, str]):
    better, worse = (report_card.card(view(REPORTS[name], language)) for name in ("better", "worse"))

    assert shape(better) == shape(worse)
    assert abs(len(lead(better)) - len(lead(worse))) <= 5
    assert better.title == worse.title
    assert lead(worse) in worse.fallback


def test_what_changed_at_the_same_time_is_named_and_cannot_act():
    card = report_card.card(view(REPORTS["better.caveats"]))
    caveats = [f.value for e in card.elements if isinstance(e, Facts) for f in e.items if f.label == "Caveat"]

    assert any("new <!channel> head" in caveat for caveat in caveats)
    assert any("by itself" in caveat for caveat in caveats)
    assert any("understated" in caveat for caveat in caveats)


def test_the_source_is_named():
    named = {
        name: next(e.body for e in report_card.card(view(REPORTS[name])).elements if isinstance(e, Note))
        for name in ("better", "better.imported", "better.made_up")
    }

    assert named["better"].startswith("Source: released survey results")
    assert named["better.imported"].startswith("Source: imported results")
    assert named["better.made_up"].startswith("Source: made-up")


def test_a_decision_sheet_leaves_costs_and_break_evens_standing():
    for name in ("too_small", "too_small.privacy", "too_early", "too_short", "too_late", "planned"):
        card = report_card.card(view(REPORTS[name]))
        labels = [f.label for e in card.elements if isinstance(e, Facts) for f in e.items]
        assert labels[:3] == ["Cost a year", "Pays by hours", "Pays by resignations"], name
        assert not re.search(r"satisfaction [+−]", " ".join(texts(card))), name


def test_money_is_written_as_the_reader_writes_it():
    english, german = (
        report_card.what_stands(view(REPORTS["too_small"], language)) for language in LANGUAGES[:2]
    )

    assert "€9," in english
    assert "(counted at half)" in english
    assert re.search(r"9\.\d{3}\s€", german)
    assert "halb gezählt" in german


def test_a_privacy_refusal_tells_neither_size_nor_reason():
    card = report_card.card(view(REPORTS["too_small.privacy"]))

    assert card.title == "Support: not shown"
    assert "I don't say which" in lead(card)
    assert "18" not in lead(card) + card.title


def test_without_the_right_to_see_all_no_button_leads_to_the_whole_company():
    for report in REPORTS.values():
        for build in CARDS.values():
            seen = {action.name for action in build(view(report, sees_all=False)).actions()}
            assert "report.overview" not in seen


@pytest.mark.parametrize("language", LANGUAGES, ids="-".join)
@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [60, 80])
def test_the_terminal_keeps_its_width_and_says_it_all(name: str, width: int, language: tuple[str, str]):
    seen = view(REPORTS[name], language)
    drawn = terminal_report.drawn(seen, width)

    assert max(len(line) for line in drawn.splitlines()) <= width
    flat = " ".join(drawn.split())
    assert " ".join(lead(report_card.card(seen)).split()) in flat
    assert not DISHONEST.search(drawn)


# --- writing figures --------------------------------------------------------------------------------------


@given(
    department=st.lists(st.text("abcäß", min_size=1, max_size=8), min_size=1, max_size=12).map(" ".join),
    name=st.lists(st.text("abcäß", min_size=1, max_size=8), min_size=1, max_size=12).map(" ".join),
)
def test_a_title_fits_whatever_things_are_called(department: str, name: str):
    for language in ("en", "de"):
        title = fitted(words(language), "report.shown.title", department=department, name=name)
        assert len(title.split()) <= TITLE_WORDS
        assert title.startswith(department.split(maxsplit=1)[0])


@given(st.floats(0.001, 1e6))
def test_a_count_never_looks_like_nothing_when_it_is_something(value: float):
    written = count(words("en"), value)

    assert re.search(r"[1-9]", written) or value <= 0.005


@given(st.lists(st.floats(-100, 100).filter(lambda x: x == 0 or abs(x) >= 0.001), min_size=3, max_size=3))
def test_a_bound_that_is_not_zero_never_looks_like_zero(values: list[float]):
    w, digits = words("en"), digits_for("points", *values)

    assert all(value == 0 or re.search(r"[1-9]", w.number(value, digits)) for value in values)
