"""The report itself: data only. Keys and numbers, no sentence; whoever renders it finds the words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from analytics.causal.checks import LeaveOneOut, Trend
from analytics.causal.difference import Effect
from analytics.causal.refusals import Grade, Refusal
from analytics.money import Money
from analytics.report.ethics import Ethics
from analytics.report.inputs import DataSource
from analytics.report.voiced import Voiced
from analytics.results import Estimate, Withheld

FORMAT = 2
"""Version of the stored form."""


class Kind(StrEnum):
    """What a report's headline says. Better and worse weigh the same; "no effect" is not among them."""

    BETTER = "better"
    WORSE = "worse"
    NOT_TOLD_FROM_CHANCE = "not_told_from_chance"
    DIRECTIONAL = "directional"
    """Two or three controls: shown, no evidence (R3)."""
    DIVERGING = "diverging"
    """The departments were drifting apart before; claim withheld (R5)."""
    RESPONSE = "response"
    """Too few answered, or answering itself changed; bounds only (R7)."""
    BEFORE_AFTER_ONLY = "before_after_only"
    """No department to compare with (R2)."""
    TOO_SMALL = "too_small"
    """Too few people to show anything (R1)."""
    TOO_EARLY = "too_early"
    """Too few months since the start; ``earliest`` says when (R4)."""
    TOO_SHORT = "too_short"
    """Too few months before the start; waiting does not help, importing older results may (R4)."""
    TOO_LATE = "too_late"
    """Nothing was measured before the start (R4)."""
    PLANNED = "planned"
    """The start lies ahead: begin to measure by ``earliest``."""


DECISION_SHEETS = frozenset({Kind.TOO_SMALL, Kind.TOO_EARLY, Kind.TOO_SHORT, Kind.TOO_LATE})
"""Headlines without a figure: costs and break-evens come first on their cards."""


class Direction(StrEnum):
    """Which way the interval points."""

    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"


class Strength(StrEnum):
    """How strong a sentence about the effect may be."""

    DESCRIPTIVE = "descriptive"
    QUASI_EXPERIMENTAL = "quasi_experimental"


class State(StrEnum):
    """What is known of a department in a month."""

    MEASURED = "measured"
    WITHHELD = "withheld"
    NOT_MEASURED = "not_measured"


class Part(StrEnum):
    """A month's place around the rollout."""

    BEFORE = "before"
    NEAR = "near"
    START = "start"
    AFTER = "after"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Headline:
    """The first line of the report.

    Attributes
    ----------
    kind, direction
        What it says, and which way.
    value, low, high, unit
        The figure it carries, if any: the effect, or with ``before_after_only`` the department's own change.
    controls
        Departments compared with.
    months, need
        Months measured and needed, for the kinds that lack some.
    earliest
        With ``too_early`` the first day of an honest answer, with ``planned`` the month in which to start measuring.
    """

    kind: Kind
    direction: Direction
    unit: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    controls: int = 0
    months: int | None = None
    need: int | None = None
    earliest: date | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A refusal rule that hit, and what it is about (names of departments or of other changes)."""

    code: Refusal
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checks:
    """Checks of the comparison; a withheld one was not made, which the report says.

    ``response_rate`` is the lower of the department's mean rates before and after, as a share.
    """

    pre_trend: Trend | Withheld
    placebo: Effect | Withheld
    leave_one_out: LeaveOneOut | Withheld
    response_shift: Effect | Withheld
    response_rate: float | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the means before and after could be whatever those who did not answer think."""

    before_low: float
    before_high: float
    after_low: float
    after_high: float


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The satisfaction outcome.

    Attributes
    ----------
    effect
        Against the controls, in the scale's unit, or why there is none.
    before_after
        The department's own change: no comparison, descriptive only.
    grade, refusals
        Of this outcome.
    checks
        What was checked.
    bounds
        Given when the response rule hits.
    controls
        Clean controls, also where no effect is shown.
    months_before, months_after
        Months of data on both sides of the start.
    """

    effect: Effect | Withheld
    before_after: Estimate | Withheld
    grade: Grade
    refusals: tuple[Hit, ...]
    checks: Checks
    bounds: Bounds | None
    controls: tuple[str, ...]
    months_before: int
    months_after: int


@dataclass(frozen=True, slots=True)
class Count:
    """Endings in a window.

    ``rate`` is voluntary separations per 100 person-years with its exact interval; ``person_months`` the people at
    risk, summed over the months.
    """

    months: int
    person_months: int
    voluntary: int
    involuntary: int
    other: int
    transferred: int
    rate: Estimate | Withheld


@dataclass(frozen=True, slots=True)
class Separations:
    """The separations outcome.

    Attributes
    ----------
    before, after
        The department's counts in both windows.
    expected_after
        Voluntary separations after the start if the department's own rate before had gone on.
    ratio
        Rate after over rate before, exact; holding 1 means that chance can explain the change.
    others_before, others_after, others_ratio
        The same of all controls together.
    effect
        Difference of differences of the monthly hazard (share of people at risk); withheld as ``rare`` by R6.
    grade, refusals
        Of this outcome.
    retention
        Share of people still there after the last twelve months, as far as resignations go.
    """

    before: Count
    after: Count
    expected_after: float | None
    ratio: Estimate | Withheld
    others_before: Count
    others_after: Count
    others_ratio: Estimate | Withheld
    effect: Effect | Withheld
    grade: Grade
    refusals: tuple[Hit, ...]
    retention: Estimate | Withheld


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of the timeline: a point of the chart and a row of its table.

    ``comparison`` is the plain mean of the comparison departments measured in the month, given from two on;
    ``compared`` is their number.
    """

    month: date
    part: Part
    state: State
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    comparison: float | None = None
    compared: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """Satisfaction by month, for a picture and for the table that says the same.

    ``lowest`` and ``highest`` are the ends of the scale, ``start`` the month of the rollout.
    """

    unit: str
    lowest: float
    highest: float
    confidence: float
    start: date
    rows: tuple[MonthRow, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What the report is about and what it was made from.

    ``data_cut`` is the last month with a figure in it; ``other_rollouts`` are names of the department's other ones.
    """

    department: str
    headcount: int | None
    rollout: str
    rollout_key: str
    purpose: str
    start: date
    other_rollouts: tuple[str, ...]
    made_on: date
    data_cut: date | None
    source: DataSource
    estimator: str


@dataclass(frozen=True, slots=True)
class RoiReport:
    """An honest report about one rollout in one department.

    Attributes
    ----------
    about
        Department, rollout, data and versions.
    headline
        The first line.
    grade
        Grade of the headline's outcome, satisfaction.
    strength, rung
        How strong a sentence may be; 0 before/after, 2 difference of differences, None when refused.
    satisfaction, separations, money
        The three parts; a refused part says why and never takes the others along.
    smallest_visible_change
        Change in satisfaction this comparison could have shown, in the scale's unit.
    assumptions, not_shown, not_checked
        Keys of sentences: what is assumed, what the report does not show, which checks could not be made.
    chart
        Months to draw and to read.
    ethics
        How fairly the figures came about.
    voiced
        What people wrote about in the wave of the department's latest figure, if it may be shown.
    """

    about: About
    headline: Headline
    grade: Grade
    strength: Strength
    rung: int | None
    satisfaction: Satisfaction
    separations: Separations | Withheld
    money: Money
    smallest_visible_change: float | None
    assumptions: tuple[str, ...]
    not_shown: tuple[str, ...]
    not_checked: tuple[str, ...]
    chart: Timeline
    ethics: Ethics
    voiced: Voiced | None
