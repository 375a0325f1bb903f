"""What of the gate can be applied to results that come without people: group sizes and how answers can lie.

Not applicable, and said so in the documentation: who was invited, heads in their own teams, and who joined or
left between two months. Whoever imported such figures has seen them all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from adapters.demo.own_files import Result
from surveys.anonymity import FLOOR
from surveys.anonymity.cells import ORGANISATION, depth, lineage, parent
from surveys.anonymity.figures import free

SAME = 0.02
"""How far the sum of all other topmost rows may lie from a total, as a share of it."""
MANY_TIMES = 3.0
"""A row with so many times the answers of all others stands for everybody, where a file holds only a part of them."""
NEARLY = 0.005
"""How far a variance in a file may be rounded."""

Key = tuple[str, date, str]
Sizes = Mapping[str, int]


def hidden(history: Sequence[Result]) -> frozenset[Key]:
    """Return which figures may not be shown.

    Those of fewer than five; means that pin single answers; and within each month and item the smallest part
    where the total less the other parts would leave fewer than five, or a single part that is hidden.
    """
    everybody = totals(history)
    groups: dict[tuple[date, str], list[Result]] = defaultdict(list)
    for row in history:
        groups[row.month, row.item].append(row)
    return frozenset(
        (path, month, item) for (month, item), rows in groups.items() for path in _hidden_in(rows, everybody)
    )


def totals(history: Iterable[Result]) -> frozenset[str]:
    """Return the topmost rows that stand for everybody in every month, under whatever name.

    One without departments below it whose answers are the sum of those of at least two others, or many times
    as many. A department that merely holds half of all people is not taken for a total.
    """
    months: dict[tuple[date, str], dict[str, int]] = defaultdict(dict)
    for row in history:
        months[row.month, row.item][row.department] = row.n
    divided = {above for sizes in months.values() for path in sizes for above in _above(path)}
    candidates = {path for sizes in months.values() for path in sizes if "/" not in path} - divided
    topmost = [_topmost(sizes) for sizes in months.values()]
    return frozenset(path for path in candidates if _is_total(path, topmost))


def _topmost(sizes: Sizes) -> dict[str, int]:
    """Return the rows of a month that no other row of it contains."""
    return {path: n for path, n in sizes.items() if not any(above in sizes for above in _above(path))}


def _above(path: str) -> Iterator[str]:
    return (upper for upper in lineage(path) if upper not in (path, ORGANISATION))


def _is_total(path: str, months: Sequence[Sizes]) -> bool:
    beside = [sizes for sizes in months if path in sizes and len(sizes) > 1]
    return bool(beside) and all(_stands_for_all(sizes[path], sizes) for sizes in beside)


def _stands_for_all(n: int, sizes: Sizes) -> bool:
    others = sum(sizes.values()) - n
    return n >= MANY_TIMES * others or (len(sizes) > 2 and abs(n - others) <= SAME * n)


def _hidden_in(rows: Sequence[Result], everybody: frozenset[str]) -> set[str]:
    sizes = {row.department: row.n for row in rows}
    found = {row.department for row in rows if row.n < FLOOR or _pins(row)}
    wholes = sorted(sizes, key=lambda path: (path in everybody, -depth(path), path))
    for whole in wholes:
        parts = [path for path in sizes if _part_of(path, whole, everybody, sizes)]
        if whole not in found:
            found |= _to_cover(sizes, whole, parts, found)
    return found


def _part_of(path: str, whole: str, everybody: frozenset[str], sizes: Sizes) -> bool:
    if whole in everybody:
        return path not in everybody and not any(above in sizes for above in _above(path))
    return path != whole and parent(path) == whole


def _to_cover(sizes: Sizes, whole: str, parts: Sequence[str], found: set[str]) -> set[str]:
    """Return which further parts must go, the smallest first, so that no hidden one follows from the total."""
    more: set[str] = set()
    for part in sorted(parts, key=lambda path: (sizes[path], path)):
        gone = [path for path in parts if path in found or path in more]
        rest = sizes[whole] - sum(sizes[path] for path in parts if path not in gone)
        unnamed = rest - sum(sizes[path] for path in gone)
        exposed = 0 < rest < FLOOR or (len(gone) == 1 and unnamed <= 0)
        if exposed and part not in gone:
            more.add(part)
    return more


def _pins(row: Result) -> bool:
    """Tell whether a mean with its variance says something about every single answer.

    As for figures of our own: the sum must leave each answer free on the scale, and not all, or all but one,
    may have chosen the same point.
    """
    if row.mean is None or row.variance is None:
        return False
    low, high = row.scale
    top = round(high - low)
    total = round((row.mean - low) * row.n)
    if not free(total, total, row.n, top):
        return True
    return any(abs(row.variance - away**2 / row.n) < NEARLY for away in range(top + 1))
