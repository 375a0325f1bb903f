"""The model report: of the quotes whose reading HR has judged, how many were right, by theme and by tone."""

from collections.abc import Mapping

from analytics.text.precision import FEWEST, Judged, Precision, precision
from analytics.text.tone import Tone
from bot.cases import permissions
from bot.cases.context import ActionHandler, Caller, Recipient
from bot.cases.quote_cards import theme_names, tone_name
from bot.store import quotes
from bot.store.unit import Unit
from bot.talk.cards import Action, Button, Buttons, Card, Element, Note, Table, Text
from bot.talk.commands import Role
from bot.talk.events import Private, Reply
from bot.talk.fallback import card


def by_theme(unit: Unit) -> tuple[Precision, ...]:
    """Return how often each version of the taxonomy was right, by theme."""
    return precision(Judged(quote.taxonomy, quote.theme, quote.judged_theme) for quote in quotes.judged(unit))


def by_tone(unit: Unit) -> tuple[Precision, ...]:
    """Return how often each model was right, by tone; where it abstained it claimed nothing."""
    return precision(
        Judged(quote.model, quote.tone, quote.judged_tone)
        for quote in quotes.judged(unit)
        if quote.tone != Tone.UNCLEAR
    )


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show HR how often the reading was right."""
    permissions.require_role(caller.unit, caller.person, Role.HR_ADMIN)
    return Private(report(caller))


ACTIONS: Mapping[str, ActionHandler] = {"model_report.open": opened}


def report(to: Recipient) -> Card:
    """Return what was judged, and how sure that is; or how to begin."""
    w = to.words
    found = (("theme", by_theme(to.unit)), ("tone", by_tone(to.unit)))
    tables = [_table(to, kind, rows) for kind, rows in found if rows]
    thin = any(row.is_thin for _, rows in found for row in rows)
    body: list[Element] = [*tables] if tables else [Text(w("model_report.empty"))]
    notes = [w("model_report.note"), *([w("model_report.thin", n=FEWEST)] if thin else [])]
    return card(
        w("model_report.title"),
        *body,
        Note(" ".join(notes)),
        Buttons((Button(w("button.person"), Action("human.ask")),)),
        fallback=w("model_report.fallback"),
    )


def _table(to: Recipient, kind: str, rows: tuple[Precision, ...]) -> Table:
    w = to.words
    header = tuple(w(f"model_report.{column}") for column in (kind, "by", "judged", "right"))
    cells = tuple((_name(to, kind, row), row.by, w.number(row.judged), _share(to, row)) for row in rows)
    return Table(w(f"model_report.caption.{kind}"), header, cells)


def _name(to: Recipient, kind: str, row: Precision) -> str:
    return (
        tone_name(to, row.read_as)
        if kind == "tone"
        else theme_names(to, row.by).get(row.read_as, row.read_as)
    )


def _share(to: Recipient, row: Precision) -> str:
    w = to.words
    low, high = row.share.low * 100, row.share.high * 100
    return w("results.range", value=w.percent(row.share.value), low=w.number(low), high=w.number(high))
