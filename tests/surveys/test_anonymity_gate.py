import random
import time

import pytest

from surveys.anonymity import (
    Band,
    Exact,
    Figure,
    Reason,
    Release,
    Shown,
    Tone,
    Withheld,
    coarsen,
    gate,
    lattice,
    nearest_shown,
    releases,
)

EXACT = Shown(Exact())
NEARLY_ALL = Band(Tone.MOSTLY_POSITIVE)
"""What may be said of participation where all answered, or all but one."""
EXACT_OF_NEARLY_ALL = Shown(Exact(), NEARLY_ALL)
FEW, SUBTRACTION, HISTORY = (Withheld(reason) for reason in Reason)


def figure(path, people, other, favourable):
    return Figure(path, other + favourable, frozenset(people), (other, favourable))


def uncounted(path, people, n):
    return Figure(path, n, frozenset(people))


# Few


def test_a_figure_of_fewer_than_k_respondents_is_withheld():
    assert gate([uncounted("", range(9), 4)], wave=1) == {"": FEW}
    assert gate([uncounted("", range(9), 5)], wave=1) == {"": EXACT}


def test_a_raised_threshold_counts_and_a_lowered_one_is_refused():
    assert gate([uncounted("", range(9), 8)], k=9, wave=1) == {"": FEW}
    with pytest.raises(ValueError, match="below the floor"):
        gate([], k=4, wave=1)


def test_two_figures_with_one_path_are_refused():
    with pytest.raises(ValueError, match="two figures"):
        gate([uncounted("", range(9), 8)] * 2, wave=1)


# Subtraction


def test_a_small_team_takes_the_smallest_of_its_siblings_with_it():
    decisions = gate(
        [
            figure("", range(40), 14, 14),
            figure("Sales", range(15), 6, 6),
            figure("Stores", range(15, 25), 3, 5),
            figure("Fleet", range(25, 33), 3, 2),
            figure("Night", range(33, 40), 2, 1),
        ],
        wave=1,
    )

    assert decisions == {"": EXACT, "Sales": EXACT, "Stores": EXACT, "Fleet": SUBTRACTION, "Night": FEW}


def test_a_small_rest_that_belongs_to_no_team_is_covered_too():
    decisions = gate([uncounted("", range(30), 20), uncounted("A", range(20), 16)], wave=1)

    assert decisions == {"": EXACT, "A": SUBTRACTION}


def test_a_large_rest_that_belongs_to_no_team_hides_nothing():
    decisions = gate([uncounted("", range(30), 22), uncounted("A", range(20), 16)], wave=1)

    assert decisions == {"": EXACT, "A": EXACT}


def test_the_people_count_even_where_none_of_a_small_rest_answered():
    decisions = gate([uncounted("", range(22), 16), uncounted("A", range(20), 16)], wave=1)

    assert decisions == {"": EXACT, "A": SUBTRACTION}


def test_subtraction_reaches_through_a_hidden_level():
    """A is withheld for the rest of the organisation; its team still gives the rest of A away."""
    decisions = gate(
        [uncounted("", range(40), 25), uncounted("A", range(36), 22), uncounted("A/x", range(34), 21)], wave=1
    )

    assert decisions == {"": EXACT, "A": SUBTRACTION, "A/x": SUBTRACTION}


def test_what_is_hidden_below_a_hidden_whole_needs_no_cover():
    decisions = gate([uncounted("A", range(40), 4), uncounted("A/x", range(34), 3)], wave=1)

    assert decisions == {"A": FEW, "A/x": FEW}


# Form


def test_a_team_of_one_mind_gets_a_band_and_the_rest_covers_it():
    decisions = gate([figure("", range(40), 8, 22), figure("A", range(10), 0, 8)], wave=1)

    assert decisions == {"": EXACT, "A": Shown(Band(Tone.MOSTLY_POSITIVE))}


def test_a_band_that_follows_from_the_total_takes_a_sibling_with_it():
    """Without the sibling the figure of A would be the total less B."""
    decisions = gate(
        [figure("", range(40), 8, 20), figure("A", range(10), 0, 8), figure("B", range(10, 40), 8, 12)],
        wave=1,
    )

    assert decisions == {"": EXACT, "A": SUBTRACTION, "B": SUBTRACTION}


def test_a_rest_of_one_mind_takes_the_smallest_team_with_it():
    decisions = gate(
        [figure("", range(50), 8, 27), figure("A", range(20), 4, 12), figure("B", range(20, 35), 4, 7)],
        wave=1,
    )

    assert decisions == {"": EXACT, "A": EXACT, "B": SUBTRACTION}


def test_an_organisation_of_one_mind_shows_bands_only():
    decisions = gate([figure("", range(40), 1, 29), figure("A", range(20), 1, 14)], wave=1)

    assert set(decisions.values()) == {Shown(Band(Tone.MOSTLY_POSITIVE))}


# Participation


