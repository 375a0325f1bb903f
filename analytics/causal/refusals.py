"""When a report must refuse or weaken its claim, and which grade is left.

The rules are checked in their order R1 to R11. Where several hit, the strictest cap holds: an estimate refused for
being too early is not saved by a milder hit before it. Among equals the first in order is the one a headline names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

FEWEST_BEFORE = 6
FEWEST_AFTER = 3
FULL_BEFORE = 12
FEWEST_CONTROLS = 4
FULL_CONTROLS = 9
FEWEST_EXPECTED = 5.0
LOWEST_RESPONSE = 0.40
LARGEST_RESPONSE_SHIFT = 0.05
LARGEST_MOVED = 0.10
SLOPE_LEVEL = 0.10


class Grade(StrEnum):
    """How strong the evidence is."""

    A = "A"
    """Causal estimate."""
    B = "B"
    """Estimate with caveats."""
    C = "C"
    """Descriptive."""
    D = "D"
    """Refused."""


class Refusal(StrEnum):
    """The rules that weaken or refuse a claim, in the order in which they are checked."""

    PRIVACY = "R1"
    NO_CONTROLS = "R2"
    FEW_CONTROLS = "R3"
    SHORT_WINDOW = "R4"
    PRE_TREND = "R5"
    RARE = "R6"
    RESPONSE = "R7"
    BUNDLED = "R8"
    SELECTION = "R9"
    SPILLOVER = "R10"
    DOMINANCE = "R11"


CAPS: dict[Refusal, Grade] = {
    Refusal.PRIVACY: Grade.D,
    Refusal.NO_CONTROLS: Grade.C,
    Refusal.FEW_CONTROLS: Grade.C,
    Refusal.SHORT_WINDOW: Grade.D,
    Refusal.PRE_TREND: Grade.C,
    Refusal.RARE: Grade.C,
    Refusal.RESPONSE: Grade.C,
    Refusal.BUNDLED: Grade.B,
    Refusal.SELECTION: Grade.A,
    Refusal.SPILLOVER: Grade.B,
    Refusal.DOMINANCE: Grade.B,
}
"""Best grade that is left after each hit. R9 adds a line to the report and takes no grade."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rules look at; ``None`` means not known or not checked, which hits no rule.

    Attributes
    ----------
    private
        The outcome may not be shown: too few people, or it would give another figure away.
    controls
        Controls used.
    months_before, months_after
        Months of the department's data before the adoption's month (those of anticipation included, so that twelve can
        be reached) and after it.
    slope_p
        p of the pre-trend check.
    placebo_found
        The in-time placebo's interval excludes zero.
    expected
        Expected separations before and after, at the pooled hazard; None for other outcomes.
    response_rate, response_shift
        Lowest response rate of the windows and effect on the response rate, both as shares.
    shift_found
        The interval of the effect on the response rate excludes zero. In a department of fifteen chance alone moves
        the rates by more than the limit in about every other comparison.
    interventions
        Other changes logged within two months of the adoption.
    selected
        The department was chosen because of a bad score.
    contaminated
        Controls use the tool.
    moved
        Share of staff that moved between treated and controls.
    dominant
        Controls without which the sign turns.
    """

    private: bool = False
    controls: int = 0
    months_before: int = 0
    months_after: int = 0
    slope_p: float | None = None
    placebo_found: bool | None = None
    expected: tuple[float, float] | None = None
    response_rate: float | None = None
    response_shift: float | None = None
    shift_found: bool | None = None
    interventions: tuple[str, ...] = ()
    selected: bool = False
    contaminated: bool = False
    moved: float | None = None
    dominant: tuple[str, ...] = ()


def _diverging(seen: Evidence) -> bool:
    return (seen.slope_p is not None and seen.slope_p < SLOPE_LEVEL) or seen.placebo_found is True


def _silent(seen: Evidence) -> bool:
    low = seen.response_rate is not None and seen.response_rate < LOWEST_RESPONSE
    moved = seen.response_shift is not None and abs(seen.response_shift) > LARGEST_RESPONSE_SHIFT
    return low or (moved and seen.shift_found is True)


RULES: dict[Refusal, Callable[[Evidence], bool]] = {
    Refusal.PRIVACY: lambda seen: seen.private,
    Refusal.NO_CONTROLS: lambda seen: seen.controls < 2,
    Refusal.FEW_CONTROLS: lambda seen: 2 <= seen.controls < FEWEST_CONTROLS,
    Refusal.SHORT_WINDOW: lambda seen: seen.months_before < FEWEST_BEFORE or seen.months_after < FEWEST_AFTER,
    Refusal.PRE_TREND: _diverging,
    Refusal.RARE: lambda seen: seen.expected is not None and min(seen.expected) < FEWEST_EXPECTED,
    Refusal.RESPONSE: _silent,
    Refusal.BUNDLED: lambda seen: bool(seen.interventions),
    Refusal.SELECTION: lambda seen: seen.selected,
    Refusal.SPILLOVER: lambda seen: (
        seen.contaminated or (seen.moved is not None and seen.moved > LARGEST_MOVED)
    ),
    Refusal.DOMINANCE: lambda seen: bool(seen.dominant),
}


def refusals(seen: Evidence) -> tuple[Refusal, ...]:
    """Return every rule that hits, in order."""
    return tuple(code for code in Refusal if RULES[code](seen))


def grade(seen: Evidence) -> Grade:
    """Return the grade left: A needs nine controls and twelve months before, B four controls, and no stricter cap."""
    full = seen.controls >= FULL_CONTROLS and seen.months_before >= FULL_BEFORE
    return max([Grade.A if full else Grade.B, *(CAPS[code] for code in refusals(seen))])


def leading(hits: Iterable[Refusal]) -> Refusal | None:
    """Return the hit a headline names: the first in order among those with the strictest cap below B."""
    severe = [code for code in hits if CAPS[code] >= Grade.C]
    strictest = max((CAPS[code] for code in severe), default=None)
    return next((code for code in severe if CAPS[code] == strictest), None)


def short_window(seen: Evidence) -> str:
    """Return why the windows are too short: nothing before, too little before, or only too little after so far."""
    if seen.months_before == 0:
        return "too_late"
    return "too_short" if seen.months_before < FEWEST_BEFORE else "too_early"
