"""What stands beside every figure of tone: that it is of texts and not of people, how often it errs, what it left unclear."""

from collections.abc import Sequence

from analytics.text import reliability
from bot.cases.context import Recipient
from bot.cases.theming import UNCLEAR, ThemeItem
from bot.store.tables import Reading, Wave


def caution(to: Recipient, wave: Wave, readings: Sequence[Reading], question: str) -> str:
    """Return the caution for one group's tone.

    Parameters
    ----------
    to, wave
        Who reads it, and the survey.
    readings
        All of the group in that wave.
    question
        Key of the question that was commented on.
    """
    w = to.words
    errs = reliability.of(wave.tone_model) if wave.tone_model else None
    how = w("results.tone.errs", wrong=w.percent(errs.wrong)) if errs else w("results.tone.errs.unknown")
    model = wave.tone_model or w("results.tone.model.unknown")
    return " ".join((w("results.tone.caution", model=model), how, _unclear(to, readings, question)))


def _unclear(to: Recipient, readings: Sequence[Reading], question: str) -> str:
    """Say how many comments were left unclear, if that passed the gate like a theme."""
    w = to.words
    items = [(ThemeItem.read(reading.item), reading) for reading in readings]
    for item, reading in items:
        if item is not None and item.question == question and item.theme == UNCLEAR:
            return w("results.tone.unclear", share=w.percent(reading.value or 0.0))
    return w("results.tone.unclear.few")