def test_nearly_unanimous_participation_is_not_said():
    assert gate([figure("", range(12), 4, 7)], wave=1) == {"": EXACT_OF_NEARLY_ALL}
    assert gate([figure("", range(12), 4, 8)], wave=1) == {"": EXACT_OF_NEARLY_ALL}
    assert gate([figure("", range(12), 4, 6)], wave=1) == {"": EXACT}


def test_a_group_of_k_people_is_never_shown_since_it_would_say_that_each_of_them_answered():
    assert gate([figure("", range(5), 2, 3)], wave=1) == {"": FEW}
    assert gate([figure("", range(7), 3, 4)], k=7, wave=1) == {"": FEW}


def test_a_rest_of_which_everybody_answered_takes_the_smallest_team_with_it():
    decisions = gate(
        [figure("", range(50), 14, 24), figure("A", range(20), 6, 10), figure("B", range(20, 40), 5, 7)],
        wave=1,
    )

    assert decisions == {"": EXACT, "A": EXACT, "B": SUBTRACTION}


def test_a_rest_of_which_nobody_answered_takes_the_smallest_team_with_it():
    decisions = gate(
        [figure("", range(50), 14, 16), figure("A", range(20), 8, 8), figure("B", range(20, 40), 6, 8)],
        wave=1,
    )

    assert decisions == {"": EXACT, "A": EXACT, "B": SUBTRACTION}


def test_nearly_all_of_a_team_is_not_worked_out_from_the_total():
    """The organisation's number less that of A would be that of B."""
    decisions = gate(
        [figure("", range(32), 12, 15), figure("A", range(20), 7, 9), figure("B", range(20, 32), 5, 6)],
        wave=1,
    )

    assert decisions == {"": EXACT, "A": SUBTRACTION, "B": SUBTRACTION}


def test_strictly_joiners_must_not_all_have_abstained():
    earlier = [Release(1, figure("A", range(14), 4, 6))]

    assert gate([figure("A", range(19), 4, 6)], earlier, wave=2) == {"A": HISTORY}
    assert gate([figure("A", range(19), 4, 6)], earlier, wave=2, across="crowd") == {"A": EXACT}


# History


def test_the_same_people_are_shown_wave_after_wave():
    earlier = [Release(1, uncounted("A", range(14), 10))]

    assert gate([uncounted("A", range(14), 12)], earlier, wave=2) == {"A": EXACT}


@pytest.mark.parametrize(
    ("now", "decision"),
    [
        (range(15), HISTORY),  # one joiner
        (range(1, 14), HISTORY),  # one leaver
        (range(4, 18), HISTORY),  # four of each
        (range(1, 19), HISTORY),  # five joiners, one leaver
        (range(19), EXACT),  # five joiners
        (range(5, 19), EXACT),  # five of each
        (range(14, 30), EXACT),  # nobody in common
    ],
)
def test_strictly_a_group_may_change_by_nobody_or_by_k_people_on_each_side(now, decision):
    earlier = [Release(1, figure("A", range(14), 4, 6))]

    assert gate([figure("A", now, 5, 7)], earlier, wave=2) == {"A": decision}


def test_strictly_a_person_who_moves_within_a_department_hides_both_teams_and_not_the_department():
    earlier = [
        Release(1, uncounted("", range(60), 45)),
        Release(1, uncounted("A", range(20), 15)),
        Release(1, uncounted("B", range(20, 40), 15)),
    ]
    moved = [
        uncounted("", range(60), 44),
        uncounted("A", range(19), 15),
        uncounted("B", range(19, 40), 14),
        uncounted("C", range(40, 60), 15),
    ]

    assert gate(moved, earlier, wave=2) == {"": EXACT, "A": HISTORY, "B": HISTORY, "C": EXACT}


def test_a_group_hidden_for_its_history_is_not_worked_out_from_the_total_of_the_same_wave():
    earlier = [Release(1, uncounted("A", range(20), 15))]
    figures = [uncounted("", range(60), 44), uncounted("A", range(19), 15), uncounted("B", range(19, 60), 29)]

    decisions = gate(figures, earlier, wave=2)

    assert decisions == {"": EXACT, "A": HISTORY, "B": SUBTRACTION}


def test_two_teams_do_not_add_up_to_an_earlier_department_less_its_leaver():
    """Each pair of figures is far apart; only both teams together are the old department without person 20."""
    earlier = [Release(1, uncounted("A", range(21), 16))]
    teams = [uncounted("A/x", range(11), 8), uncounted("A/y", range(11, 20), 7)]

    assert gate(teams, earlier, wave=2) == {"A/x": EXACT, "A/y": HISTORY}


def test_what_followed_from_earlier_figures_counts_as_released():
    """The rest of wave 1 (people 20 to 29) was never shown and is known; B is that rest and one joiner."""
    earlier = [Release(1, uncounted("", range(30), 22)), Release(1, uncounted("A", range(20), 15))]

    assert gate([uncounted("B", range(20, 31), 9)], earlier, wave=2) == {"B": HISTORY}


