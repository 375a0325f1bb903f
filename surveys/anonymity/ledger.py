"""What earlier releases let somebody work out, and the rule that stops it.

**Who is held off.** Somebody who has every released figure of a question, knows from the calendar and the
directory who was invited in each wave, and knows these rules. What differs is how much else is granted:

``strict``
    He also takes it as certain that between two waves *nobody changed an answer and nobody changed their mind
    about taking part*. Then two waves are one table, and a department of 14 with a joiner, less the same
    department without, is the joiner's answer. So every pair of released groups A and B must satisfy: A∖B and
    B∖A are empty or hold at least ``k`` invited people (people, because nobody knows who answered). Pairs are
    not enough (last month's department less this month's two teams is also a person), so the whole system is
    tested: each combination of released figures, whatever its coefficients, must still contain a class of at
    least ``k`` people whom no release tells apart.

``crowd``
    He takes it as certain that nobody changed an *answer*, but not who took part: there is no list of that,
    and nobody can make one. Then a joiner or leaver is safe in a pair of waves when the people who were
    invited both times could alone have given both tables, answer for answer: with 10 and 11 answers of the
    same 14 people there is no telling whether the newcomer took part, let alone how. See `crowded`. Within
    one wave the rule stays strict. What it does not promise: protection from somebody who knows of everyone
    whether they took part, and proof over chains of three and more waves: for one joiner or leaver in two
    waves the tests go through every possible world, for longer histories they search and find nothing.

Under ``strict`` a department goes dark with its first joiner or leaver and comes back when ``k`` have joined
and nobody or ``k`` have left; under ``crowd`` it stays visible as long as enough of its people abstain.

In both cases the comparison of two waves must also leave everybody's answer open: see `undecided`.

Groups without a common member are no risk from subtraction: A∖B is then A itself, which holds ``k``
respondents or was not released.

The linear test follows the audit of sum queries (Chin & Özsoyoğlu 1982, IEEE TSE SE-8(6), 574-582,
doi:10.1109/TSE.1982.236161), with classes of ``k`` people in the place of single ones.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from surveys.anonymity.cells import lineage
from surveys.anonymity.figures import Band, Figure, release_form, scale_sum, sums_behind

Across = Literal["strict", "crowd"]

PRIME = 2**127 - 1
"""Elimination is done modulo a large prime: exact in integers, and fast."""


@dataclass(frozen=True, slots=True)
class Release:
    """A figure (or band) that was shown once; it can't be taken back."""

    wave: int
    figure: Figure


def crowded(one: Figure, other: Figure, k: int) -> bool:
    """Tell whether two tables can be explained without those who were invited only once.

    Let c people be invited both times. If as many as possible gave the same answer both times, the two tables
    need, per class, the larger of the two counts. If c people suffice for the sum of these, a world exists in
    which no joiner or leaver took part and nobody changed an answer. In that world their answers are anything,
    so the pair of tables can't narrow them. Where ``k`` or more people are in one of the groups only, the one
    taken from the other is about these as well, and `undecided` is enough.
    """
    both = len(one.invited & other.invited)
    if max(len(one.invited), len(other.invited)) - both >= k:
        return True
    if not one.counts or len(one.counts) != len(other.counts):
        return False
    return sum(map(max, one.counts, other.counts)) <= both


def undecided(one: Figure, other: Figure) -> bool:
    """Tell whether everyone may have answered at either end, had nobody changed an answer between two tables.

    ``k`` people who left are enough to be counted, but if the old table less the new one says that they all
    answered alike, each of them is known. Let V be the sum of the lasting answers of the people invited both
    times. Each table bounds V, because those invited once can only add so much; if V and what each side must
    add leave room for one person at both ends, nobody is decided. Who took part is not known. If no V fits
    both tables, answers have changed, and nothing follows from the comparison.
    """
    top = len(one.counts) - 1
    if top < 1 or len(one.counts) != len(other.counts):
        return True
    both = len(one.invited & other.invited)
    sides = [(len(figure.invited) - both, *_claims(figure, top)) for figure in (one, other)]
    least = max(0, *(for_top - alone * top for alone, for_top, _ in sides))
    most = both * top - max(0, *(for_bottom - alone * top for alone, _, for_bottom in sides))
    if least > most:
        return True
    # Sums that the people of one side must and can add, for V at its best.
    spans = [
        (for_top - most, (alone + both) * top - for_bottom - least, alone)
        for alone, for_top, for_bottom in sides
    ]
    return all(
        must <= (alone - 1) * top and can >= top
        for must, can, alone in [*spans, (least, most, both)]
        if alone
    )


def _claims(figure: Figure, top: int) -> tuple[int, int]:
    """Return how far the sum of a shown figure is known to be from the bottom and from the top."""
    form = release_form(figure.counts)
    total = scale_sum(figure.counts)
    low, high = sums_behind(form.tone, figure.respondents, top) if isinstance(form, Band) else (total, total)
    return low, figure.respondents * top - high


