"""A report of every kind there is, built from flat made-up departments around one start."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from analytics.causal.cells import Cell
from analytics.money import MoneyInputs, Source, Sourced
from analytics.months import shift
from analytics.report import (
    Context,
    DataSource,
    Decided,
    Gap,
    Intervention,
    Model,
    Practice,
    RoiInputs,
    RoiReport,
    Rollout,
    Scale,
    build,
)
from analytics.retention import PersonMonths

START = date(2025, 11, 1)
TODAY = date(2026, 8, 3)
OTHERS = ("A", "B", "C", "D", "E")
ROUTING = Rollout(
    "1",
    "Support",
    "ticket routing",
    "fewer wrong hand-overs",
    START,
    one_off=Sourced(9000.0),
    run_per_year=Sourced(6000.0),
    hours_saved_per_month=Sourced(40.0),
)
MONEY = MoneyInputs(
    currency="EUR",
    hourly_rate=Sourced(35.0),
    salary=Sourced(48000.0),
    people=18,
    answer_minutes_per_week=Sourced(1.0, Source.ASSUMED),
)
AUDITED = Model("english-1", date(2026, 1, 20), passed=True)
PRACTICE = Practice(
    shown=110,
    in_words=6,
    withheld=10,
    people=214,
    away=3,
    untold=0,
    surveys=12,
    minutes=24.0,
    models=(AUDITED,),
    decided=(Decided("golive", date(2025, 2, 3)), Decided("sentiment", date(2025, 3, 4))),
)


def company(
    months: range, step: float = 10.0, others: tuple[str, ...] = OTHERS, drift: float = 0.0
) -> RoiInputs:
    """Return flat departments measured in the months counted from the start; Support rises by ``step``."""
    cells, hr = [], []
    for number, department in enumerate(("Support", *others)):
        for offset in months:
            wobble = ((number * 7 + offset * 3) % 5 - 2) * 0.5
            rise = (step if offset >= 0 else 0.0) + drift * offset if department == "Support" else 0.0
            month = shift(START, offset)
            cells.append(Cell(department, month, 40.0 + number + wobble + rise, 12, 9.0))
            hr.append(PersonMonths(department, month, 18, 1 if (number + offset) % 7 == 0 else 0))
    base = RoiInputs("Support", TODAY, (ROUTING,), MONEY, Scale("points", 0.0, 100.0))
    return replace(base, satisfaction=tuple(cells), hr=tuple(hr), headcount=18, practice=PRACTICE)


FULL = range(-12, 9)


def _silent() -> RoiInputs:
    given = company(FULL)
    rates = tuple(Cell(c.department, c.month, 0.3, 40, 0.005) for c in given.satisfaction)
    return replace(given, context=Context(responses=rates))


def _hidden(people: int) -> RoiInputs:
    given = company(FULL)
    own = [cell for cell in given.satisfaction if cell.department == "Support"]
    rest = tuple(cell for cell in given.satisfaction if cell.department != "Support")
    gaps = tuple(Gap("Support", cell.month) for cell in own)
    hr = tuple(replace(cell, at_risk=people) for cell in given.hr)
    return replace(given, satisfaction=rest, withheld=gaps, headcount=people, hr=hr)


def _planned(months_ahead: int) -> RoiInputs:
    """Plan a start; from April 2026 on it is being measured, unless the start is far ahead."""
    start = shift(TODAY.replace(day=1), months_ahead)
    given = company(range(5, 10)) if months_ahead < 9 else company(range(0))
    return replace(given, rollouts=(replace(ROUTING, start=start),))


def _caveats() -> RoiInputs:
    context = Context(
        interventions=(Intervention("new <!channel> head", "Support", START),),
        selection_months=(shift(START, -5),),
        contaminated=True,
    )
    return replace(company(FULL), context=context)


def _bare() -> RoiInputs:
    """Nothing entered, nothing recorded."""
    rollout = replace(ROUTING, one_off=None, run_per_year=None, hours_saved_per_month=None)
    return replace(
        company(FULL),
        rollouts=(rollout,),
        money=MoneyInputs("EUR"),
        hr=(),
        headcount=None,
        practice=Practice(),
    )


def _warned() -> RoiInputs:
    """What read comments was audited long ago, failed, was never audited, or is not known."""
    models = (
        Model("english-1", date(2025, 1, 20), passed=True),
        Model("english-2", date(2026, 7, 1), passed=False),
        Model("english-9"),
        Model(""),
    )
    return replace(company(FULL), practice=replace(PRACTICE, models=models))


def _large() -> RoiInputs:
    given = company(FULL, others=tuple(f"Site {n}" for n in range(14)))
    hr = tuple(replace(cell, at_risk=300, voluntary=cell.voluntary + 6) for cell in given.hr)
    return replace(given, hr=hr, headcount=300)


def inputs() -> Mapping[str, RoiInputs]:
    """Return the inputs of one report of every kind, some in several forms."""
    return {
        "better": company(FULL),
        "worse": company(FULL, step=-10.0),
        "not_told_from_chance": company(FULL, step=0.0),
        "directional": company(FULL, others=("A", "B")),
        "diverging": company(FULL, drift=3.0),
        "response": _silent(),
        "before_after_only": company(FULL, others=("A",)),
        "too_small": _hidden(7),
        "too_small.privacy": _hidden(18),
        "too_early": company(range(-12, 2)),
        "too_short": company(range(-4, 9)),
        "too_late": company(range(1, 9)),
        "planned": _planned(14),
        "planned.measuring": _planned(5),
        "planned.late": _planned(1),
        "better.caveats": _caveats(),
        "better.bare": _bare(),
        "better.large": _large(),
        "better.warned": _warned(),
        "better.imported": replace(company(FULL), source=DataSource.IMPORTED),
        "better.made_up": replace(company(FULL), source=DataSource.MADE_UP),
        "not_told_from_chance.scale": replace(
            company(FULL, step=0.4), scale=Scale("scale points", 1.0, 100.0)
        ),
    }


def reports() -> Mapping[str, RoiReport]:
    return {name: build(given) for name, given in inputs().items()}
