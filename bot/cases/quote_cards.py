"""In people's words: for HR alone, and on request, what was written about each theme of a wave, and the quotes of it.

What is said of a theme repeats what the results show of it anyway. Quotes come one at a time, in an order that says
nothing about who wrote when.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from analytics.text.themes import series_of
from bot.cases import permissions, quoting, taxonomies
from bot.cases.context import ActionHandler, Caller, Recipient, reference
from bot.cases.feedback import FEEDBACK
from bot.cases.result_themes import direction
from bot.cases.theming import ThemeItem
from bot.errors import Refused
from bot.store import quotes
from bot.store.tables import Quote, Wave
from bot.talk.cards import Action, Button, Buttons, Card, Element, Note, Table, Text
from bot.talk.commands import Role
from bot.talk.events import Private, Replace, Reply
from bot.talk.fallback import card
from surveys.questions.question import in_language

ORGANISATION = quoting.ORGANISATION
NO_THEME = "none"
"""What a quote is judged to speak of that speaks of no theme."""


def way_in(to: Recipient, wave: Wave, path: str) -> tuple[Button, ...]:
    """Return the button that leads here from a result: for HR, on that of the whole organisation."""
    if path != ORGANISATION or not permissions.is_hr(to.unit, to.person):
        return ()
    if not quoting.shown_themes(to.unit, wave.id):
        return ()
    return (Button(to.words("button.quotes"), Action("quotes.open", str(wave.id))),)


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show what was written about, and how many quotes there are."""
    return Private(overview(caller, wave_of(caller, action)))


def read(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show a wave's first quote."""
    wave = wave_of(caller, action)
    return Private(at(caller, wave, 0))


def following(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show the quote after another one, and after the last one what there is to choose from."""
    wave = wave_of(caller, action)
    return Replace(at(caller, wave, place_of(caller, wave, reference(action)[1]) + 1))


def place_of(to: Recipient, wave: Wave, quote_id: str) -> int:
    """Return where a quote stands in the order of showing; before the first one if it is gone."""
    numbers = [quote.id for quote in quotes.shown(to.unit, wave.id)]
    return numbers.index(quote_id) if quote_id in numbers else -1


def at(to: Recipient, wave: Wave, place: int) -> Card:
    """Return the quote at a place in the order of showing; behind the last one the overview."""
    found = quotes.shown(to.unit, wave.id)
    return quote_card(to, wave, found[place]) if place < len(found) else overview(to, wave)


ACTIONS: Mapping[str, ActionHandler] = {
    "quotes.open": opened,
    "quotes.read": read,
    "quotes.next": following,
}


def wave_of(caller: Caller, action: Action) -> Wave:
    """Return the released wave that an action refers to; raises ``Refused``, also for everybody who is not HR."""
    permissions.require_role(caller.unit, caller.person, Role.HR_ADMIN)
    wave = caller.unit.waves.get(reference(action)[0])
    if wave is None or wave.state != "released":
        raise Refused("refused.old_button")
    return wave


# --- cards ------------------------------------------------------------------------------------------------


def overview(to: Recipient, wave: Wave) -> Card:
    """Return what people wrote about, in sentences of ours, and the way to their own words."""
    w, found = to.words, quotes.shown(to.unit, wave.id)
    rows = tuple(_rows(to, wave, found))
    header = tuple(w(f"quotes.column.{name}") for name in ("written", "quotes"))
    caption = w("quotes.caption", survey=in_language(wave.title, w.language), day=wave.local_date)
    body: Element = Table(caption, header, rows) if rows else Text(w("quotes.nothing"))
    none = () if found else (Text(w("quotes.none_left")),)
    first = (
        (Button(w("button.quotes.read"), Action("quotes.read", str(wave.id)), "primary"),) if found else ()
    )
    return card(
        w("quotes.title"),
        body,
        *none,
        Note(w("quotes.rules", k=wave.k_comments)),
        Buttons(
            (
                *first,
                *_standing(to, wave),
                Button(w("button.model_report"), Action("model_report.open")),
                Button(w("button.person"), Action("human.ask")),
            )
        ),
        fallback=w("quotes.fallback"),
    )


def _standing(to: Recipient, wave: Wave) -> tuple[Button, ...]:
    """Return the way to what was written at any time, which has no results of its own to come from."""
    survey = to.unit.surveys.by_key(FEEDBACK)
    if survey is None or survey.id == wave.survey_id:
        return ()
    for latest in to.unit.waves.recent(survey_id=survey.id):
        if latest.state == "released" and quoting.shown_themes(to.unit, latest.id):
            title = in_language(latest.title, to.words.language)
            return (Button(title, Action("quotes.open", str(latest.id))),)
    return ()


def _rows(to: Recipient, wave: Wave, found: list[Quote]) -> Iterator[tuple[str, str]]:
    """Yield a sentence for each theme that is shown, and how many quotes there are; then themes that HR has named."""
    count = Counter(quote.judged_theme or quote.theme for quote in found)
    shown = quoting.shown_themes(to.unit, wave.id)
    readings = {
        item: r for r in to.unit.readings.of_wave(wave.id, ORGANISATION) if (item := ThemeItem.read(r.item))
    }
    tones = {item.theme: reading for item, reading in readings.items() if item.part == "tone"}
    names = theme_names(to, taxonomies.of_wave(to.unit, wave).version)
    for theme in sorted(shown, key=lambda each: names.get(each, each)):
        kind = direction(tones.get(theme)) or "open"
        yield to.words(f"quotes.written.{kind}", theme=names.get(theme, theme)), to.words.number(count[theme])
    for theme in sorted(count.keys() - set(shown)):
        yield names.get(theme, theme), to.words.number(count[theme])


def quote_card(to: Recipient, wave: Wave, quote: Quote) -> Card:
    """Return one quote, what it was read as and by whom, and what can be said to that."""
    w, ref = to.words, f"{wave.id}/{quote.id}"
    return card(
        w("quotes.title"),
        Text(w("quotes.quoted", text=quote.text), lead=True),
        Text(_read_as(to, quote)),
        Note(w("quotes.note")),
        Buttons(
            (
                Button(w("button.quotes.right"), Action("quotes.right", ref), "primary"),
                Button(w("button.quotes.differ"), Action("quotes.differ", ref)),
                Button(w("button.quotes.next"), Action("quotes.next", ref)),
                Button(w("button.person"), Action("human.ask")),
            )
        ),
        fallback=w("quotes.fallback"),
    )


def _read_as(to: Recipient, quote: Quote) -> str:
    w, names = to.words, theme_names(to, quote.taxonomy)
    by_us = w("quotes.read_as", theme=names.get(quote.theme, quote.theme), tone=tone_name(to, quote.tone))
    if not quote.judged_theme:
        return by_us
    if (quote.judged_theme, quote.judged_tone) == (quote.theme, quote.tone):
        return f"{by_us} {w('quotes.judged.right')}"
    theirs = names.get(quote.judged_theme, quote.judged_theme), tone_name(to, quote.judged_tone)
    return f"{w('quotes.judged', theme=theirs[0], tone=theirs[1])} {by_us}"


def theme_names(to: Recipient, taxonomy: str) -> Mapping[str, str]:
    """Return what the themes of a version are called by key, that there is none of them included."""
    return {**taxonomies.names(to, series_of(taxonomy)), NO_THEME: to.words("quotes.no_theme")}


def tone_name(to: Recipient, tone: str) -> str:
    return to.words(f"quotes.tone.{tone}")