def apart(one: AbstractSet[int], other: AbstractSet[int], k: int) -> bool:
    """Tell whether each group less the other is empty or holds at least ``k`` people."""
    both = len(one & other)
    return not (0 < len(one) - both < k or 0 < len(other) - both < k)


def rests(shown: Mapping[str, Figure]) -> list[Figure]:
    """Return what is left of each figure when the largest shown figures below it are taken away."""
    return [
        shown[whole].less([shown[path] for path in below]) for whole, below in nearest_below(shown).items()
    ]


def nearest_below(paths: Collection[str]) -> dict[str, list[str]]:
    """Return for each path those of the others that lie below it with none of the others between."""
    below: dict[str, list[str]] = {path: [] for path in paths}
    for path in paths:
        upper = next((above for above in lineage(path) if above != path and above in below), None)
        if upper is not None:
            below[upper].append(path)
    return below


class Ledger:
    """All earlier releases of one question, with all that follows from those of one wave by subtraction."""

    def __init__(self, releases: Iterable[Release], wave: int, k: int, across: Across) -> None:
        """Close the releases under subtraction, wave by wave."""
        self._k = k
        self._across = across
        self._wave = wave
        self._known: dict[frozenset[int], list[Release]] = {}
        releases = list(releases)
        for release in (*releases, *_derived(releases)):
            self._known.setdefault(release.figure.invited, []).append(release)
        self._rows = {
            release.figure.invited for release in releases if across == "strict" or release.wave == wave
        }

    def allows(self, figure: Figure) -> bool:
        """Tell whether a figure may stand beside everything known, pair by pair."""
        return all(
            (apart(figure.invited, invited, self._k) or self._covered(figure, releases))
            and all(undecided(figure, release.figure) for release in releases if release.wave != self._wave)
            for invited, releases in self._known.items()
            if invited != figure.invited and not invited.isdisjoint(figure.invited)
        )

    def _covered(self, figure: Figure, releases: Sequence[Release]) -> bool:
        return self._across == "crowd" and all(
            release.wave != self._wave and crowded(figure, release.figure, self._k) for release in releases
        )

    def entangled(self, figures: Iterable[Figure]) -> list[Figure]:
        """Return those figures that, together with earlier ones, isolate fewer than ``k`` people.

        Figures are tried from the largest to the smallest, so that the organisation is the last to go.
        """
        rows = set(self._rows)
        new = sorted((f for f in figures if f.invited not in rows), key=lambda f: (-len(f.invited), f.path))
        if not rows or isolating(rows | {f.invited for f in new}, self._k) <= isolating(rows, self._k):
            return []
        refused = []
        for figure in new:
            if isolating(rows | {figure.invited}, self._k) > isolating(rows, self._k):
                refused.append(figure)
            else:
                rows.add(figure.invited)
        return refused


def _derived(releases: Iterable[Release]) -> list[Release]:
    waves: dict[int, dict[str, Figure]] = {}
    for release in releases:
        waves.setdefault(release.wave, {})[release.figure.path] = release.figure
    return [Release(wave, left) for wave, shown in waves.items() for left in rests(shown) if left.invited]


def isolating(groups: Collection[frozenset[int]], k: int) -> int:
    """Return how many independent combinations of group sums involve no class of ``k`` people.

    People who are in exactly the same groups form a class: no combination of sums tells them apart. A
    combination in which every class of at least ``k`` people cancels is about fewer people than may be shown.
    The number of such combinations is the rank of the groups less their rank on the large classes.
    """
    classes = Counter(_patterns(groups).values())
    large = {pattern for pattern, people in classes.items() if people >= k}
    return _rank(_rows(groups, classes)) - _rank(_rows(groups, large))


def _patterns(groups: Collection[frozenset[int]]) -> dict[int, tuple[int, ...]]:
    patterns: dict[int, tuple[int, ...]] = {}
    for number, group in enumerate(groups):
        for person in group:
            patterns[person] = (*patterns.get(person, ()), number)
    return patterns


def _rows(groups: Collection[frozenset[int]], classes: Iterable[tuple[int, ...]]) -> list[dict[int, int]]:
    rows: list[dict[int, int]] = [{} for _ in groups]
    for column, pattern in enumerate(classes):
        for number in pattern:
            rows[number][column] = 1
    return rows


def _rank(rows: Iterable[dict[int, int]]) -> int:
    """Return the rank of a sparse matrix by elimination."""
    pivots: dict[int, dict[int, int]] = {}
    for start in rows:
        row = start
        while row:
            column = min(row)
            if column not in pivots:
                inverse = pow(row[column], -1, PRIME)
                pivots[column] = {c: value * inverse % PRIME for c, value in row.items()}
                break
            row = _reduced(row, pivots[column], row[column])
    return len(pivots)


def _reduced(row: Mapping[int, int], pivot: Mapping[int, int], factor: int) -> dict[int, int]:
    left = {c: (row.get(c, 0) - factor * pivot.get(c, 0)) % PRIME for c in row.keys() | pivot.keys()}
    return {c: value for c, value in left.items() if value}
