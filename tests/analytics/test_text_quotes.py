"""What may be quoted, and what never: each rule by what it lets pass and what it refuses."""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text import quotes
from analytics.text.quotes import Comment, Fewest, Reason, Shared, choose, evened, reasons_against
from analytics.text.tone import Tone
from tests.canary import WORD

FEWEST = Fewest(comments=10, consents=5)
PAY = {"pay": Tone.NEGATIVE}
PLAIN = "the pay is too low for this work"
PLAIN_DE = "das Gehalt ist zu niedrig für diese Arbeit"
PLACES = ("Operations/Support", "Lyon")


def said(text: str, language: str = "en", *, consented: bool = True, tones: dict[str, Tone] = PAY) -> Comment:
    return Comment(text, language, consented, tones)


def crowd(n: int, text: str = PLAIN, language: str = "en", *, consented: bool = True) -> list[Comment]:
    return [said(text, language, consented=consented) for _ in range(n)]


def against(text: str, language: str = "en", among: Sequence[Comment] = (), **about: Any) -> set[Reason]:
    """Return why a comment among twelve plain ones would not be quoted."""
    one = said(text, language, **about)
    plain = crowd(12, PLAIN_DE if language == "de" else PLAIN, language)
    return set(reasons_against(one, Shared.of([*plain, *among, one], PLACES)))


def drawn(comments: Sequence[Comment], seed: int = 1, fewest: Fewest = FEWEST) -> list[str]:
    return [quote.text for quote in choose(comments, PLACES, fewest, Random(seed))]


# --- what passes, and in which form ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (PLAIN, "en"),
        ("We have too many meetings and not enough time for the real work.", "en"),
        ("I'm happy with my manager, she listens and helps when things get hard", "en"),
        ("My manager's feedback helps!", "en"),
        (PLAIN_DE, "de"),
        ("Wir haben zu viele Besprechungen und zu wenig Zeit für die eigentliche Arbeit", "de"),
        ("Die Zusammenarbeit im Team ist gut, danke dafür!", "de"),
    ],
)
def test_a_plain_sentence_of_somebody_who_said_yes_may_be_quoted(text: str, language: str):
    assert against(text, language) == set()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("THE PAY IS BAD!!!", "The pay is bad."),
        ("the pay... is it fair???", "The pay. Is it fair?"),
        ("pay is bad, really bad 😡 :tada:", "Pay is bad, really bad."),
        ("no overtime,, the shifts - all - are good,", "No overtime, the shifts, all, are good."),
        ("i'm tired; (really) -- tired", "I'm tired. Really, tired."),
        ("The manager’s plan isn’t clear", "The manager's plan isn't clear."),
    ],
)
def test_the_way_of_writing_is_evened_out(written: str, shown: str):
    assert evened(written, Shared.of(crowd(10), ())) == shown


def test_german_words_get_the_spelling_of_the_list_or_of_most_people():
    quoted = said("DIE ARBEIT und das schichtmodell sind fuer mich gut", "de")
    shared = Shared.of([*crowd(3, "Schichtmodell und Arbeit", "de"), *crowd(9, PLAIN_DE, "de"), quoted], ())

    assert evened(quoted.text, shared) == "Die Arbeit und das Schichtmodell sind für mich gut."


# --- what is refused --------------------------------------------------------------------------------------


def test_without_a_yes_nothing_is_quoted():
    assert against(PLAIN, consented=False) == {Reason.CONSENT}


@pytest.mark.parametrize("language", ["de", "fr", ""])
def test_a_language_that_is_not_that_of_most_is_refused(language: str):
    shared = Shared.of(crowd(12), ())

    assert Reason.LANGUAGE in reasons_against(said(PLAIN, language), shared)


def test_where_no_language_is_that_of_most_nothing_is_quoted():
    even = [*crowd(8), *crowd(8, PLAIN_DE, "de")]

    assert drawn(even) == []
    assert drawn([*even, said(PLAIN)]) == ["The pay is too low for this work."]


