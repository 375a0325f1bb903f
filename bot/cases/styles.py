"""How people used the scales, for HR: the styles of the groups of a wave, and whether these can be compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.response_style import Difference, Share, difference
from bot.cases.styling import STYLES, Part, StyleItem
from bot.store.tables import Reading, Wave
from bot.store.unit import Unit
from surveys.anonymity import ORGANISATION
from surveys.anonymity.cells import parent

FAVOURABLE = "favourability"


@dataclass(frozen=True, slots=True)
class Standing:
    """One question in one group: the favourable share as released, and its standing among people's own answers."""

    path: str
    question: str
    raw: Reading | None
    adjusted: Reading


@dataclass(frozen=True, slots=True)
class Styles:
    """What is known of a wave: readings by style, the comparison of the departments below the top, the standings."""

    shares: dict[Part, list[Reading]]
    differences: dict[Part, Difference | None]
    standings: list[Standing]

    @property
    def incomparable(self) -> bool:
        """Tell whether the departments use the scales so differently that they had better not be compared."""
        return any(found is not None and found.beyond_chance for found in self.differences.values())


def of_wave(unit: Unit, wave: Wave) -> Styles:
    """Return the styles of a wave from its readings, which have passed the gate; nothing finer is looked at."""
    readings = unit.readings.of_wave(wave.id)
    shares = {part: [r for r in readings if r.item == StyleItem(part).key] for part in STYLES}
    differences = {part: _difference(found) for part, found in shares.items()}
    return Styles({part: found for part, found in shares.items() if found}, differences, _standings(readings))


def _difference(readings: Sequence[Reading]) -> Difference | None:
    """Compare the departments one level down, which share nobody, where their share is shown as a number."""
    return difference(
        [
            Share(reading.value, reading.variance)
            for reading in readings
            if reading.path != ORGANISATION and parent(reading.path) == ORGANISATION
            if reading.state == "shown" and reading.value is not None and reading.variance
        ]
    )


def _standings(readings: Sequence[Reading]) -> list[Standing]:
    raw = {(r.path, r.item): r for r in readings if r.metric == FAVOURABLE}
    found = [(item, r) for r in readings if (item := StyleItem.read(r.item)) and item.part == "standing"]
    return [Standing(r.path, item.question, raw.get((r.path, item.question)), r) for item, r in found]
