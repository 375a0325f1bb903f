"""Response styles: how people use a scale, whatever it asks, and whether that lets groups be compared.

Some people choose the ends of a scale more readily, some agree more readily; how many do differs by country, age and
education (Batchelor & Miao 2016, meta-analysis; Dolnicar & Grün 2007, Int. Marketing Review 24(2)). A style can carry
meaning of its own (He et al. 2014, doi:10.1177/0022022114534773), so it is shown beside a figure and never taken off
it in silence; Costa & Hauck Filho 2019, Temas em Psicologia 27(2), review the ways of correcting.

All of it is about answers as they were shown, 1 to ``points``, not turned round where lower is better.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import asin, sqrt
from statistics import fmean, pstdev

from analytics.distributions import chi_square_upper
from analytics.results import Withheld

FEWEST_FOR_STYLE = 2
"""Answers that a style needs: of one, an end is an opinion."""

FEWEST_FOR_CENTRING = 5
"""Answers of one person that centring needs: with fewer the own mean is little else than the answer itself."""

FEWEST_POINTS = 4
"""Points of a scale whose ends are counted: with fewer, every opinion is an end."""

ERROR, SMALL = 0.05, 0.2
"""Groups differ if chance is less likely than this, and if Cohen's h of the widest pair is more than a small effect."""

Answers = Mapping[str, int]
"""One person's answers by question."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a style needs to know of a question: the points of its scale, whether it asks for agreement, and to what."""

    points: int
    agreement: bool
    construct: str
    reversed: bool
    """Whether agreeing speaks against the construct, or lower is better."""


def extreme_share(answers: Answers, items: Mapping[str, Item]) -> float | None:
    """Return the share of a person's answers that are ends of their scales; None of fewer than two."""
    ends = [answers[key] in (1, item.points) for key, item in _answered(answers, items)]
    return fmean(ends) if len(ends) >= FEWEST_FOR_STYLE else None


def agreement_share(answers: Answers, items: Mapping[str, Item]) -> float | None:
    """Return the share of a person's statements that they agree with; None of fewer than two.

    Content and yes-saying can't be told apart in it: who is content agrees as well. Only balanced pairs can
    (`yes_saying`).
    """
    agreed = [2 * answers[key] > item.points + 1 for key, item in _answered(answers, items) if item.agreement]
    return fmean(agreed) if len(agreed) >= FEWEST_FOR_STYLE else None


def yes_saying(answers: Answers, items: Mapping[str, Item]) -> float | None:
    """Return how far a person agrees with statements and with their opposites, from -1 to 1; None without a pair.

    The mean over the balanced pairs, statements about one construct of which one is reversed. Whatever somebody
    thinks, agreeing with one should mean disagreeing with the other, so that the pair's mean is the middle.
    """
    pairs = [
        _place(answers[one], items[one]) + _place(answers[other], items[other]) - 1
        for one, other in balanced_pairs(items)
        if one in answers and other in answers
    ]
    return fmean(pairs) if pairs else None


def balanced_pairs(items: Mapping[str, Item]) -> list[tuple[str, str]]:
    """Return the pairs of statements about one construct, one of them reversed."""
    forwards = [key for key, item in items.items() if item.agreement and not item.reversed]
    backwards = [key for key, item in items.items() if item.agreement and item.reversed]
    return [
        (one, other)
        for one, other in product(forwards, backwards)
        if items[one].construct == items[other].construct
    ]


def centred(answers: Answers, items: Mapping[str, Item]) -> Mapping[str, float] | Withheld:
    """Return a person's answers less their own mean, as shares of the scale; withheld for fewer than five.

    They add up to zero for each person, so they say what somebody rates higher or lower than the rest, and nothing
    about whether one person is more content than another; items must not be correlated in them either.
    """
    placed = {key: _place(answers[key], item) for key, item in _answered(answers, items)}
    if len(placed) < FEWEST_FOR_CENTRING:
        return Withheld("too_few_items")
    mean = fmean(placed.values())
    return {key: value - mean for key, value in placed.items()}


def standings(people: Iterable[Answers], items: Mapping[str, Item]) -> Mapping[str, float] | Withheld:
    """Return each question's mean centred answer in one group or language, in the group's own standard deviations.

    Centring within the person and standardising within the group takes off what the group does with all items alike
    (double standardisation, Fischer 2004). Persons with fewer than five answers are left out; withheld if none is left.
    """
    kept = [own for answers in people if not isinstance(own := centred(answers, items), Withheld)]
    if not kept:
        return Withheld("too_few_items")
    spread = pstdev([value for own in kept for value in own.values()])
    by_item = {key: [own[key] for own in kept if key in own] for key in items}
    return {key: fmean(said) / spread if spread else 0.0 for key, said in by_item.items() if said}


@dataclass(frozen=True, slots=True)
class Share:
    """A share of people in one group, with its sampling variance."""

    value: float
    variance: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Whether groups use a scale differently: Cochran's Q with its p, and Cohen's h of the widest pair."""

    q: float
    p: float
    h: float

    @property
    def beyond_chance(self) -> bool:
        """Tell whether the groups had better not be compared."""
        return self.p < ERROR and self.h >= SMALL


def difference(groups: Sequence[Share]) -> Difference | None:
    """Compare the shares of a style between groups that share nobody; None for fewer than two.

    Q is the sum of squared distances from the weighted mean in units of their variances, chi-square with one degree
    less than groups under no difference (Cochran 1954, doi:10.2307/3001666). The effect is Cohen's h (1988).
    """
    if len(groups) < 2:
        return None
    weights = [1 / group.variance for group in groups]
    mean = sum(w * g.value for w, g in zip(weights, groups, strict=True)) / sum(weights)
    q = sum(w * (g.value - mean) ** 2 for w, g in zip(weights, groups, strict=True))
    angles = [2 * asin(sqrt(group.value)) for group in groups]
    return Difference(q, chi_square_upper(q, len(groups) - 1), max(angles) - min(angles))


def _answered(answers: Answers, items: Mapping[str, Item]) -> list[tuple[str, Item]]:
    return [(key, item) for key, item in items.items() if key in answers and item.points >= FEWEST_POINTS]


def _place(answer: int, item: Item) -> float:
    return (answer - 1) / (item.points - 1)