@pytest.mark.parametrize(("words", "refused"), [(2, True), (3, False), (40, False), (41, True)])
def test_a_quote_has_three_to_forty_words(words: int, refused: bool):
    assert (Reason.LENGTH in against(" ".join(["work"] * words))) is refused


@pytest.mark.parametrize(
    "tones", [{}, {"pay": Tone.NEGATIVE, "team": Tone.POSITIVE}, {"pay": Tone.NO_CONTENT}]
)
def test_what_speaks_of_no_theme_or_of_several_is_not_quoted(tones: dict[str, Tone]):
    assert against(PLAIN, tones=tones) == {Reason.THEME}


@pytest.mark.parametrize("token", ["‹name›", "‹e-mail›", "‹phone›", "‹amount›", "‹link›", "‹person›"])
def test_what_something_personal_was_taken_out_of_is_not_quoted(token: str):
    assert Reason.MASKED in against(f"{PLAIN} {token}")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I am the only one who does this work", "en"),
        ("nobody else can do this work and the pay is low", "en"),
        ("as a new colleague I need more help", "en"),
        ("since I joined the pay is the same", "en"),
        ("my first year was hard and the pay is low", "en"),
        ("the CEO does not listen to us", "en"),
        ("the head of our team is unfair", "en"),
        ("Als einzige habe ich hier keine Pause", "de"),
        ("Ich bin die neue und brauche mehr Hilfe", "de"),
        ("Außer mir macht das niemand", "de"),
        ("Seit ich hier bin ist das Gehalt gleich", "de"),
        ("Der Betriebsrat hört uns nicht", "de"),
        ("Als Teilzeitkraft bekomme ich weniger Gehalt", "de"),
    ],
)
def test_what_says_what_somebody_is_here_is_not_quoted(text: str, language: str):
    assert Reason.ROLE in against(text, language)


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("the pay is the same for 3 years", "en", Reason.NUMBER),
        ("the pay is the same for three years", "en", Reason.NUMBER),
        ("the pay is the same for ³ years", "en", Reason.NUMBER),
        ("Seit fünf Jahren das gleiche Gehalt", "de", Reason.NUMBER),
        ("the pay came late on Monday", "en", Reason.DATE),
        ("Das Gehalt kam im März zu spät", "de", Reason.DATE),
        ("in Lyon the pay is low", "en", Reason.PLACE),
        ("the pay in operations is low", "en", Reason.PLACE),
        ("I think Will gets more pay than us", "en", Reason.NAME),
        ("the pay of women is low", "en", Reason.IDENTITY),
        ("the pay is low and I am pregnant", "en", Reason.IDENTITY),
        ("Muslime bekommen weniger Gehalt", "de", Reason.IDENTITY),
        ("Mit Kindern reicht das Gehalt nicht", "de", Reason.IDENTITY),
        ("the pay is shit and we work hard", "en", Reason.OFFENSIVE),
        ("Mein Chef ist ein Idiot", "de", Reason.OFFENSIVE),
        ("the pay is low and I want to kill myself", "en", Reason.SIGN),
        ("Ich bin am Ende und schaffe das nicht mehr", "de", Reason.SIGN),
    ],
)
def test_what_points_to_somebody_or_hurts_is_not_quoted(text: str, language: str, reason: Reason):
    assert reason in against(text, language)


@pytest.mark.parametrize(("users", "refused"), [(1, True), (2, True), (3, False)])
def test_a_word_that_is_not_ordinary_must_be_used_by_three_people(users: int, refused: bool):
    text = f"the {WORD} makes my work slow"
    others = [said(text, consented=False) for _ in range(users - 1)]

    assert (Reason.RARE in against(text, among=others)) is refused


def test_a_name_is_rare_however_many_people_use_it():
    others = [said("Quentin is late for work"), said("why is Quentin late"), said("quentin is slow")]

    assert Reason.RARE in against("Quentin is always late for meetings", among=others)


