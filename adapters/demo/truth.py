"""What is true in the made-up company: how likely a favourable answer is, and what each automation changed."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from random import Random

from adapters.demo.company import Company
from adapters.demo.staffing import history_months, started
from analytics.months import shift

LEVEL = (0.42, 0.56)
"""Between which shares of favourable answers departments lie without anything."""
COMMON, OWN = 0.02, 0.03
"""Standard deviations of what moves everybody and of what moves one department, in a month."""
CARRY = 0.5
"""How much of a month's movement is left in the next."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one automation truly changed, for comparison with what the report finds.

    ``favourable`` is added to the share of favourable answers (0.16 is 16 points); ``resignations``
    multiplies the monthly hazard of voluntary separation.
    """

    path: str
    month: date
    favourable: float
    resignations: float


@dataclass(frozen=True, slots=True)
class Truth:
    """The chance of a favourable answer by department and month, and the effects in it."""

    effects: tuple[Effect, ...]
    chances: Mapping[tuple[str, date], float]

    def chance(self, path: str, month: date) -> float:
        """Return the chance in a department; a month after the history stands like its last."""
        while (path, month) not in self.chances:
            month = shift(month, -1)
        return self.chances[path, month]

    def latest(self) -> dict[str, float]:
        """Return the chance of each department in the last month there is."""
        last = max(month for _, month in self.chances)
        return {path: chance for (path, month), chance in self.chances.items() if month == last}


def answer(chance: float, random: Random) -> str:
    """Draw an answer on the scale from 1 to 5 of which 4 and 5 are favourable."""
    if random.random() < min(max(chance, 0.03), 0.97):
        return random.choices(("4", "5"), (0.68, 0.32))[0]
    return random.choices(("1", "2", "3"), (0.12, 0.30, 0.58))[0]


def truth(company: Company) -> Truth:
    """Return the truth of a company, the same for the same seed.

    A department's chance is its own level, plus what moves everybody, plus what moves it alone, plus the
    effect of its automation from the month of its start on. Both movements are autoregressive of order one.
    """
    random = Random(f"{company.seed}|truth")
    months = (*history_months(company), shift(history_months(company)[-1], 1))
    common = _movement(random, len(months), COMMON)
    chances: dict[tuple[str, date], float] = {}
    for department in company.departments:
        level, own = random.uniform(*LEVEL), _movement(random, len(months), OWN)
        for index, month in enumerate(months):
            chances[department.path, month] = (
                level + common[index] + own[index] + _effect_in(company, department.path, month)
            )
    return Truth(_effects(company), _for_teams(company, chances, months))


def as_json(effects: tuple[Effect, ...]) -> str:
    return json.dumps([asdict(effect) | {"month": effect.month.isoformat()} for effect in effects])


def from_json(text: str) -> tuple[Effect, ...]:
    return tuple(Effect(**(row | {"month": date.fromisoformat(row["month"])})) for row in json.loads(text))


def _effects(company: Company) -> tuple[Effect, ...]:
    return tuple(
        Effect(one.path, started(company, a.months_ago), a.effect, a.resignations)
        for one in company.departments
        if (a := one.automation) is not None and a.months_ago > 0
    )


def _effect_in(company: Company, path: str, month: date) -> float:
    automation = company.automation(path)
    if automation is None or month < started(company, automation.months_ago):
        return 0.0
    return automation.effect


def _movement(random: Random, months: int, spread: float) -> list[float]:
    kick = spread * (1 - CARRY**2) ** 0.5
    moved = [random.gauss(0, spread)]
    while len(moved) < months:
        moved.append(CARRY * moved[-1] + random.gauss(0, kick))
    return moved


def _for_teams(
    company: Company, chances: Mapping[tuple[str, date], float], months: tuple[date, ...]
) -> dict[tuple[str, date], float]:
    """Give the teams of a divided department its chances."""
    owner = {
        team.path: one.path
        for team in company.teams()
        for one in company.departments
        if team.path == one.path or team.path.startswith(one.path + "/")
    }
    return {(team, month): chances[path, month] for team, path in owner.items() for month in months}
