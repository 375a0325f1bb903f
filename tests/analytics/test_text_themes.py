import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text import themes
from analytics.text.theme_checks import broad
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
        (small().replace('["tee*"]', '"tee*"'), "patterns are needed"),
        (small().replace('"Guter Tee"', "7"), "positive.de: a text on one line"),
        (small().replace('["Guter Tee"]', '"Guter Tee"'), "a list of at most 50 examples"),
        (small().replace('"Guter Tee"', "").replace('"Schlechter Tee"', ""), "at least one example in de"),
        (small().replace('en = "Tea"', 'en = "Tea\\u202e"'), "name.en: a text on one line"),
        (small().replace('en = "Tea"', f'en = "{"x" * 61}"'), "at most 60 characters"),
        (small().replace("version = 3", "version = true"), "whole number"),
        (small('["tea*", "a _ b _ c _ d"]'), "more than 2 gaps"),
        (small('["tea*", "a _ _ b"]'), "no pattern"),
        (small('["tea*", "tea time"]'), "“tea time” is taken out by the theme's own not"),
        ("x = " + "[" * 100_000, "no TOML"),
        ("#" * 200_001, "longer than 200000"),
        (small() + small().partition("3\n")[2], "same key"),
        (small() + small().partition("3\n")[2].replace('"tea"', '"tee"', 1), "same name in en"),
    ],
)
def test_a_taxonomy_that_can_not_be_used_is_refused_with_the_place_and_the_reason(text: str, said: str):
    with pytest.raises(TaxonomyError, match=re.escape(said)) as refused:
        load(text, "mine.toml")

    assert "mine.toml" in str(refused.value)


def two(first: str, second: str, *, misleading: str = "[]") -> str:
    """Return two themes whose English patterns these are; each finds its first pattern, which is a word."""
    themes_in = []
    for key, patterns, not_ in (("one", first, "[]"), ("two", second, misleading)):
        word = re.findall(r'"(\w+)', patterns)[0]
        both = f'{{ en = ["{word}"], de = ["{key}"] }}'
        themes_in.append(
            f'[[theme]]\nkey = "{key}"\nname = {{ en = "{key}", de = "{key}" }}\n'
            f'about = {{ en = "{key}", de = "{key}" }}\nen = {patterns}\nde = ["{key}"]\n'
            f"not = {{ en = {not_}, de = [] }}\npositive = {both}\nnegative = {both}\n"
        )
    return "version = 1\n" + "\n".join(themes_in)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('["pay"]', '["pay", "kathi"]'),
        ('["pay*"]', '["pay", "kathi"]'),
        ('["salary"]', '["cash", "*alar*"]'),
        ('["pay", "nonsense"]', '["cash", "kathi", "p*"]'),
        ('["pay"]', '["cash", "more pay", "no _ pay"]'),
    ],
)
def test_no_theme_may_find_what_another_finds_and_a_little_more(first: str, second: str):
    with pytest.raises(TaxonomyError, match=r"is found by .* too") as refused:
        load(two(first, second), "mine.toml")

    assert re.search(r"mine\.toml, theme [12] \(line \d+\), en: “", str(refused.value))


def test_a_pattern_of_two_themes_can_be_given_to_one_of_them():
    taxonomy = load(two('["pay", "pay rise"]', '["rise*"]', misleading='["pay rise"]'), "mine.toml")

    assert themes_of("a pay rise", "en", taxonomy) == ("one",)
    assert themes_of("prices rise", "en", taxonomy) == ("two",)


def test_the_line_of_a_refused_theme_is_named():
    text = two('["pay"]', '["food", "fo(od"]')

    with pytest.raises(TaxonomyError) as refused:
        load(text, "mine.toml")

    line = int(re.findall(r"line (\d+)", str(refused.value))[0])
    assert text.splitlines()[line - 1 : line + 1] == ["[[theme]]", 'key = "two"']


