from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.anonymity import Figure, coarsen, lattice, place
from surveys.anonymity.cells import covers, lineage, parent

SEGMENTS = st.sampled_from(["A", "AB", "B", "C", "D"])
PATHS = st.lists(SEGMENTS, max_size=3).map("/".join)
COUNTS = st.dictionaries(PATHS, st.integers(0, 30), max_size=14)
THRESHOLDS = st.integers(5, 12)


def rows_kept(counts, stored):
    rows = Counter()
    for leaf, cell in stored.items():
        rows[cell] += counts[leaf]
    return {cell: n for cell, n in rows.items() if n}


# Placing people


def team(department, numbers):
    return dict.fromkeys(numbers, department)


def test_a_head_is_counted_one_level_above_the_own_team():
    people = team("Support", range(10)) | team("", range(10, 16))

    placed = place(people, {"Support": 0})

    assert placed[0] == ""
    assert all(placed[person] == "Support" for person in range(1, 10))


def test_two_heads_of_one_team_both_leave_it():
    people = team("Support", range(10)) | team("", range(10, 16))

    placed = place(people, {"Support": {0, 1}})

    assert (placed[0], placed[1], placed[2]) == ("", "", "Support")


def test_a_head_of_several_levels_leaves_all_of_them():
    people = team("Operations/Support/Night", range(10)) | team("Operations", range(10, 20))

    placed = place(people, {"Operations/Support/Night": 0, "Operations": 0})

    assert placed[0] == ""


def test_a_head_recorded_above_the_own_team_is_outside_already():
    people = team("Operations", range(6)) | team("Operations/Support", range(6, 20))

    placed = place(people, {"Operations/Support": 0})

    assert placed[0] == "Operations"


def test_the_head_of_the_organisation_stays_in_it():
    people = team("", range(6))

    assert place(people, {"": 0})[0] == ""


def test_heads_climb_over_a_department_without_people_of_its_own():
    people = team("Operations/Support", range(9)) | team("Operations/Stores", range(9, 18))

    placed = place(people, {"Operations/Support": 0, "Operations/Stores": 9})

    assert placed[0] == placed[9] == ""


def test_heads_stay_in_a_department_that_is_large_enough_with_them():
    people = team("Operations/Support", range(9)) | team("Operations", range(9, 13))

    placed = place(people, {"Operations/Support": 0})

    assert placed[0] == "Operations"
    assert all(placed[person] == "Operations" for person in range(9, 13))


def test_a_name_that_starts_alike_is_another_department():
    people = team("AB/C", range(9))

    assert place(people, {"A": 0})[0] == "AB/C"


@given(
    st.dictionaries(st.integers(0, 60), PATHS),
    st.dictionaries(PATHS, st.sets(st.integers(0, 60))),
    THRESHOLDS,
)
def test_nobody_is_counted_in_a_team_they_head_or_below_their_own_place(departments, heads, k):
    placed = place(departments, heads, k)

    assert placed.keys() == departments.keys()
    for person, cell in placed.items():
        assert covers(cell, departments[person])
        assert not any(person in people and path and covers(path, cell) for path, people in heads.items())


@given(
    st.dictionaries(st.integers(0, 60), PATHS),
    st.dictionaries(PATHS, st.sets(st.integers(0, 60))),
    THRESHOLDS,
)
def test_only_heads_are_moved(departments, heads, k):
    placed = place(departments, heads, k)

    headed = {person for people in heads.values() for person in people}
    assert all(placed[person] == departments[person] for person in departments.keys() - headed)


# Coarsening


@given(COUNTS, THRESHOLDS)
def test_no_stored_group_has_fewer_than_k_rows_unless_it_is_the_only_one(counts, k):
    kept = rows_kept(counts, coarsen(counts, k))

    assert all(n >= k for n in kept.values()) or list(kept) == [""]


@given(COUNTS, THRESHOLDS)
def test_rows_move_upwards_only_and_none_is_lost(counts, k):
    stored = coarsen(counts, k)

    assert stored.keys() == counts.keys()
    assert all(covers(cell, leaf) for leaf, cell in stored.items())
    assert sum(rows_kept(counts, stored).values()) == sum(counts.values())


@given(COUNTS, THRESHOLDS)
def test_an_organisation_below_k_keeps_everything_at_the_top(counts, k):
    stored = coarsen(counts, k)

    if 0 < sum(counts.values()) < k:
        assert set(rows_kept(counts, stored)) == {""}


