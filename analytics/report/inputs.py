"""What a report is built from: figures that passed the gate, HR counts, rollouts and what finance knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from analytics.causal.cells import Cell
from analytics.money import MoneyInputs, Sourced
from analytics.months import month_of
from analytics.report.ethics import Practice
from analytics.report.voiced import Voiced
from analytics.retention import PersonMonths, covers


class DataSource(StrEnum):
    """Where the satisfaction figures come from."""

    READING = "reading"
    IMPORTED = "imported"
    MADE_UP = "made_up"


@dataclass(frozen=True, slots=True)
class Scale:
    """Unit and ends of the satisfaction figures; higher is better."""

    unit: str
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Rollout:
    """An automation that starts in a department (its subtree included) on a date.

    ``key`` tells rollouts apart. Costs and hours saved are None when nobody entered them.
    """

    key: str
    department: str
    name: str
    purpose: str
    start: date
    one_off: Sourced | None = None
    run_per_year: Sourced | None = None
    hours_saved_per_month: Sourced | None = None

    @property
    def month(self) -> date:
        """Month of the start."""
        return month_of(self.start)


@dataclass(frozen=True, slots=True)
class Gap:
    """A month in which a department was asked and its figure is withheld."""

    department: str
    month: date
    reason: str = "privacy"


@dataclass(frozen=True, slots=True)
class Intervention:
    """Another change that was logged: a re-organisation, a layoff, a new manager."""

    name: str
    department: str
    month: date


@dataclass(frozen=True, slots=True)
class Context:
    """What else is known and may weaken a claim. Everything here may be unknown.

    Attributes
    ----------
    responses
        Response rates by department and month: value and variance as shares (0..1), n = people invited.
    interventions
        Other changes, in any department.
    selection_months
        Months whose bad score led to the choice of this department; they are left out of the comparison.
    contaminated
        Controls use the tool as well.
    moved
        Share of staff that moved between the department and the controls.
    """

    responses: tuple[Cell, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    selection_months: tuple[date, ...] = ()
    contaminated: bool = False
    moved: float | None = None


@dataclass(frozen=True, slots=True)
class RoiInputs:
    """Everything one report reads.

    Attributes
    ----------
    department
        Path of the department the report is about.
    today
        The day of asking. A month counts for HR records when it is over.
    rollouts
        Rollouts of all departments, planned ones included: the others decide who may serve as control.
    money
        Rates, salary and assumptions; costs and hours saved come from the rollout.
    scale
        Unit and ends of the satisfaction figures.
    satisfaction
        Released figures of all departments by month, at most one cell per department and wave.
    withheld
        Departments and months asked whose figure is withheld.
    hr
        Person-month cells of all departments; empty when there are no HR records.
    source
        Where ``satisfaction`` comes from.
    focus
        Key of the rollout asked about; without it the latest that has started, else the next planned one.
    context
        What else may weaken the claim.
    headcount
        People in the department today, if known.
    practice
        How the figures came about.
    voiced
        What people of the department wrote about in the wave of its latest figure.
    """

    department: str
    today: date
    rollouts: tuple[Rollout, ...]
    money: MoneyInputs
    scale: Scale
    satisfaction: tuple[Cell, ...] = ()
    withheld: tuple[Gap, ...] = ()
    hr: tuple[PersonMonths, ...] = ()
    source: DataSource = DataSource.READING
    focus: str | None = None
    context: Context = field(default_factory=Context)
    headcount: int | None = None
    practice: Practice = field(default_factory=Practice)
    voiced: Voiced | None = None

    @property
    def own(self) -> tuple[Rollout, ...]:
        """Rollouts of the department or of one above it, in order of their start."""
        mine = (one for one in self.rollouts if covers(one.department, self.department))
        return tuple(sorted(mine, key=lambda one: (one.start, one.key)))

    @property
    def adoptions(self) -> dict[str, date]:
        """First adoption month by path."""
        ordered = sorted(self.rollouts, key=lambda one: one.start, reverse=True)
        return {one.department: one.month for one in ordered}


class NoRollout(LookupError):
    """The department has no rollout a report could be about."""


def focus_of(inputs: RoiInputs) -> Rollout:
    """Return the rollout the report is about.

    Raises
    ------
    NoRollout
        When the department has none, or none with the key asked for.
    """
    own = [one for one in inputs.own if inputs.focus in {None, one.key}]
    if not own:
        raise NoRollout(inputs.focus or inputs.department)
    started = [one for one in own if one.start <= inputs.today]
    return started[-1] if started else own[0]