words = st.from_regex(r"\*?[ab]{1,3}\*?", fullmatch=True)
patterns = st.lists(st.lists(words, min_size=1, max_size=6), min_size=1, max_size=6)
gaps = st.sampled_from([" ", " _ ", "  "])
hostile = st.lists(
    st.sampled_from(["a", "b", "ab", "aab", "c", " ", " ", "-", "'", "_", "é", "ä", "\u0301", "but ", ". "]),
    max_size=12,
).map(lambda parts: ("".join(parts) * 2_000)[:2_000])


@given(patterns, gaps, st.text(max_size=50) | hostile)
def test_whatever_taxonomy_is_accepted_reads_any_text_in_short_time(
    made: list[list[str]], gap: str, text: str
):
    quoted = ", ".join(f'"{gap.join(parts)}"' for parts in made)
    example = " ".join(made[0]).replace("*", "")
    try:
        taxonomy = load(small(f"[{quoted}]").replace("Good tea", example).replace("Bad tea", example), "f")
    except TaxonomyError:
        assert gap == " _ "
        assert max(map(len, made)) > 1 + themes.MOST_GAPS
        return

    begun = process_time()
    found = themes_of(text, "en", taxonomy)

    assert process_time() - begun < 1
    assert set(found) <= {"tea"}


@pytest.mark.parametrize(
    "pattern",
    ["*a* *a* *a* *a* *a* *a* *a* *a* b", "*a*", "a _ a _ a b", "*a* _ *a* _ *a* *b", "*aaa* a* c"],
)
@pytest.mark.parametrize("piece", ["a", "ab", "a ", "aab ", "a-", "aaaaaaaaaaaaaaaaaaaaaaab ", "a_"])
def test_no_text_keeps_a_pattern_busy(pattern: str, piece: str):
    taxonomy = load(small(f'["tea", "{pattern}"]'), "f")

    begun = process_time()
    themes_of(piece * 2_000, "en", taxonomy)

    assert process_time() - begun < 1


def fits(pattern: str, text: str) -> bool:
    """Return what a pattern means, word by word, the slow and plain way."""
    said = re.findall(r"\w+", text)
    wanted = pattern.split()

    def from_(at: int, left: list[str]) -> bool:
        if not left:
            return True
        if left[0] == "_":
            return any(from_(at + skipped, left[1:]) for skipped in range(3))
        shape = re.escape(left[0]).replace(r"\*", r"\w*")
        return at < len(said) and bool(re.fullmatch(shape, said[at])) and from_(at + 1, left[1:])

    return any(from_(at, wanted) for at in range(len(said)))


@given(
    st.lists(words, min_size=1, max_size=3),
    gaps,
    st.lists(st.text("ab", min_size=1, max_size=6), max_size=8).map(" ".join),
)
def test_a_pattern_finds_what_it_means_word_by_word(made: list[str], gap: str, text: str):
    pattern = gap.join(made)
    taxonomy = load(small(f'["tea", "{pattern}"]'), "f")

    assert bool(themes_of(text, "en", taxonomy)) == fits(pattern, text)


def test_an_own_version_is_never_one_of_ours():
    own = themes.own(themes.builtin_text(), 2)

    assert [theme.key for theme in own.themes] == [theme.key for theme in builtin().themes]
    assert own.series == "own-2"
    assert builtin().series == "2"


def test_a_theme_that_finds_all_kinds_of_things_is_named():
    text = two('["pay", "*e*", "i*"]', '["canteen"]', misleading='["xx"]').replace('"i*"', '"*n*"')
    taxonomy = load(text.replace('["canteen"]', '["xy"]'), "mine.toml")

    assert [(one.theme, one.language) for one in broad(taxonomy)] == [("one", "en")]
    assert broad(builtin()) == ()


def test_names_are_those_of_the_language_however_formal():
    assert names(builtin(), "de-formal") == names(builtin(), "de") != names(builtin(), "en")


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
