"""What would be shown about a group, and in which form it may be said."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import floor

FLOOR = 5
"""Fewest respondents behind a score. May be raised for later waves, never lowered."""

COMMENTS_FLOOR = 10
"""Fewest respondents behind comments and quotes. May be raised for later waves, never lowered."""

EXACT_COUNT_FROM = 10
FINE_SHARE_FROM = 20
STEPS = (1, 5, 10, 20)


def at_least_the_floor(k: int, least: int = FLOOR) -> None:
    """Refuse a threshold below the floor: there is no setting that shows smaller groups."""
    if k < least:
        raise ValueError(f"a threshold of {k} is below the floor of {least}")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one question: a group, who was asked in it and how they answered.

    ``counts`` are the answers per class of the *released* statistic, in the order of its scale with equal
    steps: (other, favourable) for a share, (detractors, passives, promoters) for a recommend score, one class
    per point for a mean. One class, or none, where only the number of respondents matters (comments).
    """

    path: str
    respondents: int
    invited: frozenset[int]
    counts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.respondents <= len(self.invited):
            raise ValueError(
                f"{self.respondents} respondents of {len(self.invited)} invited at {self.path!r}"
            )
        if self.counts and (min(self.counts) < 0 or sum(self.counts) != self.respondents):
            raise ValueError(f"the answers per class at {self.path!r} do not add up to {self.respondents}")

    def less(self, parts: Sequence["Figure"]) -> "Figure":
        """Return what anyone can work out from this figure by taking disjoint parts of it away."""
        invited = self.invited.difference(*(part.invited for part in parts))
        respondents = self.respondents - sum(part.respondents for part in parts)
        if not all(part.counts for part in (self, *parts)):
            return Figure(self.path, respondents, invited)
        taken = zip(self.counts, *(part.counts for part in parts), strict=True)
        return Figure(self.path, respondents, invited, tuple(whole - sum(rest) for whole, *rest in taken))

    def participation(self) -> "Figure":
        """Return who took part as a figure of its own: everyone asked, in the classes (not answered, answered)."""
        asked = len(self.invited)
        return Figure(self.path, asked, self.invited, (asked - self.respondents, self.respondents))


class Tone(StrEnum):
    """The three bands; the sentence for each is in the locale files."""

    MOSTLY_POSITIVE = "mostly_positive"
    MIXED = "mixed"
    MOSTLY_NEGATIVE = "mostly_negative"


@dataclass(frozen=True, slots=True)
class Exact:
    """The figure may be shown, rounded."""


@dataclass(frozen=True, slots=True)
class Band:
    """Only the band may be shown: no figure, no interval."""

    tone: Tone


Form = Exact | Band


def release_form(counts: Sequence[int]) -> Form:
    """Return whether a figure may be shown as a number or only as a band.

    A number may not say anything about one person. If all ten are favourable, each of them is; if the mean of
    ten is 4.9 on a scale from 1 to 5, nobody chose less than 4. So the number is shown only where the answers
    could add up to it with *any* one person at *either* end of the scale: with the classes numbered 0 to R,
    the sum must stay more than R away from 0 and from n times R. For a share this means two dissenters at
    least, on each side.

    Strictly more, and not only at the pinned end itself, because the rule is public: a band used for "all
    equal" alone would announce what it hides. Behind a band at an end there may be none or just enough
    deviation for one person to have answered anything. For the same reason a group in which all *or all but
    one* chose the same class gets a band wherever on the scale it lies (its interval would have no width);
    that one person does not move the band.

    This protects one statistic. A mean, its variance and the share of one class released together pin more
    than each of them: show one of them per question and group.

    Parameters
    ----------
    counts
        Answers per class, lowest class first, as in `Figure`.
    """
    top, n = len(counts) - 1, sum(counts)
    if top < 1 or n == 0:
        return Exact()
    if n - max(counts) <= 1:
        return Band(_tone(counts.index(max(counts)) / top))
    total = scale_sum(counts)
    return Exact() if free(total, total, n, top) else Band(_tone(total / (n * top)))


def scale_sum(counts: Sequence[int]) -> int:
    """Return the sum of the answers with the classes numbered from 0."""
    return sum(value * count for value, count in enumerate(counts))


def free(low: int, high: int, n: int, top: int) -> bool:
    """Tell whether any sum from ``low`` to ``high`` leaves each of ``n`` answers free on a scale from 0 to ``top``."""
    return top < low and high < n * top - top


