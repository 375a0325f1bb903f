import numpy as np
import pytest

from analytics.training import own
from analytics.training.barred import BARRED, PERSONS
from analytics.training.data import DOMAINS, PUBLIC, SETS, Example, held_out
from analytics.training.measure import by_set, calibration_error, kept, macro_f1, mean


def test_macro_f1_worked_out_by_hand():
    true, said = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 2, 0])
    f1 = [2 * 1 / (2 + 2), 2 * 1 / (1 + 2), 2 * 2 / (3 + 2)]
    assert macro_f1(true, said) == pytest.approx(sum(f1) / 3)


def test_neutral_is_an_error_where_a_set_has_two_classes():
    assert macro_f1(np.array([0, 2]), np.array([1, 1])) == 0
    assert macro_f1(np.array([0, 2]), np.array([0, 2])) == 1


def test_each_set_is_measured_by_itself():
    examples = [Example("", 0, name, "", ()) for name in SETS]
    said = np.array([0] * 5 + [2] * 6)
    assert list(by_set(examples, said).values()) == [1.0] * 5 + [0.0] * 6


def test_the_mean_is_over_the_sets_of_others():
    assert mean(dict.fromkeys(PUBLIC, 0.5) | {"work_sentences": 1.0}) == pytest.approx(0.5)


def test_calibration_error_is_the_gap_between_what_is_said_and_what_is_right():
    sure = np.array([[0.9, 0.1, 0.0]] * 10)
    assert calibration_error(np.array([0] * 9 + [1]), sure) == pytest.approx(0)
    assert calibration_error(np.array([0] * 4 + [1] * 6), sure) == pytest.approx(0.5)
    assert calibration_error(np.zeros(3, int), np.array([[1.0, 0.0, 0.0]] * 3)) == 0


def test_what_is_kept_at_a_threshold_is_counted_with_what_is_turned_round():
    found = np.array([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8], [0.4, 0.3, 0.3], [0.1, 0.2, 0.7]])
    assert kept(np.array([0, 0, 0, 2]), found, 0.5) == pytest.approx((0.75, 2 / 3, 0.25))


def test_leaving_a_domain_out_leaves_out_whole_sets():
    assert len(DOMAINS) == 6
    assert {kept.domain for kept in SETS.values()} == set(DOMAINS)


def test_barred_words_are_in_lower_case_as_entries_are():
    assert PERSONS < BARRED
    assert all(word == word.lower() for word in BARRED)


def test_what_is_measured_with_was_not_trained_on():
    trained = {text.lower() for _, _, text in own.sentences(own.SENTENCES)}
    held = [example.text.lower() for kept in held_out().values() for example in kept]
    assert len(held) > 200
    assert not [text for text in held if text in trained]


def test_our_own_sentences_hold_the_three_classes_evenly_and_none_twice():
    labels = [label for _, label, _ in own.sentences(own.SENTENCES)]
    texts = [text for _, _, text in own.sentences(own.SENTENCES)]
    assert min(labels.count(label) for label in ("neg", "neu", "pos")) > 150
    assert len(set(texts)) == len(texts)
