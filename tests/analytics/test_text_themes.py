import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text import themes
from analytics.text.themes import (
    LANGUAGES,
    Taxonomy,
    TaxonomyError,
    builtin,
    clauses,
    load,
    names,
    themes_of,
    uncovered,
)

SMALL = """
version = 3
[[theme]]
key = "tea"
name = {{ en = "Tea", de = "Tee" }}
about = {{ en = "Hot water", de = "Heißes Wasser" }}
en = {en}
de = ["tee*"]
not = {{ en = ["tea time"], de = [] }}
positive = {{ en = ["Good tea"], de = ["Guter Tee"] }}
negative = {{ en = ["Bad tea"], de = ["Schlechter Tee"] }}
"""

JUDGED = [
    ("en", "They pay peanuts", "pay"),
    ("en", "A 13th salary would be nice", "pay"),
    ("en", "After six years I am still in the same grade, no promotion", "growth"),
    ("en", "I'd like to learn more about the business", "growth"),
    ("en", "My boss never has time for us", "leadership"),
    ("en", "upper management has no idea what we do", "leadership"),
    ("en", "Hard work isn't appreciated", "fairness"),
    ("en", "Some are treated better than others", "fairness"),
    ("en", "Please let us work from home on Fridays", "flexibility"),
    ("en", "Getting vacation approved is a fight", "flexibility"),
    ("en", "VPN drops every hour", "tools"),
    ("en", "five forms for one pen, what a bureaucracy", "tools"),
    ("en", "I stay until nine every day, the pressure is killing us", "workload"),
    ("en", "We are understaffed", "workload"),
    ("en", "Lovely colleagues", "team"),
    ("en", "there is a lot of gossip", "team"),
    ("en", "Everybody fears the next layoff", "security"),
    ("en", "My contract is fixed-term again", "security"),
    ("en", "We hear about changes from the press, no transparency", "communication"),
    ("en", "Nobody listens", "communication"),
    ("en", "My buddy showed me everything in the first week", "onboarding"),
    ("en", "There is no documentation whatsoever", "onboarding"),
    ("en", "Coffee is awful", "facilities"),
    ("en", "The office chairs hurt my back", "facilities"),
    ("en", "Salary is ok, but meetings all day", "pay communication"),
    ("en", "I love it here", ""),
    ("en", "All fine", ""),
    ("en", "Keep going like this", ""),
    ("en", "I am tired of Mondays", ""),
    ("en", "Pay attention to what people say", ""),
    ("de", "Für das Geld macht das bald keiner mehr", "pay"),
    ("de", "Der Lohn kommt immer pünktlich", "pay"),
    ("de", "Man kann hier nicht aufsteigen, keine Karriere", "growth"),
    ("de", "Ich würde gern eine Weiterbildung machen", "growth"),
    ("de", "Meine Chefin steht hinter uns", "leadership"),
    ("de", "Die Geschäftsführung entscheidet über unsere Köpfe", "leadership"),
    ("de", "Wer laut ist, wird bevorzugt", "fairness"),
    ("de", "Es fehlt an Wertschätzung", "fairness"),
    ("de", "Zwei Tage Homeoffice wären gut", "flexibility"),
    ("de", "Mein Urlaub wurde gestrichen", "flexibility"),
    ("de", "Der Rechner braucht zehn Minuten zum Starten", "tools"),
    ("de", "Für alles ein Formular", "tools"),
    ("de", "Wir machen seit Wochen Überstunden", "workload"),
    ("de", "Die Nachtschichten gehen an die Substanz", "workload"),
    ("de", "Der Zusammenhalt ist großartig", "team"),
    ("de", "Unter den Kollegen wird viel gelästert", "team"),
    ("de", "Mein Vertrag ist schon wieder befristet", "security"),
    ("de", "Alle reden vom Stellenabbau", "security"),
    ("de", "Wir erfahren alles als Letzte, keine Transparenz", "communication"),
    ("de", "Auf Mails kommt keine Antwort", "communication"),
    ("de", "Die Einarbeitung bestand aus einem Ordner", "onboarding"),
    ("de", "Es gibt keine Schulungen", "onboarding"),
    ("de", "Das Kantinenessen ist kalt", "facilities"),
    ("de", "Zu wenig Parkplätze", "facilities"),
    ("de", "Gehalt gut, aber das Klima ist schlecht", "pay team"),
    ("de", "Alles gut", ""),
    ("de", "Weiter so", ""),
    ("de", "Es lohnt sich, hier zu sein", ""),
    ("de", "Das beeindruckt mich", ""),
]  # fmt: skip
"""Replies judged by hand, none of them an example of the taxonomy: language, reply, themes."""


def small(en: str = '["tea*"]') -> str:
    return SMALL.format(en=en)


