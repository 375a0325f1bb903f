"""What pulls the demo's estimates away from the truth, one mechanism at a time; how reports are graded; the default seed.

Run it with ``python -m tests.benchmarks.effect [companies]`` (400 take about four minutes). Each company is made
from its seed. In it an automation truly lifts Support by 16 points from its first month on, and the comparison is made on

* the chances themselves: no lot, no gate (what remains is how departments move);
* every answer, exact; then with one thing added to that each time;
* what is released, compared as it is and with the pull of near-agreement taken off (the product).

*Pull* is the mean difference from "every answer, exact" over the companies in which both could be compared, with its
standard error, so that the luck of the draw is not mistaken for a mechanism. The last row is about the same companies in
which Support's automation changes nothing; there the pull is from zero. *Sd* is that of the estimates, *error* the mean of
the standard errors that the reports state, *held* how many intervals hold the truth.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from statistics import mean, median_low, stdev

from adapters.demo.company import SEED
from analytics.causal.cells import Cell
from analytics.causal.difference import Effect
from analytics.causal.refusals import Grade
from analytics.report import RoiInputs, RoiReport, build
from surveys.anonymity import FLOOR, Band, Figure, Shown, release_form, share_percent
from tests.adapters.demo.known import EFFECT, FINANCE, Known, inputs, known, readings

COMPANIES, GRADED = 400, 60
CANDIDATES = 100
"""Seeds from which the demo's default is chosen."""
EXACT, PRODUCT = "every answer, exact", "released, pull taken off (the product)"

Choose = Callable[[Figure, bool], bool]
Reports = Mapping[int, RoiReport]


def main() -> None:
    """Print the table of mechanisms, the grades, and the seed that the rule chooses."""
    companies = int(sys.argv[1]) if len(sys.argv) > 1 else COMPANIES
    found: dict[str, dict[int, RoiReport]] = {}
    for seed in range(companies):
        for name, given in _variants(known(seed)).items():
            found.setdefault(name, {})[seed] = build(given)
    nothing = {seed: build(inputs(known(seed, effect=0.0))) for seed in range(companies)}
    sys.stdout.write(f"{'compared on':<56}{'n':>4}{'mean':>7}{'pull':>14}{'sd':>6}{'error':>7}{'held':>7}\n")
    for name, reports in found.items():
        sys.stdout.write(f"{name:<56}{_row(_effects(reports), _effects(found[EXACT]), EFFECT)}\n")
    sys.stdout.write(f"{'the product where nothing changed':<56}{_row(_effects(nothing), {}, 0.0)}\n")
    for size in sorted({min(GRADED, companies), companies}):
        grades = Counter(found[PRODUCT][seed].grade.value for seed in range(size))
        sys.stdout.write(f"grades of the first {size}: {dict(sorted(grades.items()))}\n")
    sys.stdout.write(f"default seed by the rule: {_typical(found[PRODUCT])}, in use: {SEED}\n")


def _effects(reports: Reports) -> dict[int, Effect]:
    outcomes = {seed: report.satisfaction.effect for seed, report in reports.items()}
    return {seed: effect for seed, effect in outcomes.items() if isinstance(effect, Effect)}


def _row(those: Mapping[int, Effect], exact: Mapping[int, Effect], true: float) -> str:
    values = [one.value for one in those.values()]
    pulls = [
        one.value - (exact[seed].value if exact else true)
        for seed, one in those.items()
        if seed in exact or not exact
    ]
    error = stdev(pulls) / len(pulls) ** 0.5
    held = mean(one.low <= true <= one.high for one in those.values())
    between = f"{stdev(values):>6.1f}{mean(one.error for one in those.values()):>7.1f}{100 * held:>6.1f}%"
    return f"{len(values):>4}{mean(values):>7.1f}{mean(pulls):>7.1f} ± {error:<4.1f}{between}"


def _typical(reports: Reports) -> int:
    """Return the seed with the middle estimate, of those graded B in which nothing is ever shown of Finance."""
    effects = _effects(reports)
    sound = {
        effects[seed].value: seed
        for seed in range(min(CANDIDATES, len(reports)))
        if reports[seed].grade is Grade.B
        and not reports[seed].satisfaction.refusals
        and _never_shown(known(seed), FINANCE)
    }
    return sound[median_low(sound)]


def _never_shown(seen: Known, path: str) -> bool:
    rows = (row for row in readings(seen) if row.path == path and row.metric == "favourability")
    return all(row.state == "withheld" for row in rows)


def _variants(seen: Known) -> dict[str, RoiInputs]:
    """Return what is compared, the released figures last."""
    product = inputs(seen)
    released = replace(
        product, satisfaction=tuple(replace(cell, screened=False) for cell in product.satisfaction)
    )

    def on(choose: Choose, *, rounded: bool = False, even: bool = False) -> RoiInputs:
        cells = _cells(seen, choose, rounded=rounded, even=even)
        return replace(released, satisfaction=tuple(cells), withheld=())

    return {
        "the chances themselves, without answers": replace(
            released, satisfaction=tuple(_chances(seen)), withheld=()
        ),
        EXACT: on(lambda figure, shown: True),
        "... rounded": on(lambda figure, shown: True, rounded=True),
        "... the same variance whatever the share": on(lambda figure, shown: True, even=True),
        "... hidden for numbers or history, gaps filled": on(lambda figure, shown: shown or _agreed(figure)),
        "... months of near-agreement hidden": on(lambda figure, shown: not _agreed(figure)),
        "... all that the gate hides": on(lambda figure, shown: shown and not _agreed(figure)),
        "released, as it is": released,
        PRODUCT: product,
    }


def _agreed(figure: Figure) -> bool:
    return isinstance(release_form(figure.counts), Band)


def _cells(seen: Known, choose: Choose, *, rounded: bool, even: bool) -> Iterator[Cell]:
    """Yield cells of the departments' answers as nobody may see them, from five answers up."""
    for month in seen.months:
        for decided in month.decided:
            for figure in decided.figures if decided.metric == "favourability" else ():
                n, shown = figure.respondents, isinstance(decided.decisions[figure.path], Shown)
                if not figure.path or n < FLOOR or not choose(figure, shown):
                    continue
                share = share_percent(figure.counts[1], n) / 100 if rounded else figure.counts[1] / n
                variance = (0.25 if even else share * (1 - share)) / n
                first = month.wave.local_date.replace(day=1)
                yield Cell(figure.path, first, 100 * share, n, 1e4 * variance)


def _chances(seen: Known) -> Iterator[Cell]:
    for (path, month), chance in seen.truth.chances.items():
        if month < seen.company.monday.replace(day=1):
            yield Cell(path, month, 100 * chance, 10, 0.01)


if __name__ == "__main__":
    main()
