"""The gate: which figures of one question of one wave may be shown, given everything shown before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from surveys.anonymity.cells import depth, lineage
from surveys.anonymity.figures import (
    FLOOR,
    Band,
    Exact,
    Figure,
    Form,
    at_least_the_floor,
    free,
    release_form,
    scale_sum,
    sums_behind,
)
from surveys.anonymity.ledger import Across, Ledger, Release, nearest_below


class Reason(Enum):
    """Why a figure is withheld: for tests and audits only; people are told one text for all of them."""

    FEW = auto()
    """Fewer than k respondents, or so few people asked that being shown would say that each of them answered."""

    SUBTRACTION = auto()
    """Another figure of this wave could be worked out from it."""

    HISTORY = auto()
    """It differs from something shown earlier by too few people."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The figure may be shown in this form, and how many answered in that one."""

    form: Form
    turnout: Form = field(default_factory=Exact)


@dataclass(frozen=True, slots=True)
class Withheld:
    """The figure is not shown."""

    reason: Reason


Decision = Shown | Withheld


def gate(
    figures: Sequence[Figure],
    ledger: Sequence[Release] = (),
    k: int = FLOOR,
    *,
    wave: int,
    across: Across = "strict",
) -> dict[str, Decision]:
    """Decide for each figure of one question of one wave whether and how it may be shown.

    Five rules, repeated until none of them hides anything more:

    1. *Few*: fewer than ``k`` respondents are withheld, and groups of which no more than ``k`` were asked.
    2. *History*: see `surveys.anonymity.ledger`, over all earlier releases of the question.
    3. *Form*: a figure that says something about every single person becomes a band (`release_form`).
    4. *Participation*: whether people answered is a figure as well, of everyone asked, in two classes. Where nearly
       all answered, neither their number nor a rate may be said; rules 3 and 5 hold for it as for any other.
    5. *Subtraction*: take any shown number and subtract the largest shown figures below it. What is left can
       be worked out by anybody, so it must be fit to be shown itself: nobody at all, or at least ``k``
       respondents, not one figure withheld for its history, in peace with that history, and with every answer
       free. A banded part is not known exactly, so it needs a rest beside it that stays free whatever the
       band stands for. Where this fails, the smallest of the parts is withheld as well.

    Figures of one wave are nested or disjoint by their paths. So the rests are disjoint, each shown number is a
    sum of them, and no combination of shown numbers says more than they do: within a wave the rule is complete.
    People in a rest who belong to no withheld figure (those counted at a department itself) are not secret as a
    group; ``k`` of them may be worked out.

    The rules are public. Somebody who reads them backwards, from what is withheld to why, must not be better
    off (the minimality attack: Wong, Fu, Wang & Pei, VLDB 2007). The tests enumerate every possible world of
    small organisations: no outcome leaves a single person's answer only one way.

    Parameters
    ----------
    figures
        What one would like to show: one figure per path, parts within their whole (from `lattice`).
    ledger
        Everything of the same question that was ever shown, bands too, this wave included.
    k
        Threshold of the wave, at least 5.
    wave
        Number of this wave; releases under the same number are of the same answers.
    across
        What is assumed of somebody who compares waves: ``strict`` or ``crowd``.
    """
    at_least_the_floor(k)
    wanted = {figure.path: figure for figure in figures}
    if len(wanted) != len(figures):
        raise ValueError("two figures with one path")
    review = _Review(wanted, Ledger(ledger, wave, k, across), k)
    review.run()
    return {path: review.decision(path) for path in wanted}


def nearest_shown(path: str, decisions: Mapping[str, Decision]) -> str | None:
    """Return the path itself or the nearest one above it that is shown, if any."""
    return next((above for above in lineage(path) if isinstance(decisions.get(above), Shown)), None)


def releases(figures: Iterable[Figure], decisions: Mapping[str, Decision], wave: int) -> list[Release]:
    """Return what the ledger must remember once these decisions are acted on."""
    return [Release(wave, figure) for figure in figures if isinstance(decisions[figure.path], Shown)]


