"""What HR says of how a quote was read: right, or something else. It is logged without the words, and it wins.

Figures that were published stay as they were; a judgement counts in the model report only.
"""

from collections.abc import Mapping

from analytics.text.tone import Tone
from bot.cases.context import ActionHandler, Caller, reference
from bot.cases.quote_cards import at, place_of, quote_card, theme_names, tone_name, wave_of
from bot.errors import Refused
from bot.store import quotes
from bot.store.tables import Quote, Wave
from bot.talk.cards import Action, Ask, Button, Card, Note
from bot.talk.events import Invalid, OpenForm, Replace, Reply
from bot.talk.fallback import card
from surveys.formats import Choice, Option

TONES = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE, Tone.UNCLEAR)
KEEP, DELETE = "keep", "delete"


def confirmed(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Note that a quote was read rightly, and show the next one."""
    wave, quote = _quote(caller, action)
    judge(caller, quote, quote.theme, quote.tone)
    return Replace(at(caller, wave, place_of(caller, wave, quote.id) + 1))


def asked(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Ask what a quote speaks of, and in which tone; what holds now is filled in."""
    wave, quote = _quote(caller, action)
    return OpenForm(_form(caller, wave, quote))


def relabelled(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Note what a quote speaks of, and in which tone; or delete it. Saying something else later takes its place."""
    wave, quote = _quote(caller, action)
    if values.get("keep") == DELETE:
        return _removed(caller, wave, quote)
    theme, tone = values.get("theme", ""), values.get("tone", "")
    known = {
        "theme": theme in _themes(caller, quote),
        "tone": tone in TONES,
        "keep": values.get("keep") in ("", None, KEEP),
    }
    if not all(known.values()):
        return Invalid(
            {name: caller.words("refused.not_an_option") for name, is_known in known.items() if not is_known}
        )
    judge(caller, quote, theme, tone)
    return Replace(quote_card(caller, wave, quote))


def _removed(caller: Caller, wave: Wave, quote: Quote) -> Reply:
    """Delete the words of a quote for good, and show the next one."""
    place = place_of(caller, wave, quote.id)
    caller.unit.audit.record(caller.unit.now, _actor(caller), "quote.removed", f"quote:{quote.id}")
    quotes.remove(caller.unit, quote)
    return Replace(at(caller, wave, place))


def judge(caller: Caller, quote: Quote, theme: str, tone: str) -> None:
    """Let a judgement win over the reading and over any judgement before it; saying the same again changes nothing."""
    before = (quote.judged_theme or quote.theme, quote.judged_tone or quote.tone)
    if (quote.judged_theme, quote.judged_tone) == (theme, tone):
        return
    quote.judged_theme, quote.judged_tone = theme, tone
    details = {"from": "/".join(before), "to": f"{theme}/{tone}"}
    caller.unit.audit.record(caller.unit.now, _actor(caller), "quote.judged", f"quote:{quote.id}", details)


ACTIONS: Mapping[str, ActionHandler] = {
    "quotes.right": confirmed,
    "quotes.differ": asked,
    "quotes.relabel": relabelled,
}


def _quote(caller: Caller, action: Action) -> tuple[Wave, Quote]:
    """Return the quote that an action refers to; raises ``Refused``, also for everybody who is not HR."""
    wave = wave_of(caller, action)
    quote = quotes.find(caller.unit, wave.id, reference(action)[1])
    if quote is None:
        raise Refused("refused.old_button")
    return wave, quote


def _actor(caller: Caller) -> str:
    return f"person:{caller.person.id}"


def _themes(caller: Caller, quote: Quote) -> Mapping[str, str]:
    """Return what a quote can be said to speak of: the themes of its version, the one that it was read as, none."""
    names = theme_names(caller, quote.taxonomy)
    return {quote.theme: quote.theme, **names} if quote.theme not in names else names


def _form(caller: Caller, wave: Wave, quote: Quote) -> Card:
    w = caller.words
    by_theme = tuple(Option(theme, name) for theme, name in _themes(caller, quote).items())
    by_tone = tuple(Option(tone.value, tone_name(caller, tone)) for tone in TONES)
    further = tuple(Option(value, w(f"quotes.form.keep.{value}")) for value in (KEEP, DELETE))
    held = quote.judged_theme or quote.theme, quote.judged_tone or quote.tone
    return card(
        w("quotes.form.title"),
        Note(w("quotes.form.note")),
        Ask("theme", w("quotes.form.theme"), Choice(by_theme), value=held[0]),
        Ask("tone", w("quotes.form.tone"), Choice(by_tone), value=held[1]),
        Ask("keep", w("quotes.form.keep"), Choice(further), hint=w("quotes.form.keep.hint"), value=KEEP),
        fallback=w("quotes.form.note"),
        submit=Button(w("button.save"), Action("quotes.relabel", f"{wave.id}/{quote.id}"), "primary"),
    )
