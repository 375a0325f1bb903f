"""Every possible world of small organisations, seen by somebody who knows the rules.

He sees all that is shown, unrounded, with exact numbers of respondents, and knows how the rules come to it. Two
worlds that look the same to him can't be told apart. He has learnt an answer if, in all worlds that look like
what he sees, whoever answered in some cell answered in the same way.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import pytest

from surveys.anonymity import Exact, Figure, Shown, coarsen, gate, lattice, releases

World = Mapping[str, tuple[int, ...]]
Gate = Callable[[Sequence[Figure]], Mapping[str, object]]

TREES = [
    {"": 7},
    {"": 6, "A": 6},
    {"": 9, "A": 6},
    {"A": 8, "B": 7},
    {"": 3, "A": 7, "B": 6},
    {"": 5, "A": 7, "B": 5},
    {"": 10, "A": 5, "B": 1},
    {"": 5, "A": 5, "A/x": 5},
    {"A": 5, "A/x": 5, "A/x/p": 5},
    {"": 5, "A/x": 5, "B/y": 5},
    {"": 2, "A": 8, "A/x": 7},
    {"": 1, "A": 2, "A/x": 6, "A/y": 5},
]


def tallies(people, classes):
    return [counts for counts in product(range(people + 1), repeat=classes) if sum(counts) <= people]


def lawful(figures):
    return gate(figures, wave=1)


def primary_suppression_only(figures):
    """Show whatever has k respondents, as most products do."""
    return {figure.path: Shown(Exact()) for figure in figures if figure.respondents >= 5}


def looks(sizes, world: World, judge: Gate, *, coarse: bool):
    counts = {cell: sum(tally) for cell, tally in world.items()}
    stored = coarsen(counts) if coarse else {cell: cell for cell in counts}
    kept = {}
    for cell, tally in world.items():
        if counts[cell]:
            before = kept.get(stored[cell], (0,) * len(tally))
            kept[stored[cell]] = tuple(map(sum, zip(before, tally, strict=True)))
    people = [cell for cell, size in sizes.items() for _ in range(size)]
    figures = lattice(dict(enumerate(people)), stored, kept)
    return _seen(figures, judge(figures))


def _seen(figures, decisions):
    seen = []
    for figure in figures:
        decision = decisions.get(figure.path)
        if isinstance(decision, Shown):
            total = sum(value * count for value, count in enumerate(figure.counts))
            shown = total if isinstance(decision.form, Exact) else decision.form.tone.value
            seen.append((figure.path, figure.respondents, shown))
    return tuple(seen)


def learnt(sizes, judge: Gate, *, coarse: bool, classes: int = 2):
    """Return (what is seen, cell) wherever some answer is impossible for those who answered in the cell."""
    possible = {}
    for tally in product(*(tallies(size, classes) for size in sizes.values())):
        world = dict(zip(sizes, tally, strict=True))
        cells = possible.setdefault(
            looks(sizes, world, judge, coarse=coarse), {cell: set() for cell in sizes}
        )
        for cell, counts in world.items():
            cells[cell].update(value for value, count in enumerate(counts) if count)
    return [
        (seen, cell)
        for seen, cells in possible.items()
        for cell, answers in cells.items()
        if 0 < len(answers) < classes
    ]


@pytest.mark.parametrize("sizes", TREES, ids=str)
def test_no_outcome_leaves_an_answer_only_one_way(sizes):
    assert learnt(sizes, lawful, coarse=True) == []


@pytest.mark.parametrize("sizes", [TREES[3], TREES[4], TREES[6], TREES[7]], ids=str)
def test_the_gate_alone_protects_rows_that_were_not_coarsened(sizes):
    assert learnt(sizes, lawful, coarse=False) == []


@pytest.mark.parametrize("sizes", [{"": 6, "A": 5}, {"A": 5, "A/x": 5}], ids=str)
def test_no_outcome_excludes_one_of_three_answers(sizes):
    assert learnt(sizes, lawful, coarse=True, classes=3) == []


def test_without_complementary_suppression_the_search_finds_what_leaks():
    found = learnt({"": 3, "A": 7, "B": 6}, primary_suppression_only, coarse=False)

    assert ((("", 8, 3), ("A", 7, 3)), "") in found  # the one person of the rest answered 0


def test_without_bands_the_search_finds_teams_of_one_mind():
    found = learnt({"": 7}, primary_suppression_only, coarse=True)

    assert set(found) == {((("", n, total),), "") for n in (5, 6, 7) for total in (0, n)}


# Two waves and one person who was there in only one of them


def forgetful(figures, ledger, wave, across):
    return gate(figures, wave=wave, across=across)


def remembering(figures, ledger, wave, across):
    return gate(figures, ledger, wave=wave, across=across)


def tables_of_a_mover(stayed):
    """Yield (answer of the mover or None, table with them, table without), no answer changed, all participation."""
    for favourable in range(stayed + 1):
        tables = list(product(range(stayed - favourable + 1), range(favourable + 1)))
        for one, other, answer in product(tables, tables, (None, 0, 1)):
            yield answer, (one[0] + (answer == 0), one[1] + (answer == 1)), other


def decided_for_the_mover(stayed, judge, across, *, leaver):
    """Return what can be seen of two waves in which the mover, if they answered, can have answered one way only."""
    groups = frozenset(range(stayed + 1)), frozenset(range(stayed))
    possible = {}
    for answer, *tables in tables_of_a_mover(stayed):
        pair = [Figure("", sum(table), group, table) for table, group in zip(tables, groups, strict=True)]
        first, second = pair if leaver else reversed(pair)
        before = judge([first], [], 1, across)
        after = judge([second], releases([first], before, 1), 2, across)
        outcome = (_seen([first], before), _seen([second], after))
        possible.setdefault(outcome, set()).add(answer)
    return [outcome for outcome, answers in possible.items() if len(answers - {None}) == 1]


@pytest.mark.parametrize("leaver", [True, False], ids=["leaver", "joiner"])
@pytest.mark.parametrize("across", ["strict", "crowd"])
def test_two_waves_leave_the_answer_of_a_mover_open(across, leaver):
    assert decided_for_the_mover(7, remembering, across, leaver=leaver) == []


def test_without_the_ledger_two_waves_decide_the_answer_of_a_mover():
    assert len(decided_for_the_mover(7, forgetful, "crowd", leaver=False)) > 10