class _Review:
    """One pass of the gate. Figures only ever go from shown to withheld, so it comes to an end."""

    def __init__(self, wanted: Mapping[str, Figure], ledger: Ledger, k: int) -> None:
        self._wanted = wanted
        self._ledger = ledger
        self._k = k
        self._answers = _View(wanted)
        self._turnout = _View({path: figure.participation() for path, figure in wanted.items()})
        self._withheld: dict[str, Reason] = {}

    def decision(self, path: str) -> Decision:
        if path in self._withheld:
            return Withheld(self._withheld[path])
        return Shown(self._answers.forms[path], self._turnout.forms[path])

    def run(self) -> None:
        for path, figure in self._wanted.items():
            if figure.respondents < self._k or len(figure.invited) <= self._k:
                self._withheld[path] = Reason.FEW
            elif not self._ledger.allows(figure):
                self._withheld[path] = Reason.HISTORY
        # Whoever knows the rules reads the order of steps backwards from the outcome. So numbers decide first,
        # answers last; one step at a time from the top; and which part goes next never depends on answers.
        while (
            self._hide(self._too_small)
            or self._hide_entangled()
            or self._hide(self._turnout.gives_away)
            or self._hide(self._answers.gives_away)
        ):
            pass

    def _shown(self) -> dict[str, Figure]:
        return {path: figure for path, figure in self._wanted.items() if path not in self._withheld}

    def _hide(self, choose: Callable[[Figure, list[Figure]], str | None]) -> bool:
        shown = self._shown()
        below = nearest_below(shown)
        for path in sorted(shown, key=lambda path: (depth(path), path)):
            chosen = choose(shown[path], [shown[part] for part in below[path]]) if below[path] else None
            if chosen is not None:
                self._withheld[chosen] = Reason.SUBTRACTION
                return True
        return False

    def _hide_entangled(self) -> bool:
        refused = self._ledger.entangled(self._shown().values())
        self._withheld |= {figure.path: Reason.HISTORY for figure in refused}
        return bool(refused)

    def _too_small(self, whole: Figure, parts: list[Figure]) -> str | None:
        """Return the part to withhold where the rest is too small, or withheld, or too close to the history."""
        left = whole.less(parts)
        small = 0 < len(left.invited) < self._k or 0 < left.respondents < self._k
        return _smallest(parts).path if small or not self._at_peace(left) else None

    def _at_peace(self, left: Figure) -> bool:
        alone = (path for path, why in self._withheld.items() if why is Reason.HISTORY)
        return left.respondents == 0 or (
            self._ledger.allows(left) and all(self._wanted[path].invited != left.invited for path in alone)
        )


class _View:
    """One thing that is said of each group, how it answered or whether, and in which form it may be said."""

    def __init__(self, figures: Mapping[str, Figure]) -> None:
        self._figures = figures
        self.forms = {path: release_form(figure.counts) for path, figure in figures.items()}

    def gives_away(self, whole: Figure, parts: list[Figure]) -> str | None:
        """Return the part to withhold where the rest would say something about each person in it."""
        if self._banded(whole) or self._leaves_everyone_free(whole, parts):
            return None
        return _smallest(parts).path

    def _leaves_everyone_free(self, whole: Figure, parts: list[Figure]) -> bool:
        """Tell whether the rest may be known, for all that the bands beside it may stand for."""
        left = self._figures[whole.path].less([self._figures[part.path] for part in parts])
        banded = [self._figures[part.path] for part in parts if self._banded(part)]
        top = len(left.counts) - 1
        if left.respondents == 0 or top < 1:
            return not banded
        total = scale_sum(left.counts) + sum(scale_sum(part.counts) for part in banded)
        behind = [self._sums_behind(part, top) for part in banded]
        low = total - sum(most for _, most in behind)
        high = total - sum(least for least, _ in behind)
        return free(low, high, left.respondents, top)

    def _sums_behind(self, part: Figure, top: int) -> tuple[int, int]:
        form = self.forms[part.path]
        return sums_behind(form.tone, part.respondents, top) if isinstance(form, Band) else (0, 0)

    def _banded(self, figure: Figure) -> bool:
        return isinstance(self.forms[figure.path], Band)


def _smallest(parts: list[Figure]) -> Figure:
    return min(parts, key=lambda part: (depth(part.path), part.respondents, part.path))
