"""What people wrote about: the themes of a wave's comments that may be shown, with how many spoke of each."""

from collections.abc import Iterator, Sequence
from math import sqrt

from bot.cases import taxonomies
from bot.cases.context import Recipient
from bot.cases.theming import ThemeItem
from bot.store.tables import Reading
from bot.talk.cards import Element, Note, Table

CHANCE_Z = 1.96


def themes_table(to: Recipient, readings: Sequence[Reading], k: int) -> tuple[Element, ...]:
    """Return the themes, the most frequent first; nothing where none may be shown.

    Parameters
    ----------
    to
        Who reads it.
    readings
        All of one group in one wave.
    k
        The fewest people who must have written about a theme, as frozen at the wave's launch.
    """
    w = to.words
    rows = tuple(_rows(to, readings))
    if not rows:
        return ()
    header = tuple(w(f"results.themes.{column}") for column in ("theme", "share", "change", "tone"))
    return (Table(w("results.themes"), header, rows), Note(w("results.themes.note", k=k)))


def _rows(to: Recipient, readings: Sequence[Reading]) -> Iterator[tuple[str, ...]]:
    items = [(item, reading) for reading in readings if (item := ThemeItem.read(reading.item))]
    names: dict[str, str] = {}
    for series in {item.version for item, _ in items}:
        names |= taxonomies.names(to, series)
    tones = {item.theme: reading for item, reading in items if item.part == "tone"}
    shares = [(item, reading) for item, reading in items if item.part == "share" and item.theme in names]
    for item, reading in sorted(shares, key=lambda each: (-(each[1].value or 0.0), names[each[0].theme])):
        yield names[item.theme], _share(to, reading), _change(to, reading), _tone(to, tones.get(item.theme))


def _share(to: Recipient, reading: Reading) -> str:
    w = to.words
    low, value, high = (bound or 0.0 for bound in (reading.low, reading.value, reading.high))
    return w("results.range", value=w.percent(value), low=w.number(low * 100), high=w.number(high * 100))


def _change(to: Recipient, reading: Reading) -> str:
    """Say how it compares with last time; what chance alone can explain is no change."""
    series = to.unit.readings.series(reading.item, reading.metric, reading.path, reading.period)
    earlier = [one for one in series if one.period < reading.period and one.state == "shown"]
    if not earlier:
        relisted = taxonomies.is_new_list(to.unit, reading.wave_id)
        return to.words("results.themes.new_list" if relisted else "results.themes.new")
    difference = (reading.value or 0.0) - (earlier[-1].value or 0.0)
    error = sqrt((reading.variance or 0.0) + (earlier[-1].variance or 0.0))
    kind = "same" if abs(difference) <= CHANCE_Z * error else "more" if difference > 0 else "less"
    return to.words(f"results.themes.{kind}")


def _tone(to: Recipient, reading: Reading | None) -> str:
    """Name the tone in which the theme is spoken of, as a direction: its figure would be a second one of the same."""
    if reading is not None and reading.state == "band":
        return to.words(f"results.band.{reading.band}")
    kind = direction(reading)
    return to.words(f"results.themes.tone.{kind}" if kind else "results.themes.no_tone")


def direction(reading: Reading | None) -> str:
    """Return positive, negative or mixed, as far as the tone of a theme is shown; empty: it is not."""
    if reading is None:
        return ""
    if reading.state == "band":
        return reading.band.removeprefix("mostly_")
    low, high = reading.low or 0.0, reading.high or 0.0
    return "positive" if low > 0 else "negative" if high < 0 else "mixed"
