"""Undoing what it does to a mean that months of near-agreement are not shown.

The anonymity gate shows a share as a number only where at least two people answered on either side. A month in which
eleven of twelve are content is a band, or is withheld altogether where another figure would give it away. So months are
missing because of how people answered, and the mean of the months shown is drawn towards one half: the more, the
smaller the group and the clearer its opinion. An effect that makes opinions clearer looks smaller than it is.

The rule is public, so its pull is known: a share shown for ``n`` answers is a binomial cut off at both ends. Per
department and window the chance ``p`` is sought whose cut-off mean is the mean shown, and each month is moved to where it
lies around ``p`` on the scale of uncut shares. Nothing but released figures is used; bands and withheld months need not
be told apart.

Source: the truncated binomial (Finney 1949, The Truncated Binomial Distribution, Annals of Eugenics 14, 319-328). Its
mean grows with ``p`` at the rate ``Var(shown) / Var(uncut)``, as in any exponential family.
Assumes: within a window the chance moves little from month to month, and what else hides a month (few answers, other
figures) has nothing to do with how people answered. Where only "5-9" is said of the number of answers, nine are taken:
nine are pulled least, so that the correction is too small rather than too large.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from analytics.causal.cells import Cell
from analytics.causal.windows import Windows
from analytics.distributions import FloatArray
from analytics.months import shift

EXACT_FROM = 10
"""From this many answers on their number is said; below it, it is taken to be one less than this."""
LOWEST, HIGHEST = 0.05, 0.95
"""Chances beyond these are not told apart by the months shown."""
HALVINGS = 40
POINTS = 100.0

Groups = npt.NDArray[np.intp]


def restored(cells: Iterable[Cell], around: Windows) -> tuple[Cell, ...]:
    """Return the cells with the pull of the missing months taken off the screened ones, the others as they are.

    The variances grow with the correction: a month that is held near one half tells less. Values of single months may
    leave the scale; means of a window do not.
    """
    everything = tuple(cells)
    screened = [cell for cell in everything if cell.screened]
    if not screened:
        return everything
    fresh = iter(_restored(screened, _grouped(screened, around)))
    return tuple(next(fresh) if cell.screened else cell for cell in everything)


def shown_share(chance: FloatArray, answers: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of a share, given that at least two answered on either side.

    Parameters
    ----------
    chance
        Chance of a favourable answer, between 0 and 1.
    answers
        Number of answers, at least 5; same shape.
    """
    against = 1 - chance
    none, all_ = against**answers, chance**answers
    one, but_one = answers * chance * against ** (answers - 1), answers * against * chance ** (answers - 1)
    shown = 1 - none - one - but_one - all_
    share = (answers - 1) / answers
    mean = (chance - one / answers - but_one * share - all_) / shown
    square = chance**2 + chance * against / answers - one / answers**2 - but_one * share**2 - all_
    return mean, square / shown - mean**2


def _grouped(cells: Sequence[Cell], around: Windows) -> Groups:
    """Return the number of each cell's group: what lies earlier, before, in and after the adoption's month is apart."""
    first = around.before[0] if around.before else around.adopted
    steps = (first, around.adopted, shift(around.adopted, 1))
    keys = [(cell.department, sum(cell.month >= step for step in steps)) for cell in cells]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], dtype=np.intp)


def _restored(cells: Sequence[Cell], groups: Groups) -> Iterable[Cell]:
    value = np.array([cell.value for cell in cells]) / POINTS
    said = np.array([float(cell.n) for cell in cells])
    answers = np.where(said < EXACT_FROM, EXACT_FROM - 1.0, said)
    level = _mean(value, groups)
    chance = _chance(level, answers, groups)[groups]
    mean, variance = shown_share(chance, answers)
    rate = _mean(answers * variance / (chance * (1 - chance)), groups)[groups]
    pull = _mean(mean, groups)[groups] - mean
    rounding = np.maximum(
        np.array([cell.variance for cell in cells]) / POINTS**2 - value * (1 - value) / said, 0
    )
    moved = chance + (value - level[groups] + pull) / rate
    spread = (variance + rounding) / rate**2
    for cell, here, wide in zip(cells, moved, spread, strict=True):
        yield replace(cell, value=float(POINTS * here), variance=float(POINTS**2 * wide), screened=False)


def _chance(level: FloatArray, answers: FloatArray, groups: Groups) -> FloatArray:
    """Return the chance per group whose mean of shown shares is ``level``, by halving."""
    low, high = np.full_like(level, LOWEST), np.full_like(level, HIGHEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = _mean(shown_share(middle[groups], answers)[0], groups) < level
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def _mean(values: FloatArray, groups: Groups) -> FloatArray:
    return np.bincount(groups, weights=values) / np.bincount(groups)
