"""The rollout a report is about, among all the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analytics.causal.windows import Windows, clean_controls, windows
from analytics.months import months_from
from analytics.report.inputs import RoiInputs, Rollout, focus_of
from analytics.retention import covers

NEARBY = 2
"""Months on either side within which another change cannot be told apart from the rollout (R8)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One rollout of the department and what surrounds it.

    Attributes
    ----------
    focus
        The rollout the report is about.
    previous, following
        Months of the department's rollouts before and after it, those too near to be told apart left out.
    bundled
        Names of what else happened within two months of its start.
    """

    inputs: RoiInputs
    focus: Rollout
    previous: date | None
    following: date | None
    bundled: tuple[str, ...]

    @property
    def planned(self) -> bool:
        """Whether the start still lies ahead."""
        return self.focus.start > self.inputs.today

    def windows(self, last: date) -> Windows:
        """Return the windows when data reaches up to the month ``last``."""
        return windows(self.focus.month, last, previous=self.previous, following=self.following)

    def controls(self, departments: tuple[str, ...], around: Windows) -> tuple[str, ...]:
        """Return the clean controls among ``departments``."""
        last = around.after[-1] if around.after else around.adopted
        return clean_controls(departments, (self.inputs.department,), self.inputs.adoptions, last)


def setting(inputs: RoiInputs) -> Setting:
    """Choose the rollout and find what surrounds it."""
    focus = focus_of(inputs)
    others = [one for one in inputs.own if one.key != focus.key]
    distances = {one.month: months_from(focus.month, one.month) for one in others}
    return Setting(
        inputs=inputs,
        focus=focus,
        previous=max((month for month, away in distances.items() if away < -NEARBY), default=None),
        following=min((month for month, away in distances.items() if away > NEARBY), default=None),
        bundled=_bundled(inputs, focus),
    )


def _bundled(inputs: RoiInputs, focus: Rollout) -> tuple[str, ...]:
    changes = [(one.name, one.department, one.month) for one in inputs.rollouts if one.key != focus.key]
    changes += [(one.name, one.department, one.month) for one in inputs.context.interventions]
    return tuple(
        name
        for name, department, month in changes
        if abs(months_from(focus.month, month)) <= NEARBY
        and (covers(department, inputs.department) or covers(inputs.department, department))
    )