def test_gating_a_wave_again_after_a_crash_changes_nothing():
    figures = [
        figure("", range(40), 14, 15),
        figure("Sales", range(15), 6, 6),
        figure("Stores", range(15, 25), 3, 6),
        figure("Fleet", range(25, 33), 3, 2),
        figure("Night", range(33, 40), 2, 1),
    ]
    first = gate(figures, wave=1)

    assert gate(figures, releases(figures, first, 1), wave=1) == first


def test_the_ledger_remembers_bands_and_forgets_nothing_shown():
    figures = [figure("", range(40), 8, 22), figure("A", range(10), 0, 8), figure("B", range(10, 14), 1, 2)]
    decisions = gate(figures, wave=3)

    assert releases(figures, decisions, 3) == [Release(3, figures[0]), Release(3, figures[1])]


@pytest.mark.parametrize("across", ["strict", "crowd"])
@pytest.mark.parametrize(
    ("before", "after", "decision"),
    [
        ((2, 13), (2, 6), HISTORY),  # all seven leavers were favourable
        ((9, 6), (2, 6), HISTORY),  # none of them was
        ((4, 11), (2, 6), EXACT_OF_NEARLY_ALL),  # two of them were not, nobody knows who
        ((2, 13), (3, 5), EXACT_OF_NEARLY_ALL),  # somebody changed an answer: nothing follows
        ((2, 12), (2, 6), EXACT_OF_NEARLY_ALL),  # one did not answer, nobody knows who
    ],
)
def test_k_leavers_must_not_all_have_given_one_answer(before, after, decision, across):
    earlier = [Release(1, figure("A", range(15), *before))]

    assert gate([figure("A", range(8), *after)], earlier, wave=2, across=across) == {"A": decision}


def test_a_joiner_is_not_decided_by_a_team_within_an_earlier_department():
    """Two of the fifteen were not favourable; three of the nine are not: the newcomer is the third."""
    earlier = [Release(1, figure("A", range(15), 2, 13))]

    assert gate([figure("A/x", [*range(8), 20], 3, 6)], earlier, wave=2, across="crowd") == {"A/x": HISTORY}


def test_a_band_of_an_earlier_wave_stands_for_all_it_may_hide():
    """Nobody knows that it was twelve of twelve, so six of six who stayed decide nothing about the others."""
    earlier = [Release(1, figure("A", range(12), 0, 12))]

    decisions = gate([figure("A", range(6), 0, 6)], earlier, wave=2)

    assert decisions == {"A": Shown(Band(Tone.MOSTLY_POSITIVE), NEARLY_ALL)}


# History, with participation unknown


def test_a_joiner_is_safe_where_the_others_could_have_given_both_tables_alone():
    earlier = [Release(1, figure("A", range(14), 4, 6))]

    assert gate([figure("A", range(15), 4, 7)], earlier, wave=2, across="crowd") == {"A": EXACT}


def test_a_joiner_is_not_safe_where_everybody_answered():
    earlier = [Release(1, figure("A", range(10), 4, 6))]

    assert gate([figure("A", range(11), 4, 7)], earlier, wave=2, across="crowd") == {"A": HISTORY}


def test_within_one_wave_the_rule_stays_strict():
    earlier = [Release(2, figure("A", range(14), 4, 6))]

    assert gate([figure("A", range(15), 4, 7)], earlier, wave=2, across="crowd") == {"A": HISTORY}


def test_without_the_answers_nothing_can_be_explained():
    earlier = [Release(1, uncounted("A", range(14), 6))]

    assert gate([uncounted("A", range(15), 6)], earlier, wave=2, across="crowd") == {"A": HISTORY}


# What is said instead


def test_the_nearest_group_shown_is_the_first_one_above():
    decisions = {"": EXACT, "Ops": SUBTRACTION, "Ops/Support": FEW, "Sales": EXACT}

    assert nearest_shown("Ops/Support", decisions) == ""
    assert nearest_shown("Sales/Inside", decisions) == "Sales"
    assert nearest_shown("Sales", decisions) == "Sales"


def test_there_may_be_no_group_to_show():
    assert nearest_shown("Ops", {"": FEW, "Ops": FEW}) is None


def test_a_large_firm_passes_the_gate_quickly():
    rng = random.Random(7)
    placed = {person: f"D{person % 20}/T{person % 300}" for person in range(5000)}
    ledger = []

    begun = time.process_time()
    for wave in range(3):
        kept, counts = {}, dict.fromkeys(placed.values(), 0)
        answers = {person: rng.random() < 0.6 for person in placed if rng.random() < 0.7}
        for person in answers:
            counts[placed[person]] += 1
        stored = coarsen(counts)
        for person, favourable in answers.items():
            kept.setdefault(stored[placed[person]], [0, 0])[favourable] += 1
        figures = lattice(placed, stored, kept)
        decisions = gate(figures, ledger, wave=wave)
        ledger += releases(figures, decisions, wave)

    assert time.process_time() - begun < 10
    assert sum(isinstance(decision, Shown) for decision in decisions.values()) > 300
