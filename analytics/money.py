"""What an automation costs, what its hours are worth, and from where on it pays.

Nothing here uses survey results or counted separations: costs and break-evens stand whatever a report must refuse, and
no money is ever put on satisfaction. Unit: the currency given, per year unless said otherwise.

ROI = (PV of benefits - PV of costs) / PV of costs. Benefits and costs cover the same horizon; a one-off cost falls at
its start, everything else at the end of each month.
Source: replacement cost of 21 % of a yearly salary, the median of 27 case studies, 16 % for low-paid jobs (Boushey &
Glynn 2012, Center for American Progress); 50 % as the upper scenario. The firm's own history beats them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import fsum

from analytics.results import Withheld

REPLACEMENT_SCENARIOS = (0.16, 0.21, 0.50)
REALISATION_RANGE = (0.3, 0.8)
WEEKS = 52
FEWEST_SALARIES = 5


class Source(StrEnum):
    """Where an input comes from; a result is only as good as its weakest input."""

    MEASURED = "measured"
    ENTERED = "entered"
    LITERATURE = "literature"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Sourced:
    """An input with its source; ``n`` is the number of people behind a measured mean."""

    value: float
    source: Source = Source.ENTERED
    n: int | None = None


@dataclass(frozen=True, slots=True)
class MoneyInputs:
    """What finance knows about a rollout and its department. An unknown input is None, never zero.

    Attributes
    ----------
    currency
        ISO 4217 code.
    one_off, run_per_year
        Cost at the start; cost per year of running it.
    hours_saved_per_month
        Hours of work that the department saves in a month.
    hourly_rate
        Loaded cost of one hour of work.
    salary
        Mean yearly salary.
    realisation
        Share of saved hours that becomes value, 0..1.
    replacement_share
        Cost of replacing a leaver as a share of the yearly salary.
    discount
        Yearly discount rate.
    people, answer_minutes_per_week
        Headcount, and minutes each spends answering surveys.
    horizon_months
        Months over which costs and benefits are counted and the one-off cost is spread.
    headcount_cut
        The saved hours were turned into fewer people; they are then not counted as value a second time.
    """

    currency: str
    one_off: Sourced | None = None
    run_per_year: Sourced | None = None
    hours_saved_per_month: Sourced | None = None
    hourly_rate: Sourced | None = None
    salary: Sourced | None = None
    realisation: Sourced = Sourced(0.5, Source.ASSUMED)
    replacement_share: Sourced = Sourced(0.21, Source.LITERATURE)
    discount: Sourced = Sourced(0.05, Source.ASSUMED)
    people: int = 0
    answer_minutes_per_week: Sourced | None = None
    horizon_months: int = 36
    headcount_cut: bool = False

    def __post_init__(self) -> None:
        known = (self.one_off, self.run_per_year, self.hours_saved_per_month, self.hourly_rate, self.salary)
        if any(one is not None and one.value < 0 for one in (*known, self.answer_minutes_per_week)):
            raise ValueError("costs, hours, rates and salaries are not negative")
        if (
            not 0 <= self.realisation.value <= 1
            or self.replacement_share.value < 0
            or self.discount.value <= -1
        ):
            raise ValueError(
                "realisation is a share, the replacement share not negative, the discount above -1"
            )
        if self.horizon_months < 1:
            raise ValueError("the horizon is at least one month")


class Line(StrEnum):
    """The lines of a money statement, in the order in which they are shown."""

    ONE_OFF = "one_off"
    RUN = "run"
    ANSWERING = "answering"
    COST = "cost"
    HOURS_VALUE = "hours_value"
    NET_OF_HOURS = "net_of_hours"
    ROI_OF_HOURS = "roi_of_hours"
    RETENTION_VALUE = "retention_value"
    BREAK_EVEN_HOURS = "break_even_hours"
    BREAK_EVEN_SEPARATIONS = "break_even_separations"


@dataclass(frozen=True, slots=True)
class Amount:
    """One line's figure. ``low`` and ``high`` span the stated scenarios; they are no confidence interval."""

    value: float
    low: float
    high: float
    unit: str
    source: Source


@dataclass(frozen=True, slots=True)
class Scenario:
    """Avoided separations a year that pay for the rollout, at one replacement cost (share of salary)."""

    replacement_share: float
    separations_per_year: float


