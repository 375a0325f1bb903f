import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text.words import Kind, read


def negated(text: str) -> list[str]:
    return [token.text for token in read(text) if token.negated]


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("not good", ["good"]),
        ("it was never really a very good day today", ["really", "a", "very", "good", "day"]),
        ("I don't like it, honestly", ["like", "it", "honestly"]),
        ("not good. Bad", ["good"]),
        ("not good but bad", ["good"]),
        ("no one helped", ["one", "helped"]),
        ("not, not good", ["good"]),
        ("good", []),
        ("not :)", [":)"]),
    ],
)
def test_a_not_reaches_five_words_and_stops_where_a_clause_ends(text: str, reached: list[str]):
    assert negated(text) == reached


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("‹name›", Kind.HOLE),
        ("https://example.org/great", Kind.HOLE),
        ("anna@example.org", Kind.HOLE),
        ("@anna", Kind.HOLE),
        ("#channel", Kind.HOLE),
        ("<@U02ABC>", Kind.HOLE),
        ("448812", Kind.HOLE),
        ("b2b", Kind.HOLE),
        ("work-life", Kind.WORD),
        ("don't", Kind.WORD),
        ("Müller", Kind.WORD),
        ("<3", Kind.SIGN),
        (":-D", Kind.SIGN),
        (":parrot:", Kind.SIGN),
        ("🤷", Kind.SIGN),
        ("!!!", Kind.MARK),
        ("...", Kind.MARK),
    ],
)
def test_each_kind_of_token_is_told_apart(text: str, kind: Kind):
    assert [token.kind for token in read(text)] == [kind]


def test_words_are_lower_case_marks_short_and_emoticons_as_they_are():
    assert [token.text for token in read("GREAT!!!!! :D")] == ["great", "!!", ":D"]


@given(st.text(max_size=300))
def test_any_text_has_tokens_in_its_own_order(text: str):
    at = 0
    lowered = text.lower()
    for token in read(text):
        found = lowered.find(token.text.lower(), at)
        assert found >= 0 or not text.isascii()
        at = max(found, at)


@pytest.mark.parametrize(
    "piece", ["a", "1", "a1", ":", ":a", "@", "a@", "www.", "‹", "<@", "!", ".", "-", "a-", "'", "(", "8-"]
)
def test_the_work_on_hostile_text_grows_no_faster_than_its_length(piece: str):
    """Counted, not timed: the pieces that the search looks at, by how many tokens come out."""
    short, long = read(piece * 500), read(piece * 5_000)
    assert len(long) <= 10 * len(short) + 10