def test_a_word_that_one_person_repeats_is_as_rare_as_before():
    assert Reason.RARE in against(f"{WORD} {WORD} {WORD} {WORD}")


def test_what_is_said_twice_in_the_same_words_is_quoted_once():
    assert drawn(crowd(12)) == ["The pay is too low for this work."]


# --- how many must write, and who is drawn ----------------------------------------------------------------


@pytest.mark.parametrize("comments", range(13))
def test_nothing_is_quoted_of_fewer_than_ten_comments(comments: int):
    assert bool(drawn(crowd(comments))) is (comments >= 10)


def test_comments_that_say_nothing_are_no_crowd():
    assert drawn([*crowd(9), *[Comment("n/a", "") for _ in range(20)]]) == []


@pytest.mark.parametrize("willing", range(8))
def test_nothing_is_quoted_where_fewer_than_five_people_said_yes(willing: int):
    assert bool(drawn([*crowd(willing), *crowd(20, consented=False)])) is (willing >= 5)


VARIETY = [
    f"the pay is {word} for this work"
    for word in ["low", "bad", "poor", "unfair", "wrong", "small", "slow", "late"]
]


def test_at_most_two_are_drawn_of_each_theme_and_tone_and_each_as_often_as_any_other():
    comments = [said(text) for text in VARIETY] + crowd(6, consented=False)
    drawings = [drawn(comments, seed) for seed in range(400)]

    assert {len(texts) for texts in drawings} == {2}
    times = [sum(evened(text, Shared.of(comments, ())) in texts for texts in drawings) for text in VARIETY]
    assert min(times) > 70
    assert max(times) < 130  # 100 expected; its standard deviation is 8.7


@given(st.permutations(VARIETY), st.integers(0, 5))
def test_the_order_in_which_people_wrote_decides_nothing(order: list[str], seed: int):
    comments = [said(text) for text in order] + crowd(6, consented=False)

    assert drawn(comments, seed) == drawn([*reversed(comments)], seed)


# --- whatever people write --------------------------------------------------------------------------------

ordinary = st.sampled_from(
    ["I", "we", "the", "pay", "work", "manager", "team", "is", "too", "low", "and", "not", "people's", "time"]
)
strange = st.sampled_from(
    [
        WORD,
        "7",
        "Two",
        "Support",
        "Anna",
        "woman",
        "‹name›",
        "idiot",
        "@all",
        "<!channel>",
        "*b*",
        "💥",
        "ceo",
    ]
)
texts = st.lists(ordinary | strange, min_size=1, max_size=12).map(" ".join) | st.text(max_size=60)


@given(st.lists(st.tuples(texts, st.booleans()), max_size=25), st.integers(0, 3))
def test_a_quote_holds_ordinary_or_shared_words_of_the_willing_and_nothing_else(made, seed: int):
    comments = [said(text, consented=yes) for text, yes in made]
    shared = Shared.of(comments, PLACES)
    willing = {evened(comment.text, shared) for comment in comments if comment.consented}

    for text in drawn([*comments, *crowd(12)], seed):
        assert text in willing | {evened(PLAIN, Shared.of([*comments, *crowd(12)], PLACES))}
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',.? ")
        assert not {"7", "two", "support", "anna", "woman", "idiot", "ceo"} & set(text.lower().split())


@given(texts)
def test_looking_at_a_comment_never_fails_and_evening_it_out_twice_changes_nothing_more(text: str):
    shared = Shared.of([*crowd(12), said(text)], PLACES)
    once = evened(text, shared)

    assert isinstance(reasons_against(said(text), shared), tuple)
    assert evened(once, shared) == once


def test_no_ordinary_word_is_refused_by_another_list():
    for language in ("en", "de"):
        for reason, pattern in quotes._refused(language).items():
            assert [w for w in quotes._common(language) if pattern.fullmatch(w)] == [], (language, reason)


def test_what_is_refused_is_refused_in_both_languages():
    assert quotes._refused("en").keys() == quotes._refused("de").keys()
