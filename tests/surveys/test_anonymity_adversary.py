"""An attacker with all that was ever shown, over random organisations, waves, joiners, leavers and heads.

He knows who was invited where in each wave, all shown figures unrounded, and the rules. Four attacks:

* *one wave*: he even knows who answered, and bounds each person's answer by linear programming;
* *strict*: he takes all waves as one table (no answer changes, everybody answers) and solves the linear system;
* *crowd*: he takes it as certain that no answer changes, but does not know who answered, and looks for people
  whose answer only one value can explain, in each pair of figures and along the whole history of each group;
* *participation*: he has what is written about each group, the number asked, how many answered as far as it is said,
  and the rounded figure, works out which numbers of respondents can have led to it, adds up, and looks for groups of
  which everybody or nobody must have answered.

``python -m tests.surveys.test_anonymity_adversary 10000`` runs the lot over as many organisations.
"""

import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from surveys.anonymity import (
    Band,
    Count,
    Exact,
    Figure,
    Shown,
    coarsen,
    count_form,
    gate,
    lattice,
    place,
    release_form,
    releases,
    share_percent,
    value_step,
)
from surveys.anonymity.cells import covers
from surveys.anonymity.ledger import nearest_below

TREES = [
    ["A", "B", "C", "D"],
    ["A", "B"],
    ["A/x", "A/y", "B/x", "B/y", "B"],
    ["A/x", "A/y/p", "A/y/q", "A", "B", ""],
    ["A", "A/x", "A/x/p", "B", "C"],
    ["A", "B", "C", "D", "E", "F", "G", "H", ""],
]


@dataclass
class Firm:
    """People with lasting answers who come, move and go."""

    rng: random.Random
    classes: int
    lean: float
    response: float
    departments: dict[int, str] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)
    answers: dict[int, int] = field(default_factory=dict)
    hired: int = 0

    def hire(self, department):
        person, self.hired = self.hired, self.hired + 1
        self.departments[person] = department
        middle = self.rng.randrange(self.classes)
        self.answers[person] = self.classes - 1 if self.rng.random() < self.lean else middle
        return person

    def turn_over(self, rate):
        paths = sorted(set(self.departments.values()))
        for person in list(self.departments):
            if self.rng.random() < rate:
                department = self.departments.pop(person)
                match self.rng.randrange(3):
                    case 0:
                        self.departments[person] = self.rng.choice(paths)
                    case 1:
                        self.hire(department)


def found(seed):
    rng = random.Random(seed)
    firm = Firm(rng, rng.choice([2, 2, 3, 5]), rng.choice([0, 0.4, 0.85]), rng.choice([0.5, 0.7, 0.9, 1.0]))
    largest = rng.choice([6, 12, 20])
    for path in rng.choice(TREES):
        people = [firm.hire(path) for _ in range(rng.randint(1, largest))]
        if rng.random() < 0.5:
            firm.heads[path] = people[0]
    return firm


@dataclass
class Wave:
    """What happened in one wave, and what was shown of it."""

    placed: dict[int, str]
    answered: dict[int, int]
    shown: dict[str, tuple[Figure, Exact | Band]]

    def exact(self):
        return [figure for figure, form in self.shown.values() if isinstance(form, Exact)]


def field_wave(firm, judge, ledger, number, *, coarse):
    placed = place(firm.departments, firm.heads)
    answered = {p: firm.answers[p] for p in placed if firm.rng.random() < firm.response}
    counts = Counter(dict.fromkeys(placed.values(), 0))
    counts.update(placed[person] for person in answered)
    stored = coarsen(counts) if coarse else {cell: cell for cell in counts}
    kept = {}
    for person, answer in answered.items():
        kept.setdefault(stored[placed[person]], [0] * firm.classes)[answer] += 1
    figures = lattice(placed, stored, kept)
    decisions = judge(figures, ledger, number)
    ledger += releases(figures, decisions, number)
    shown = {f.path: (f, d.form) for f in figures if isinstance(d := decisions[f.path], Shown)}
    return Wave(placed, answered, shown)


