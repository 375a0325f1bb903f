"""Quotes at the close: chosen while the sheets are open, kept only where their theme may be shown, then forgotten in time."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from analytics.text import language
from analytics.text.content import has_content
from analytics.text.masking import Directory, mask
from analytics.text.normalise import clean
from analytics.text.quotes import Comment, Fewest, choose
from analytics.text.themes import Taxonomy
from analytics.text.tone import Scorer
from bot.cases import theming, tongues
from bot.cases.counting import OpenSheet
from bot.store import quotes
from bot.store.quotes import Chosen
from bot.store.tables import Wave
from bot.store.unit import Unit
from surveys import consent
from surveys.questions import Question, from_dict

KEPT = timedelta(days=365)
"""After the close of its wave the words of a quote are deleted."""

ORGANISATION = ""

Found = Sequence[Chosen]
"""What may be quoted of a wave."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads the comments of a wave: whose names are masked, and what finds theme and tone."""

    names: Directory
    taxonomy: Taxonomy
    scorer: Scorer


def places(unit: Unit) -> set[str]:
    """Return every department and site that anybody ever belonged to."""
    return {place for row in unit.placements.history() for place in (row.path, row.site) if place}


def chosen(
    wave: Wave,
    sheets: Sequence[OpenSheet],
    names: Iterable[str],
    known_places: Iterable[str],
    reading: tuple[Scorer, Taxonomy],
) -> list[Chosen]:
    """Return what may be quoted of a wave's open sheets; nothing where comments were not to be read."""
    scorer, taxonomy = tongues.english_of(reading[0]), reading[1]
    reader = Reader(Directory.of(names), taxonomy, scorer)
    fewest = Fewest(comments=wave.k_comments, consents=wave.k_scores)
    asked = [
        question for question in map(from_dict, wave.questions) if consent.is_asked(question, wave.sentiment)
    ]
    return [
        Chosen(quote.theme, quote.tone.value, quote.text, taxonomy.version, scorer.version)
        for question in asked
        for quote in choose(
            list(_comments(question, sheets, reader)), known_places, fewest, secrets.SystemRandom()
        )
    ]


def _comments(question: Question, sheets: Sequence[OpenSheet], reader: Reader) -> Iterator[Comment]:
    """Yield the comments; only of those whose authors said yes are theme and tone read."""
    for sheet in sheets:
        text = clean(sheet.values.get(question.key, ""))
        spoken = language.language_of(text, sheet.language) if has_content(text) else ""
        if not consent.given(sheet.values, question):
            yield Comment(text, spoken)
            continue
        masked = mask(text, reader.names)
        said = theming.spoken(masked, sheet.language, reader.taxonomy, reader.scorer)
        yield Comment(masked, spoken, consented=True, tones=said.tones if said else {})


def keep(unit: Unit, wave_id: int, found: Found) -> None:
    """Keep what was chosen, in the unit that ends the link between people and sheets."""
    quotes.add(unit, wave_id, found)


def settle(unit: Unit, wave_id: int) -> None:
    """Delete the quotes of themes of which the gate shows nothing for the whole organisation."""
    quotes.keep_only(unit, wave_id, shown_themes(unit, wave_id))


def shown_themes(unit: Unit, wave_id: int) -> list[str]:
    """Return the themes whose share of a wave's comments is shown for the whole organisation."""
    items = (
        theming.ThemeItem.read(reading.item)
        for reading in unit.readings.of_wave(wave_id, ORGANISATION)
        if reading.state != "withheld"
    )
    return [item.theme for item in items if item and item.part == "share" and item.theme != theming.UNCLEAR]


def forget(unit: Unit) -> int:
    """Delete the words of quotes whose time is over, and say how many those were."""
    over = quotes.closed_before(unit, unit.now - KEPT)
    for quote in over:
        quotes.remove(unit, quote)
    return len(over)
