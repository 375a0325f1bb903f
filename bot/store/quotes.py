"""Quotes: what the rules let be shown of comments, and what HR makes of how they were read.

No person, no place in the organisation, no time finer than the wave. Imported only by the cases of quotes.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from bot.store.deleting import delete_own
from bot.store.tables import Quote, Wave
from bot.store.unit import Unit

_QUOTES = Quote.metadata.tables["quote"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A quote as it was chosen at the close, and what read it."""

    theme: str
    tone: str
    text: str
    taxonomy: str
    model: str


def add(unit: Unit, wave_id: int, quotes: Sequence[Chosen]) -> None:
    """Keep what may be quoted of a wave; numbers are random, so that they hold no order."""
    unit.session.add_all(
        Quote(
            organisation_id=unit.organisation_id,
            id=uuid.uuid4().hex,
            wave_id=wave_id,
            theme=quote.theme,
            tone=quote.tone,
            text=quote.text,
            taxonomy=quote.taxonomy,
            model=quote.model,
        )
        for quote in quotes
    )
    unit.session.flush()


def shown(unit: Unit, wave_id: int) -> list[Quote]:
    """Return a wave's quotes that still have their words, by what they were read as."""
    query = select(Quote).where(
        Quote.organisation_id == unit.organisation_id, Quote.wave_id == wave_id, Quote.text != ""
    )
    return list(unit.session.exec(query.order_by(col(Quote.theme), col(Quote.tone), col(Quote.id))))


def find(unit: Unit, wave_id: int, quote_id: str) -> Quote | None:
    """Return a quote that still has its words."""
    quote = unit.session.get(Quote, (unit.organisation_id, quote_id))
    return quote if quote is not None and quote.wave_id == wave_id and quote.text else None


def judged(unit: Unit) -> list[Quote]:
    """Return every quote whose reading somebody has judged, with its words or without."""
    query = select(Quote).where(Quote.organisation_id == unit.organisation_id, Quote.judged_theme != "")
    return list(unit.session.exec(query.order_by(col(Quote.id))))


def keep_only(unit: Unit, wave_id: int, themes: Collection[str]) -> int:
    """Delete a wave's quotes of all other themes, and say how many those were."""
    return delete_own(
        unit.session,
        _QUOTES,
        unit.organisation_id,
        _QUOTES.c.wave_id == wave_id,
        _QUOTES.c.theme.not_in(themes),
    )


def remove(unit: Unit, quote: Quote) -> None:
    """Delete the words of a quote for good; a judgement of its reading stays, without them."""
    if quote.judged_theme:
        quote.text = ""
    else:
        unit.session.delete(quote)
    unit.session.flush()


def closed_before(unit: Unit, moment: datetime) -> list[Quote]:
    """Return the quotes that still have their words, of waves that closed before a moment."""
    query = (
        select(Quote)
        .join(
            Wave,
            (col(Wave.organisation_id) == col(Quote.organisation_id)) & (col(Wave.id) == col(Quote.wave_id)),
        )
        .where(Quote.organisation_id == unit.organisation_id, Quote.text != "", col(Wave.closed_at) < moment)
    )
    return list(unit.session.exec(query))