def history(seed, judge, waves=4):
    firm, ledger = found(seed), []
    coarse, rate = firm.rng.random() < 0.7, firm.rng.choice([0.02, 0.08, 0.3])
    seen = []
    for number in range(waves):
        seen.append(field_wave(firm, judge, ledger, number, coarse=coarse))
        firm.turn_over(rate)
    return firm, seen, ledger


def strict(figures, ledger, wave):
    return gate(figures, ledger, wave=wave)


def crowd(figures, ledger, wave):
    return gate(figures, ledger, wave=wave, across="crowd")


# Attack 1: one wave, participation known, bounds per person


def bounds_of(figure, form, top):
    """Return the sums that a reader must reckon with; nearer than the gate itself assumes."""
    total = sum(value * count for value, count in enumerate(figure.counts))
    n = figure.respondents
    if isinstance(form, Exact):
        return total, total
    if n * top - total <= top:
        return n * top - top, n * top
    if total <= top:
        return 0, top
    common = figure.counts.index(max(figure.counts))
    return (n - 1) * common, (n - 1) * common + top


def narrowed(wave, top):
    """Return the cells in which somebody's answer is bounded more closely than by the scale."""
    cells = Counter(wave.placed[person] for person in wave.answered)
    names = sorted(cells)
    rows, limits = [], []
    for path, (figure, form) in wave.shown.items():
        low, high = bounds_of(figure, form, top)
        row = [1.0 if covers(path, name) else 0.0 for name in names]
        rows += [row, [-value for value in row]]
        limits += [high, -low]
    return [name for name in names if rows and _bounded(name, names, cells, np.array(rows), limits, top)]


def _bounded(name, names, cells, rows, limits, top):
    """Split one person off the cell and ask for the least and greatest answer."""
    person = rows[:, [names.index(name)]]
    room = [(0, top * (cells[other] - (other == name))) for other in names] + [(0, top)]
    aim = np.zeros(len(names) + 1)
    for sign, end in ((1, 0), (-1, top)):
        aim[-1] = sign
        best = linprog(aim, A_ub=np.hstack([rows, person]), b_ub=limits, bounds=room)
        if best.status != 0 or abs(sign * best.fun - end) > 1e-6:
            return True
    return False


def isolated_respondents(wave, k=5):
    """Return how many combinations of exact sums of one wave are about fewer than k who answered."""
    return small_combinations([figure.invited & wave.answered.keys() for figure in wave.exact()], k)


# Attack 2: all waves as one table


def small_combinations(groups: Sequence[frozenset[int]], k=5):
    groups = [group for group in dict.fromkeys(map(frozenset, groups)) if group]
    people = sorted(set().union(*groups))
    if not groups:
        return 0
    table = np.array([[person in group for person in people] for group in groups], dtype=float)
    columns, counts = np.unique(table, axis=1, return_counts=True)
    large = columns[:, counts >= k]
    kept = np.linalg.matrix_rank(large) if large.size else 0
    return int(np.linalg.matrix_rank(columns) - kept)


def solved_people(groups: Sequence[frozenset[int]]):
    """Return the people whose own answer is a combination of the released sums."""
    groups = [group for group in groups if group]
    if not groups:
        return []
    people = sorted(set().union(*groups))
    table = np.array([[person in group for person in people] for group in groups], dtype=float)
    leverage = np.einsum("ij,ji->i", np.linalg.pinv(table), table)
    return [person for person, value in zip(people, leverage, strict=True) if value > 1 - 1e-7]


# Attack 3: answers last, participation unknown (shares only)


@dataclass(frozen=True)
class Table:
    """One shown share: who was invited, how many answered, between which numbers the favourable ones lie."""

    path: str
    wave: int
    invited: frozenset[int]
    respondents: int
    low: int
    high: int


def tables(waves):
    return [
        Table(path, number, figure.invited, figure.respondents, *bounds_of(figure, form, 1))
        for number, wave in enumerate(waves)
        for path, (figure, form) in wave.shown.items()
    ]


def explains(seen: Sequence[Table], values, core):
    """Tell whether ``core`` further people, invited every time, can fill up what those in ``values`` leave."""
    least, most = 0, core
    for table in seen:
        known = [value for person, value in values.items() if person in table.invited]
        least = max(least, table.low - sum(known))
        most = min(most, core - (table.respondents - table.high - (len(known) - sum(known))))
    return least <= most


