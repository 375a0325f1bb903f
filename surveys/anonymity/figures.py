"""What would be shown about a group, and in which form it may be said."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor

FLOOR = 5
"""Fewest respondents behind a score. May be raised for later waves, never lowered."""

COMMENTS_FLOOR = 10
"""Fewest respondents behind comments and quotes. May be raised for later waves, never lowered."""

EXACT_COUNT_FROM = 10
FINE_SHARE_FROM = 20


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


def _tone(position: float) -> Tone:
    """Name the third of the scale in which a position lies; 0 and 1 are its ends."""
    if position >= 2 / 3:
        return Tone.MOSTLY_POSITIVE
    return Tone.MOSTLY_NEGATIVE if position <= 1 / 3 else Tone.MIXED


def round_mean(mean: float) -> float:
    """Round a mean to one decimal, halves upwards."""
    return floor(mean * 10 + 0.5) / 10


def share_percent(part: int, n: int) -> int:
    """Return a share in per cent: in steps of 5 below 20 respondents, else of 1.

    Never 0 or 100: those would be true of everyone, and `release_form` has made sure that they are not.
    """
    return _stepped(part, n, 5 if n < FINE_SHARE_FROM else 1)


def response_percent(respondents: int, invited: int) -> int:
    """Return a response rate in per cent in steps of 5, from 5 ("5 or less") to 95 ("95 or more").

    A rate of 0 or 100 would say of each person whether they answered, which nobody may learn.
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