@dataclass(frozen=True, slots=True)
class Money:
    """A statement: every line with its figure or the reason why it has none.

    Attributes
    ----------
    currency
        ISO 4217 code.
    lines
        In the order of ``Line``; the three cost lines add up to ``cost``.
    scenarios
        Break-even in separations by replacement cost, in rising order of it.
    realisation, replacement_share, discount, hourly_rate, hours_saved_per_month
        Inputs shown beside the lines.
    horizon_months
        Months over which everything is counted.
    weakest
        The weakest source among the inputs used.
    """

    currency: str
    lines: dict[Line, Amount | Withheld]
    scenarios: tuple[Scenario, ...]
    realisation: Sourced
    replacement_share: Sourced
    discount: Sourced
    hourly_rate: Sourced | None
    hours_saved_per_month: Sourced | None
    horizon_months: int
    weakest: Source


def present_value(per_month: float, months: int, discount: float) -> float:
    """Return the present value of a payment at the end of each of ``months`` months; ``discount`` is yearly."""
    return per_month * fsum((1 + discount) ** (-month / 12) for month in range(1, months + 1))


def roi(benefits: float, costs: float) -> float | Withheld:
    """Return (benefits - costs) / costs, both present values; ``undefined`` when nothing is paid."""
    return (benefits - costs) / costs if costs > 0 else Withheld("undefined")


def answering_hours(people: int, minutes_per_week: float) -> float:
    """Return the hours a year that ``people`` spend answering."""
    return people * minutes_per_week * WEEKS / 60


def statement(inputs: MoneyInputs) -> Money:
    """Return the money statement: costs, hours value and break-evens, each with its source."""
    lines: dict[Line, Amount | Withheld] = {
        Line.ONE_OFF: _one_off_per_year(inputs),
        Line.RUN: _entered(inputs.run_per_year, _per_year(inputs)),
        Line.ANSWERING: _answering(inputs),
    }
    lines[Line.COST] = _total(inputs, [amount for amount in lines.values() if isinstance(amount, Amount)])
    lines |= _benefits(inputs, lines[Line.COST])
    scenarios = _scenarios(inputs, lines[Line.COST])
    lines[Line.BREAK_EVEN_SEPARATIONS] = _break_even_separations(inputs, scenarios)
    return Money(
        currency=inputs.currency,
        lines={key: lines[key] for key in Line},
        scenarios=scenarios,
        realisation=inputs.realisation,
        replacement_share=inputs.replacement_share,
        discount=inputs.discount,
        hourly_rate=inputs.hourly_rate,
        hours_saved_per_month=inputs.hours_saved_per_month,
        horizon_months=inputs.horizon_months,
        weakest=_weakest(*(amount.source for amount in lines.values() if isinstance(amount, Amount))),
    )


def _benefits(inputs: MoneyInputs, cost: Amount | Withheld) -> dict[Line, Amount | Withheld]:
    hours = _hours_value(inputs)
    return {
        Line.HOURS_VALUE: hours,
        Line.NET_OF_HOURS: _net(inputs, hours, cost),
        Line.ROI_OF_HOURS: _roi_of_hours(hours, cost),
        Line.RETENTION_VALUE: Withheld("not_estimated"),
        Line.BREAK_EVEN_HOURS: _break_even_hours(inputs, cost),
    }


def _per_year(inputs: MoneyInputs) -> str:
    return f"{inputs.currency} per year"


def _weakest(*sources: Source) -> Source:
    return max(sources, key=list(Source).index, default=Source.ENTERED)


def _entered(given: Sourced | None, unit: str) -> Amount | Withheld:
    if given is None:
        return Withheld("no_data")
    return Amount(given.value, given.value, given.value, unit, given.source)


def _one_off_per_year(inputs: MoneyInputs) -> Amount | Withheld:
    """Spread the one-off cost over the horizon: the yearly amount with the same present value."""
    if inputs.one_off is None:
        return Withheld("no_data")
    per_month = inputs.one_off.value / present_value(1.0, inputs.horizon_months, inputs.discount.value)
    yearly = 12 * per_month
    return Amount(yearly, yearly, yearly, _per_year(inputs), inputs.one_off.source)


def _answering(inputs: MoneyInputs) -> Amount | Withheld:
    minutes, rate = inputs.answer_minutes_per_week, inputs.hourly_rate
    if minutes is None or rate is None or not inputs.people:
        return Withheld("no_data")
    value = answering_hours(inputs.people, minutes.value) * rate.value
    return Amount(value, value, value, _per_year(inputs), _weakest(minutes.source, rate.source))