def sums_behind(tone: Tone, n: int, top: int) -> tuple[int, int]:
    """Return the least and greatest sum that ``n`` answers behind a band can have: all that the band tells."""
    third = -(-2 * top // 3)
    at_the_end = min(third * (n - 1), n * top - top)
    if tone is Tone.MOSTLY_POSITIVE:
        return at_the_end, n * top
    return (0, n * top - at_the_end) if tone is Tone.MOSTLY_NEGATIVE else (0, n * top)


def nearest_tone(counts: Sequence[int]) -> Tone:
    """Return the third of the scale in which the answers lie on average."""
    return _tone(scale_sum(counts) / (sum(counts) * (len(counts) - 1)))


def _tone(position: float) -> Tone:
    """Name the third of the scale in which a position lies; 0 and 1 are its ends."""
    if position >= 2 / 3:
        return Tone.MOSTLY_POSITIVE
    return Tone.MOSTLY_NEGATIVE if position <= 1 / 3 else Tone.MIXED


class Count(StrEnum):
    """How finely it may be said how many of those asked took part; the words are in the locale files."""

    EXACT = "exact"
    FEW = "few"
    """From the threshold to nine."""
    NEARLY_ALL = "nearly_all"
    """All, or all but one."""


def count_form(n: int, asked: int) -> Count:
    """Return how a number of respondents may be said beside the number of those asked.

    Taking part is an answer like any other: 12 of 12 says of each that they did, and a rate of 95 % of 12 says the
    same. So whether somebody answered is released by `release_form` as well, and "nearly all of 12" stands for 11
    and 12. Where fewer than ten answered, their number is not said (with it a rounded share would be a number of
    favourable answers); of fewer than ten people asked nothing is said that being shown does not say.
    """
    if asked < EXACT_COUNT_FROM:
        return Count.FEW
    if nearly_all(n, asked):
        return Count.NEARLY_ALL
    return Count.EXACT if n >= EXACT_COUNT_FROM else Count.FEW


def nearly_all(n: int, asked: int) -> bool:
    """Tell whether all answered or all but one: then their number and what follows from it may not be said."""
    return asked - n <= 1


def count_bounds(count: Count, asked: int, k: int = FLOOR) -> tuple[int, int]:
    """Return the least and greatest number of respondents that the words for a count not said exactly may mean."""
    if count is Count.NEARLY_ALL:
        return asked - 1, asked
    most = asked if asked < EXACT_COUNT_FROM else min(EXACT_COUNT_FROM - 1, asked - 2)
    return min(k, most), most


def value_step(n: int, asked: int, top: int = 1) -> int | None:
    """Return the steps in which a share (in per cent) or balance (in points) is shown; None: only as a band.

    Steps of 5 below 20 respondents, else of 1. Where nearly all answered, their number must not follow from the
    value: 85 % of twelve asked can be 10 of 12 and nothing of 11. So the steps are the smallest in which whatever
    all of them could show, all but one could show as well. They depend on the number asked, not on the answers.
    """
    if not nearly_all(n, asked):
        return 5 if n < FINE_SHARE_FROM else 1
    return _step_for_nearly_all(asked, top)


@cache
def _step_for_nearly_all(asked: int, top: int) -> int | None:
    return next((step for step in STEPS if _values(asked, top, step) <= _values(asked - 1, top, step)), None)


def _values(n: int, top: int, step: int) -> set[int]:
    """Return every value that a number may show of ``n`` answers."""
    sums = range(top + 1, n * top - top)
    return {_stepped(s, n, step) if top == 1 else balance_points(s, n, step) for s in sums}


def round_mean(mean: float) -> float:
    """Round a mean to one decimal, halves upwards."""
    return floor(mean * 10 + 0.5) / 10


def share_percent(part: int, n: int, step: int | None = None) -> int:
    """Return a share in per cent: in steps of 5 below 20 respondents, else of 1, unless coarser ones are asked for.

    Never 0 or 100: those would be true of everyone, and `release_form` has made sure that they are not.
    """
    return _stepped(part, n, step or (5 if n < FINE_SHARE_FROM else 1))


def balance_points(total: int, n: int, step: int) -> int:
    """Return the points from -100 to 100 of ``n`` answers worth 0, 1 or 2 each with this sum, in steps."""
    return round(100 * (total - n) / n / step) * step


def response_percent(respondents: int, invited: int) -> int:
    """Return a response rate in per cent in steps of 5, from 5 ("5 or less") to 95 ("95 or more").

    A rate of 0 or 100 would say of each person whether they answered, which nobody may learn. Of a small group
    even 95 does; whether a rate may be said at all is for `count_form` and the gate.
    """
    return _stepped(respondents, invited, 5)


def _stepped(part: int, n: int, step: int) -> int:
    if not 0 <= part <= n or n == 0:
        raise ValueError(f"{part} of {n} is not a share")
    rounded = (2 * 100 * part + n * step) // (2 * n * step) * step
    return min(max(rounded, step), 100 - step)


def respondent_band(n: int) -> str:
    """Return how a number of respondents is written: "5–9" below ten, exactly from ten.

    With an exact number of eight and a rounded share the number of favourable answers is known; with "5–9" it
    is not. From ten on the rounding of shares and the rule for forms carry the protection, and "63 of 84"
    lets people judge the figure.
    """
    if n < FLOOR:
        raise ValueError("nothing is said about fewer than five respondents")
    return f"{FLOOR}–{EXACT_COUNT_FROM - 1}" if n < EXACT_COUNT_FROM else str(n)


def comments_may_show(n: int, k: int = COMMENTS_FLOOR) -> bool:
    """Tell whether comments and quotes of a group may be shown, given its number of respondents."""
    at_least_the_floor(k, COMMENTS_FLOOR)
    return n >= k
