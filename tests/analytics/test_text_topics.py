"""Topics found by machine: the arithmetic, what is planted is found, what is not there is not, and nobody stands out."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from analytics.results import Withheld
from analytics.text.phrases import Comment
from analytics.text.topics import FEWEST_COMMENTS, TOPICS, factors, jaccard, tf_idf, topics


def word(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:04d}")


def comment(words: set[str]) -> Comment:
    return Comment("en", covered=False, terms=frozenset(words), capitals=dict.fromkeys(words, False))


def planted(n: int, seed: int, *, together: int = 4) -> list[Comment]:
    """Comments about twelve subjects of ten words each; with ``together`` 0 the same words without any subject."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(n):
        subject = rng.integers(12)
        own = rng.choice(10, together, replace=False) if together else []
        said = {word(100 + subject * 10 + i) for i in own} | {word(100 + i) for i in rng.choice(120, 2)}
        made.append(comment(said | {word(1000 + i) for i in rng.choice(400, 3)}))
    return made


def error(weighted: csr_array, w: np.ndarray, h: np.ndarray) -> float:
    return float(np.linalg.norm(weighted.toarray() - w @ h))


# --- the arithmetic ---------------------------------------------------------------------------------------


def test_a_matrix_that_is_a_product_of_few_factors_is_taken_apart():
    """Three factors without a word in common: they are found as they were, up to their size and order."""
    rng = np.random.default_rng(1)
    h = np.kron(np.eye(3), np.ones((1, 4))) * rng.uniform(0.5, 1, (3, 12))
    w = np.eye(3)[rng.integers(0, 3, 60)] * rng.uniform(0.5, 1, (60, 1))

    _, found = factors(csr_array(w @ h), 3, rounds=400)

    shapes = {tuple(np.round(row / np.linalg.norm(row), 3)) for row in found}
    expected = {tuple(np.round(row / np.linalg.norm(row), 3)) for row in h}
    assert shapes == expected


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_more_rounds_never_fit_worse_and_nothing_is_negative(seed: int, k: int):
    rng = np.random.default_rng(seed)
    weighted = csr_array(rng.random((30, 12)) * (rng.random((30, 12)) < 0.4))

    fits = [factors(weighted, k, rounds) for rounds in (0, 1, 5, 25)]

    assert all((w >= 0).all() and (h >= 0).all() for w, h in fits)
    errors = [error(weighted, w, h) for w, h in fits]
    assert all(later <= earlier + 1e-6 for earlier, later in pairwise(errors))


def test_weights_worked_by_hand():
    """Of two comments both hold "tea", one "cup": ln(3/3) + 1 = 1 and ln(3/2) + 1 = 1.405465, length 1.724916."""
    rows = tf_idf([frozenset({"tea", "cup"}), frozenset({"tea", "unknown"})], ["cup", "tea"]).toarray()

    assert rows == pytest.approx(np.array([[0.814802, 0.579738], [0.0, 1.0]]), abs=1e-5)


def test_a_comment_without_a_word_of_the_vocabulary_is_a_row_of_nothing():
    assert tf_idf([frozenset({"tea"}), frozenset({"x"})], ["tea"]).toarray().tolist() == [[1.0], [0.0]]


def test_overlap_is_the_share_of_all_words_that_both_have():
    assert jaccard((1, 2, 3), (1, 2, 3)) == 1
    assert jaccard((1, 2), (3, 4)) == 0
    assert jaccard(tuple(range(8)), tuple(range(2, 10))) == pytest.approx(0.6)


# --- what is shown ----------------------------------------------------------------------------------------


def test_subjects_that_people_write_about_are_found_word_by_word():
    found = topics(planted(3000, 3))

    assert not isinstance(found, Withheld)
    subjects = [
        {(int("".join(str("abcdefghij".index(c)) for c in w)) - 100) // 10 for w in t.words} for t in found
    ]
    assert len(found) >= 10
    assert all(len(subject) == 1 for subject in subjects)
    assert len({min(subject) for subject in subjects}) == len(found) <= TOPICS
    assert all(0.5 <= topic.stability <= 1 for topic in found)


def test_where_nobody_writes_about_a_subject_nothing_is_shown():
    assert topics(planted(3000, 4, together=0)) == Withheld("unstable")


@pytest.mark.parametrize("n", [0, 1, 500, FEWEST_COMMENTS - 1])
def test_fewer_than_two_thousand_comments_have_no_topics(n: int):
    assert topics(planted(n, 5)) == Withheld("too_few")


def test_comments_without_a_word_do_not_count_towards_the_two_thousand():
    assert topics([*planted(1500, 5), *[comment(set())] * 1000]) == Withheld("too_few")


def test_the_order_of_comments_does_not_matter_and_twice_is_the_same():
    made = planted(2500, 6)
    shuffled = [made[i] for i in np.random.default_rng(1).permutation(len(made))]

    assert topics(made) == topics(shuffled) == topics(made)


def test_every_word_of_a_topic_was_written_by_enough_people():
    made = planted(2500, 7)
    rare = {word(9000 + i) for i in range(8)}
    made += [comment(rare | {word(100)})] * 4

    found = topics(made, people=5)

    assert not isinstance(found, Withheld)
    for topic in found:
        assert rare.isdisjoint(topic.words)
        assert all(sum(w in one.terms for one in made) >= 5 for w in topic.words)
        assert topic.people == sum(len(one.terms & set(topic.words)) >= 2 for one in made)


def test_an_english_name_is_no_word_of_a_topic():
    made = planted(2500, 8)
    named = [
        Comment(
            "en", covered=False, terms=one.terms | {"zwyssig"}, capitals={**one.capitals, "zwyssig": True}
        )
        for one in made[:600]
    ]

    found = topics([*named, *made[600:]])

    assert not isinstance(found, Withheld)
    assert not any("zwyssig" in topic.words for topic in found)
