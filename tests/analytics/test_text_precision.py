"""How often a reading was right, against a published interval and by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text.precision import FEWEST, Judged, precision

judgements = st.lists(
    st.builds(Judged, st.sampled_from(["m1", "m2"]), st.sampled_from("abc"), st.sampled_from("abc")),
    max_size=60,
)


def test_the_interval_is_wilsons_as_published():
    """81 of 263 in Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, method 3."""
    (found,) = precision([Judged("m1", "a", "a")] * 81 + [Judged("m1", "a", "b")] * 182)

    assert (found.right, found.judged) == (81, 263)
    assert (found.share.low, found.share.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_without_judgements_there_is_nothing_to_say():
    assert precision([]) == ()


@pytest.mark.parametrize(("judged", "thin"), [(1, True), (FEWEST - 1, True), (FEWEST, False)])
def test_few_judgements_are_marked_as_few(judged: int, thin: bool):
    (found,) = precision([Judged("m1", "a", "a")] * judged)

    assert found.is_thin is thin


@given(judgements)
def test_every_judgement_counts_once_with_who_read_it_and_as_what(made: list[Judged]):
    found = precision(made)

    assert sum(row.judged for row in found) == len(made)
    assert sum(row.right for row in found) == sum(one.read_as == one.said for one in made)
    assert len({(row.by, row.read_as) for row in found}) == len(found)
    assert all(row.share.low <= row.right / row.judged <= row.share.high for row in found)


@given(judgements, st.randoms(use_true_random=False))
def test_the_order_of_judging_changes_nothing(made: list[Judged], chance):
    shuffled = chance.sample(made, len(made))

    assert precision(shuffled) == precision(made)