def test_there_are_the_twelve_themes_of_work_in_each_language():
    assert [theme.key for theme in builtin().themes] == [
        "pay",
        "growth",
        "leadership",
        "fairness",
        "flexibility",
        "tools",
        "workload",
        "team",
        "security",
        "communication",
        "onboarding",
        "facilities",
    ]
    for language in LANGUAGES:
        assert len(set(names(builtin(), language).values())) == 12
    assert names(builtin(), "fr") == names(builtin(), "en")


@pytest.mark.parametrize(("language", "reply", "expected"), JUDGED)
def test_a_reply_judged_by_hand_is_read_so(language: str, reply: str, expected: str):
    assert set(themes_of(reply, language, builtin())) == set(expected.split())


@pytest.mark.parametrize(
    ("reply", "parts"),
    [
        ("Great team but low pay", [("Great team", ("team",)), ("low pay", ("pay",))]),
        ("Good tools; bad food.", [("Good tools", ("tools",)), ("bad food", ("facilities",))]),
        ("version 3.2 of the tool is slow", [("version 3.2 of the tool is slow", ("tools",))]),
        ("butter, buttons", [("butter, buttons", ())]),
        (" ... !? ", []),
        ("", []),
    ],
)
def test_each_clause_is_read_for_itself(reply: str, parts: list[tuple[str, tuple[str, ...]]]):
    assert [(clause.text, clause.themes) for clause in clauses(reply, "en", builtin())] == parts


@pytest.mark.parametrize(
    ("patterns", "reply", "found"),
    [
        ('["tea*"]', "TEAPOTS", True),
        ('["tea*"]', "steam", False),
        ('["*tea*"]', "steam", True),
        ('["tea", "Good tea"]', "the téa", True),
        ('["no _ sugar", "tea"]', "no, really no sugar", True),
        ('["no _ sugar", "tea"]', "no one here ever takes sugar", False),
        ('["hot tea", "tea"]', "hot-tea", True),
        ('["tea"]', "at tea time we talk", False),
        ('["tea"]', "tea time, and more tea", True),
    ],
)
def test_a_pattern_means_what_the_file_says(patterns: str, reply: str, found: bool):
    assert bool(themes_of(reply, "en", load(small(patterns), "small.toml"))) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = ", "no TOML"),
        ("version = 1", "1 to 40 themes"),
        (small().replace("version = 3", "version = 0"), "whole number"),
        (small() + "colour = 1", "nothing else"),
        (small().replace('key = "tea"', 'key = "Tea time"'), "no key"),
        (small('["tea _"]'), "begin and end"),
        (small('["_ tea"]'), "no pattern"),
        (small('["(a+)+$"]'), "no pattern"),
        (small('["t*a"]'), "no pattern"),
        (small("[]"), "patterns are needed"),
        (small("[3]"), "is a text"),
        (small(f'["{"x" * 61}"]'), "at most 60"),
        (small('["coffee"]'), "its own example “Good tea”"),
        (small().replace('de = "Tee"', 'fr = "Thé"'), "en and de"),
        (small().replace('"Guter Tee"', "7").replace('["tee*"]', '"tee*"'), "patterns are needed"),
        (small() + small().partition("3\n")[2], "same key"),
    ],
)
def test_a_taxonomy_that_can_not_be_used_is_refused_with_the_place_and_the_reason(text: str, said: str):
    with pytest.raises(TaxonomyError, match=re.escape(said)) as refused:
        load(text, "mine.toml")

    assert "mine.toml" in str(refused.value)


def test_what_no_theme_covers_is_what_nobody_has_read():
    replies = [("low pay", "en"), ("I love it here", "en"), ("Weiter so", "de"), ("Zu laut", "de")]

    assert uncovered(replies, builtin()) == ["I love it here", "Weiter so"]


anything = st.text(max_size=300) | st.lists(
    st.sampled_from(["pay", "low", "but", "Chef", "aber", "laut", ".", ";", "\n", "work-life", "balance", "😀"])
).map(" ".join)  # fmt: skip


@given(anything, st.sampled_from([*LANGUAGES, "fr", "und"]))
def test_any_text_has_themes_of_the_list_in_its_order_and_those_of_its_clauses(text: str, language: str):
    found = themes_of(text, language, builtin())

    order = [theme.key for theme in builtin().themes]
    assert list(found) == [key for key in order if key in found]
    assert set(found) == {key for clause in clauses(text, language, builtin()) for key in clause.themes}
    assert language in LANGUAGES or not found


@given(anything)
def test_case_and_accents_make_no_difference(text: str):
    assert themes.fold(text) == themes.fold(themes.fold(text))


@pytest.mark.parametrize("piece", ["a", "pay ", "but ", "no ", ". ", "work ", "-", "é", "laut "])
def test_only_so_much_of_a_long_text_is_read(piece: str):
    long = piece * (1_000_000 // len(piece))

    assert sum(len(clause.text) for clause in clauses(long, "en", builtin())) <= 2_000


def test_without_themes_nothing_is_found():
    assert themes_of("low pay", "en", Taxonomy("none/0", ())) == ()