def pinned(seen: Sequence[Table]):
    """Return the joiners and leavers whose answer only one value can explain."""
    core = frozenset.intersection(*(table.invited for table in seen))
    movers = sorted(frozenset.union(*(table.invited for table in seen)) - core)
    if not 0 < len(movers) <= 8:
        return []
    possible = {person: set() for person in movers}
    for guess in product((0, 1), repeat=len(movers)):
        values = dict(zip(movers, guess, strict=True))
        if explains(seen, values, len(core)):
            for person, value in values.items():
                possible[person].add(value)
    return [person for person, values in possible.items() if len(values) == 1]


def pinned_in_pairs(seen: Sequence[Table]):
    pairs = combinations(seen, 2)
    return [p for one, other in pairs if one.wave != other.wave for p in pinned([one, other])]


def pinned_in_chains(seen: Sequence[Table]):
    chains = [[table for table in seen if table.path == path] for path in {table.path for table in seen}]
    return [person for chain in chains for person in pinned(chain)]


# Attack 4: what is written about participation


@dataclass(frozen=True)
class Written:
    """What anybody can read of a group: how many were asked, how many answered as far as it is said, the figure."""

    count: int | Count
    value: int | str


def written(n, asked, counts):
    """Return what is written of a share; of anything else only its count is used."""
    count = count_form(n, asked)
    said = n if count is Count.EXACT else count
    if len(counts) != 2:
        return Written(said, "")
    form, step = release_form(counts), value_step(n, asked)
    if isinstance(form, Band):
        return Written(said, form.tone)
    return Written(said, "a band" if step is None else share_percent(counts[1], n, step))


def outspoken(n, asked, counts):
    """Say how many answered wherever ten did, in steps of five points below: what was said once."""
    return Written(n if n >= 10 else round(20 * n / asked), "")


def compatible(figure, write, k=5):
    """Return the numbers of respondents of which the same would be written; being shown says that k answered."""
    asked = len(figure.invited)
    seen = write(figure.respondents, asked, figure.counts)
    return {
        n
        for n in range(k, asked + 1)
        for counts in (_tables(n) if len(figure.counts) == 2 else [figure.counts])
        if write(n, asked, counts) == seen
    }


def _tables(n):
    return ((n - favourable, favourable) for favourable in range(n + 1))


def sums(sets):
    total = {0}
    for each in sets:
        total = {before + more for before in total for more in each}
    return total


def decided_to_take_part(wave, write):
    """Return the groups between shown figures of which everyone, or no one, must have answered."""
    shown = {path: figure for path, (figure, _) in wave.shown.items()}
    below = nearest_below(shown)
    rests = {
        path: len(figure.invited) - sum(len(shown[part].invited) for part in below[path])
        for path, figure in shown.items()
    }
    can = {path: compatible(figure, write) for path, figure in shown.items()}
    for path in sorted(shown, key=len, reverse=True):
        can[path] &= sums([set(range(rests[path] + 1)), *(can[part] for part in below[path])])
    decided = []
    for path in sorted(shown, key=len):
        pieces = {part: can[part] for part in below[path]} | {None: set(range(rests[path] + 1))}
        for piece, values in pieces.items():
            others = sums(more for other, more in pieces.items() if other != piece)
            values &= {value for value in values if any(value + more in can[path] for more in others)}
        if rests[path] and len(pieces[None] & {0, rests[path]}) == len(pieces[None]) == 1:
            decided.append(path)
    return decided


# The tests


def attack_one_wave(seed, judge=strict):
    firm, waves, _ = history(seed, judge, waves=1)
    return len(narrowed(waves[0], firm.classes - 1)) + isolated_respondents(waves[0])


def attack_all_waves(seed, judge=strict):
    _, _, ledger = history(seed, judge)
    groups = [release.figure.invited for release in ledger]
    return len(solved_people(groups)) + small_combinations(groups)