@given(st.dictionaries(PATHS, st.integers(12, 30)), THRESHOLDS)
def test_groups_that_are_large_enough_stay_where_they_are(counts, k):
    assert coarsen(counts, k) == {leaf: leaf for leaf in counts}


def test_a_small_team_takes_the_next_smallest_with_it_to_their_department():
    counts = {"Ops/Support": 3, "Ops/Stores": 8, "Ops/Fleet": 9, "Ops": 0}

    assert coarsen(counts) == {
        "Ops/Support": "Ops",
        "Ops/Stores": "Ops",
        "Ops/Fleet": "Ops/Fleet",
        "Ops": "Ops",
    }


def test_a_small_team_joins_the_people_of_the_department_if_they_are_enough_together():
    counts = {"Ops/Support": 3, "Ops": 2, "Ops/Stores": 8}

    assert coarsen(counts) == {"Ops/Support": "Ops", "Ops": "Ops", "Ops/Stores": "Ops/Stores"}


def test_a_small_rest_of_the_organisation_takes_the_smallest_department():
    counts = {"": 2, "Ops": 12, "Sales": 6}

    assert coarsen(counts) == {"": "", "Ops": "Ops", "Sales": ""}


def test_a_whole_department_is_taken_before_a_team_deep_inside_another():
    counts = {"": 1, "Ops/Support": 6, "Ops/Stores": 9, "Sales": 20}

    assert coarsen(counts)["Sales"] == ""
    assert coarsen(counts)["Ops/Support"] == "Ops/Support"


def test_comments_are_coarsened_at_their_own_threshold():
    counts = {"Ops": 12, "Sales": 8, "": 2}

    assert coarsen(counts, 10) == {"Ops": "Ops", "Sales": "", "": ""}


@pytest.mark.parametrize("call", [lambda: coarsen({"A": 9}, 4), lambda: place({1: "A"}, {}, 4)])
def test_the_floor_cannot_be_lowered(call):
    with pytest.raises(ValueError, match="below the floor of 5"):
        call()


# The lattice


def test_the_lattice_sums_what_is_kept_at_a_path_and_below():
    placed = team("Ops", range(6)) | team("Ops/Support", range(6, 14)) | team("", range(14, 20))
    stored = {"Ops": "Ops", "Ops/Support": "Ops/Support", "": ""}
    kept = {"Ops": (2, 3), "Ops/Support": (1, 6), "": (5, 0)}

    figures = {figure.path: figure for figure in lattice(placed, stored, kept)}

    assert figures["Ops"] == Figure("Ops", 12, frozenset(range(14)), (3, 9))
    assert figures[""] == Figure("", 17, frozenset(range(20)), (8, 9))
    assert set(figures) == {"", "Ops", "Ops/Support"}


def test_a_path_whose_rows_are_partly_kept_above_it_has_no_figure():
    placed = team("Ops/Support", range(9)) | team("Ops/Stores", range(9, 15)) | team("", range(15, 17))
    stored = {"Ops/Support": "Ops/Support", "Ops/Stores": "", "": ""}
    kept = {"Ops/Support": (4, 4), "": (3, 4)}

    assert {figure.path for figure in lattice(placed, stored, kept)} == {"", "Ops/Support"}


def test_a_team_in_which_nobody_answered_does_not_take_the_figure_of_its_department():
    placed = team("Ops/Support", range(9)) | team("Ops/Stores", range(9, 15))
    stored = coarsen({"Ops/Support": 8, "Ops/Stores": 0})

    figures = {figure.path: figure for figure in lattice(placed, stored, {"Ops/Support": (4, 4)})}

    assert figures["Ops"].invited == frozenset(range(15))


@given(st.dictionaries(st.integers(0, 80), PATHS, min_size=1), THRESHOLDS, st.data())
def test_every_figure_counts_all_its_people_or_is_not_offered(placed, k, data):
    answering = data.draw(st.sets(st.sampled_from(sorted(placed))))
    counts = Counter(cell for person, cell in placed.items() if person in answering)
    stored = coarsen(counts, k)
    kept = {cell: (n,) for cell, n in rows_kept(counts, stored).items()}

    for figure in lattice(placed, stored, kept):
        inside = {person for person, cell in placed.items() if covers(figure.path, cell)}
        assert figure.invited == inside
        assert figure.respondents == len(inside & answering)


# Paths


def test_paths_are_compared_by_whole_names():
    assert covers("A", "A/B")
    assert covers("", "A")
    assert not covers("A", "AB")
    assert list(lineage("A/B")) == ["A/B", "A", ""]
    assert parent("A") == parent("") == ""