def _total(inputs: MoneyInputs, parts: list[Amount]) -> Amount | Withheld:
    """Add up the cost lines that are known; with neither a one-off nor a running cost there is no total."""
    if inputs.one_off is None and inputs.run_per_year is None:
        return Withheld("no_data")
    total = fsum(part.value for part in parts)
    return Amount(total, total, total, _per_year(inputs), _weakest(*(part.source for part in parts)))


def _realisations(inputs: MoneyInputs) -> tuple[float, float]:
    """Return the least and the greatest realisation considered, the chosen one included."""
    chosen = inputs.realisation.value
    if inputs.realisation.source is not Source.ASSUMED:
        return chosen, chosen
    return min(chosen, REALISATION_RANGE[0]), max(chosen, REALISATION_RANGE[1])


def _hours_value(inputs: MoneyInputs) -> Amount | Withheld:
    hours, rate = inputs.hours_saved_per_month, inputs.hourly_rate
    if inputs.headcount_cut:
        return Withheld("headcount_cut")
    if hours is None or rate is None:
        return Withheld("no_data")
    full = 12 * hours.value * rate.value
    low, high = _realisations(inputs)
    source = _weakest(hours.source, rate.source, inputs.realisation.source)
    return Amount(full * inputs.realisation.value, full * low, full * high, _per_year(inputs), source)


def _net(inputs: MoneyInputs, hours: Amount | Withheld, cost: Amount | Withheld) -> Amount | Withheld:
    if isinstance(hours, Withheld):
        return hours
    if isinstance(cost, Withheld):
        return cost
    paid = cost.value
    source = _weakest(hours.source, cost.source)
    return Amount(hours.value - paid, hours.low - paid, hours.high - paid, _per_year(inputs), source)


def _roi_of_hours(hours: Amount | Withheld, cost: Amount | Withheld) -> Amount | Withheld:
    """Return the ROI with retention valued at 0. Equal yearly amounts over one horizon: the annuity factor cancels."""
    if isinstance(hours, Withheld):
        return hours
    if isinstance(cost, Withheld):
        return cost
    shares = [roi(benefit, cost.value) for benefit in (hours.value, hours.low, hours.high)]
    known = [share for share in shares if not isinstance(share, Withheld)]
    if len(known) < len(shares):
        return Withheld("undefined")
    return Amount(known[0], known[1], known[2], "share", _weakest(hours.source, cost.source))


def _break_even_hours(inputs: MoneyInputs, cost: Amount | Withheld) -> Amount | Withheld:
    """Return the saved hours a month that pay for the rollout by themselves."""
    rate = inputs.hourly_rate
    if isinstance(cost, Withheld):
        return cost
    if rate is None:
        return Withheld("no_data")
    low, high = _realisations(inputs)
    if rate.value == 0 or low == 0:
        return Withheld("undefined")
    full = cost.value / 12 / rate.value
    source = _weakest(cost.source, rate.source, inputs.realisation.source)
    return Amount(full / inputs.realisation.value, full / high, full / low, "hours per month", source)


def _scenarios(inputs: MoneyInputs, cost: Amount | Withheld) -> tuple[Scenario, ...]:
    salary = inputs.salary
    if isinstance(cost, Withheld) or salary is None or _private(salary) or salary.value == 0:
        return ()
    shares = {inputs.replacement_share.value, *REPLACEMENT_SCENARIOS}
    return tuple(
        Scenario(share, cost.value / (share * salary.value)) for share in sorted(shares) if share > 0
    )


def _break_even_separations(inputs: MoneyInputs, scenarios: tuple[Scenario, ...]) -> Amount | Withheld:
    """Return the avoided separations a year that pay for the rollout by themselves, ranging over the scenarios."""
    salary, share = inputs.salary, inputs.replacement_share
    if salary is not None and _private(salary):
        return Withheld("privacy")
    chosen = [one.separations_per_year for one in scenarios if one.replacement_share == share.value]
    if salary is None or not chosen:
        return Withheld("no_data" if salary is None or not scenarios else "undefined")
    every = [one.separations_per_year for one in scenarios]
    source = _weakest(salary.source, share.source, *_cost_sources(inputs))
    return Amount(chosen[0], min(every), max(every), "separations per year", source)


def _cost_sources(inputs: MoneyInputs) -> list[Source]:
    return [given.source for given in (inputs.one_off, inputs.run_per_year) if given is not None]


def _private(salary: Sourced) -> bool:
    """Tell whether a measured mean salary lacks its own k: the break-even would give it away."""
    return salary.source is Source.MEASURED and (salary.n is None or salary.n < FEWEST_SALARIES)