def attack_without_participation(seed, judge=crowd):
    firm, waves, _ = history(seed, judge)
    seen = tables(waves) if firm.classes == 2 else []
    return len(pinned_in_pairs(seen)) + len(pinned_in_chains(seen)) + sum(map(isolated_respondents, waves))


def attack_participation(seed, judge=crowd, write=written):
    _, waves, _ = history(seed, judge)
    return sum(len(decided_to_take_part(wave, write)) for wave in waves)


ATTACKS = [attack_one_wave, attack_all_waves, attack_without_participation, attack_participation]


def disclosures(attack, organisations, judge=None):
    return sum(attack(seed, judge) if judge else attack(seed) for seed in range(organisations))


def test_nobody_is_bounded_within_a_wave():
    assert disclosures(attack_one_wave, 100) == 0


def test_nobody_is_solved_from_all_waves_together():
    assert disclosures(attack_all_waves, 300) == 0


@pytest.mark.parametrize("judge", [strict, crowd])
def test_nobody_is_pinned_where_participation_is_unknown(judge):
    assert disclosures(attack_without_participation, 300, judge=judge) == 0


@pytest.mark.parametrize("judge", [strict, crowd])
def test_nobody_is_known_to_have_answered_or_not(judge):
    assert disclosures(attack_participation, 300, judge=judge) == 0


@given(st.integers(min_value=10_000), st.sampled_from(ATTACKS))
@settings(max_examples=60, deadline=None)
def test_no_attack_succeeds_on_any_organisation(seed, attack):
    assert attack(seed) == 0


def test_the_attacker_catches_exact_numbers_of_respondents():
    assert sum(attack_participation(seed, write=outspoken) for seed in range(60)) > 0


def without_subtraction(figures, ledger, wave):
    """Withhold small groups and use bands, but let the rest be worked out."""
    alone = [gate([figure], ledger, wave=wave) for figure in figures]
    return {path: decision for decisions in alone for path, decision in decisions.items()}


def without_history(figures, ledger, wave):
    return gate(figures, wave=wave)


def without_bands(figures, ledger, wave):
    return {
        path: Shown(Exact()) if isinstance(d, Shown) else d
        for path, d in strict(figures, ledger, wave).items()
    }


@pytest.mark.parametrize(
    ("attack", "planted"),
    [
        (attack_one_wave, without_subtraction),
        (attack_one_wave, without_bands),
        (attack_all_waves, without_subtraction),
        (attack_all_waves, without_history),
        (attack_without_participation, without_history),
        (attack_participation, without_subtraction),
    ],
)
def test_the_attacker_catches_a_gate_with_a_rule_removed(attack, planted):
    assert disclosures(attack, 60, judge=planted) > 0


def a_year_of(judge, seed):
    """Return the share of waves in which each department of a firm of 120 is shown: 26 waves, 1.5 % leave a month."""
    sizes = [6, 9, 12, 14, 16, 18, 20, 25]
    firm, ledger, shown = Firm(random.Random(seed), 2, 0.3, 0.7), [], Counter()
    for size in sizes:
        firm.heads[f"D{size}"] = max(firm.hire(f"D{size}") for _ in range(size))
    for number in range(26):
        shown.update(field_wave(firm, judge, ledger, number, coarse=True).shown.keys())
        for person in list(firm.departments):
            if firm.rng.random() < 0.15:  # lasting answers are the attacker's dream, not how people are
                firm.answers[person] = int(firm.rng.random() < 0.65)
            if person not in firm.heads.values() and firm.rng.random() < 0.0075:
                firm.hire(firm.departments.pop(person))
    return [shown[f"D{size}"] / 26 for size in sizes if size >= 14]


def mean_of_years(judge):
    years = [share for seed in range(6) for share in a_year_of(judge, seed)]
    return sum(years) / len(years)


def test_where_participation_is_unknown_departments_stay_visible_over_a_year_of_turnover():
    assert mean_of_years(crowd) > 0.6


def test_the_strict_rule_hides_departments_for_most_of_a_year_of_turnover():
    assert 0.2 < mean_of_years(strict) < 0.5


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for each in ATTACKS:
        sys.stdout.write(
            f"{each.__name__}: {disclosures(each, wanted)} disclosures in {wanted} organisations\n"
        )
