"""Which rotating questions each person gets in a wave: drawn by lot, evenly, and never soon again.

Each person answers a few items of a larger bank, so that every item is measured often although nobody is
asked much (planned missingness; Graham et al. 2006, doi:10.1037/1082-989X.11.4.323). The draw uses no random
generator: the lots are hashes of survey, wave date, person and item, so that a draw that is repeated after a
crash comes out the same and anybody can check it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from itertools import pairwise

REST = timedelta(days=60)
"""How long a person is spared an item; it may come again when more than this has passed."""

History = Iterable[tuple[str, date]]
"""What a person was asked in earlier waves: item and date."""


def assign(
    survey: str,
    wave: date,
    bank: Sequence[str],
    histories: Mapping[int, History],
    per_person: int = 1,
) -> dict[int, tuple[str, ...]]:
    """Return the items for each person of a wave, by person number.

    Rules, the first the strongest:

    1. Nobody gets an item asked of them in the last `REST`, nor the same item twice. Whoever has fewer than
       ``per_person`` items left gets those that are left, possibly none: the bank is then exhausted for them.
    2. The items are asked as evenly as rule 1 allows: no reassignment could bring two items' counts closer
       that differ by two or more. Without history, counts differ by at most one.
    3. Among equals, the item that the person has not had for longest, then the lot.

    Rule 2 is an optimal semi-matching (Harvey, Ladner, Lovász & Tamir 2006, Journal of Algorithms 59(1), 53-78):
    a greedy draw, then exchanges along paths that lower the larger of two counts.

    Parameters
    ----------
    survey, wave
        Key of the survey and local date of the wave; they seed the lots.
    bank
        Keys of the rotating items, in any order.
    histories
        For each person number, what was asked in earlier waves (this wave left out).
    per_person
        Items wanted for each person, at least 0.
    """
    seed = f"{survey}|{wave.isoformat()}"
    draw = _Draw(sorted(set(bank)))
    for person in sorted(histories, key=lambda person: _lot(seed, person)):
        last = _last_asked(histories[person])
        open_items = [item for item in draw.load if _rested(last.get(item), wave)]
        lots = {item: _lot(seed, person, item) for item in open_items}
        open_items.sort(key=lambda item: (draw.load[item], last.get(item, date.min), lots[item]))
        draw.add(person, open_items, per_person)
    draw.level()
    return {person: draw.held_by(person) for person in histories}


class _Draw:
    """A draw in the making: who holds what, and who could take what instead."""

    def __init__(self, bank: Sequence[str]) -> None:
        self.load = dict.fromkeys(bank, 0)
        self._open: dict[int, list[str]] = {}
        self._held: dict[int, list[str]] = {}
        self._movers: dict[tuple[str, str], dict[int, None]] = {}

    def add(self, person: int, preferred: list[str], count: int) -> None:
        self._open[person] = preferred
        self._held[person] = preferred[:count]
        for item in self._held[person]:
            self.load[item] += 1
        for move in self._moves(person):
            self._movers.setdefault(move, {})[person] = None

    def held_by(self, person: int) -> tuple[str, ...]:
        return tuple(self._held[person])

    def level(self) -> None:
        """Exchange until no path of exchanges leads from an item to one asked at least two times less."""
        while path := self._uneven_path():
            for source, target in pairwise(path):
                self._exchange(next(iter(self._movers[source, target])), source, target)

    def _uneven_path(self) -> list[str]:
        for source in sorted(self.load, key=lambda item: (-self.load[item], item)):
            paths = self._reachable(source)
            target = min(paths, key=lambda item: (self.load[item], item))
            if self.load[source] - self.load[target] >= 2:
                return paths[target]
        return []

    def _reachable(self, source: str) -> dict[str, list[str]]:
        """Return the shortest path of exchanges from an item to each that can be reached."""
        paths = {source: [source]}
        queue = [source]
        for item in queue:
            for other in self.load:
                if other not in paths and self._movers.get((item, other)):
                    paths[other] = [*paths[item], other]
                    queue.append(other)
        return paths

    def _exchange(self, person: int, source: str, target: str) -> None:
        for move in self._moves(person):
            del self._movers[move][person]
        held = self._held[person]
        held[held.index(source)] = target
        self.load[source] -= 1
        self.load[target] += 1
        for move in self._moves(person):
            self._movers.setdefault(move, {})[person] = None

    def _moves(self, person: int) -> Iterator[tuple[str, str]]:
        held = self._held[person]
        return ((item, other) for item in held for other in self._open[person] if other not in held)


def _last_asked(history: History) -> dict[str, date]:
    last: dict[str, date] = {}
    for item, day in history:
        last[item] = max(day, last.get(item, day))
    return last


def _rested(last: date | None, wave: date) -> bool:
    return last is None or wave - last > REST


def _lot(seed: str, *parts: object) -> bytes:
    return blake2b("|".join([seed, *map(str, parts)]).encode(), digest_size=8).digest()
