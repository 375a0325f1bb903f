"""Where an answer is counted: the reporting cell of each person, and the coarser cell in which a row is kept.

A cell is a department path such as ``Operations/Support``; ``""`` is the whole organisation. The *figure* of
a path counts everything kept at that path or below it; the *rest* of a path is what is kept at the path itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

from surveys.anonymity.figures import FLOOR, Figure, at_least_the_floor

T = TypeVar("T")

ORGANISATION = ""


def parent(path: str) -> str:
    """Return the path one level up; the organisation is its own parent."""
    return path.rpartition("/")[0]


def lineage(path: str) -> Iterator[str]:
    """Yield the path itself, then each path above it, the organisation last."""
    while path != ORGANISATION:
        yield path
        path = parent(path)
    yield ORGANISATION


def depth(path: str) -> int:
    """Return how many levels a path lies below the organisation."""
    return 0 if path == ORGANISATION else path.count("/") + 1


def covers(upper: str, lower: str) -> bool:
    """Tell whether ``lower`` is ``upper`` or lies below it."""
    return upper in (ORGANISATION, lower) or lower.startswith(upper + "/")


def place(
    departments: Mapping[int, str], heads: Mapping[str, AbstractSet[int] | int], k: int = FLOOR
) -> dict[int, str]:
    """Return the cell of each invited person, frozen at the launch of a wave.

    Everyone is counted in the own department, except heads. A head who reads the figure of the own team and
    knows the own answer sees the team less one, so the head's sheet leaves the team: it counts in the parent
    of the topmost path that the person heads on the way from the own department up to the organisation. Two
    heads of one path both leave it. A head of the organisation has nothing above it and stays there.

    A department is often run by two or three team heads and has nobody else of its own. Their sheets would be
    a rest too small to keep, and a whole team would have to be hidden to cover them. So heads climb on until
    they meet a cell where at least ``k`` invited people are counted for themselves, the organisation at last;
    the department's figure is then that of its teams.
    """
    at_least_the_floor(k)
    headed = _headed(heads)
    placed = {
        person: _outside(department, headed.get(person, frozenset()))
        for person, department in departments.items()
    }
    moved = {person for person, cell in placed.items() if cell != departments[person]}
    return _climb(placed, moved, k)


def _headed(heads: Mapping[str, AbstractSet[int] | int]) -> dict[int, frozenset[str]]:
    paths: dict[int, set[str]] = {}
    for path, people in heads.items():
        for person in (people,) if isinstance(people, int) else people:
            paths.setdefault(person, set()).add(path)
    return {person: frozenset(own) for person, own in paths.items()}


def _outside(department: str, headed: AbstractSet[str]) -> str:
    """Return the lowest cell that is in none of the headed paths, except the organisation."""
    own = [path for path in lineage(department) if path in headed and path != ORGANISATION]
    return parent(own[-1]) if own else department


def _climb(placed: dict[int, str], moved: AbstractSet[int], k: int) -> dict[int, str]:
    counted = Counter(placed.values())
    for path in _deepest_first(counted):
        climbing = [person for person in moved if placed[person] == path]
        if path == ORGANISATION or not climbing or counted[path] >= k:
            continue
        for person in climbing:
            placed[person] = parent(path)
        counted[parent(path)] += len(climbing)
    return placed


def _deepest_first(paths: Iterable[str]) -> list[str]:
    every = {above for path in paths for above in lineage(path)}
    return sorted(every, key=lambda path: (-depth(path), path))


def coarsen(counts: Mapping[str, int], k: int = FLOOR) -> dict[str, str]:
    """Return for each leaf cell of one question the cell in which its rows may be kept.

    What this returns is the finest thing that is ever stored. Three promises, whatever the counts:

    1. a row moves upwards only, to its own cell or to a path above it;
    2. each cell that holds rows holds at least ``k`` of them for itself, not counting the cells below. The one
       exception is an organisation with fewer than ``k`` rows in all: everything is then kept at the
       organisation, and the gate withholds it;
    3. the rows are a partition: each is kept once, so figures of paths are sums of cells.

    From the deepest path upwards, a rest with fewer than ``k`` rows pulls cells from below into itself until it
    reaches ``k``: the shallowest first, because each level between would lose its figure, then the smallest.
    If nothing is left below, it joins the rest of the next path up. A leftover of a small team thus takes the
    next smallest team with it (complementary suppression) instead of taking the parent's figure away. A leaf
    without rows has nothing to move and is returned as it is.

    Parameters
    ----------
    counts
        Respondents to the question per leaf cell, none negative.
    k
        Fewest rows a cell may hold: 5 for scores, 10 for comments, or more.
    """
    at_least_the_floor(k)
    held: dict[str, list[str]] = {leaf: [leaf] for leaf, n in counts.items() if n}
    for path in _deepest_first(held):
        _settle(path, held, counts, k)
    stored = {leaf: cell for cell, leaves in held.items() for leaf in leaves}
    return {leaf: stored.get(leaf, leaf) for leaf in counts}


def _settle(path: str, held: dict[str, list[str]], counts: Mapping[str, int], k: int) -> None:
    def rows(cell: str) -> int:
        return sum(counts[leaf] for leaf in held[cell])

    if path not in held:
        return
    below = sorted(
        (cell for cell in held if cell != path and covers(path, cell)),
        key=lambda cell: (depth(cell), rows(cell), cell),
    )
    while rows(path) < k and below:
        held[path] += held.pop(below.pop(0))
    if rows(path) < k and path != ORGANISATION:
        held.setdefault(parent(path), []).extend(held.pop(path))


def lattice(
    placed: Mapping[int, str], stored: Mapping[str, str], kept: Mapping[str, Sequence[int]]
) -> list[Figure]:
    """Return every figure that could be shown for one question of one wave, for the gate to judge.

    A path is left out when some of its rows are kept above it: its figure would be that of a part of the
    people, under the name of all of them.

    Parameters
    ----------
    placed
        Cell of each person who was asked the question (from `place`).
    stored
        Cell in which the rows of each leaf are kept (from `coarsen`).
    kept
        Answers per class in the order of the scale, for each cell that holds rows.
    """
    broken = {
        path
        for leaf, cell in stored.items()
        if kept.get(cell)
        for path in lineage(leaf)
        if path != cell and covers(cell, path)
    }
    paths = {path for cell in kept for path in lineage(cell)} - broken
    tables = _covered(kept.items())
    people = _covered((cell, person) for person, cell in placed.items())
    return [_figure(path, people[path], tables[path]) for path in sorted(paths)]


def _covered(held: Iterable[tuple[str, T]]) -> defaultdict[str, list[T]]:
    """Return for each path all that is held in the cells it covers."""
    found: defaultdict[str, list[T]] = defaultdict(list)
    for cell, one in held:
        for path in lineage(cell):
            found[path].append(one)
    return found


def _figure(path: str, invited: Iterable[int], tables: Iterable[Sequence[int]]) -> Figure:
    counts = tuple(map(sum, zip(*tables, strict=True)))
    return Figure(path, sum(counts), frozenset(invited), counts)
