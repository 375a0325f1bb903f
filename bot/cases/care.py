"""Help in front of somebody whose words may be a sign that they want it: shown to them alone, and then forgotten.

Whatever is found decides nothing else: it is not stored, not counted, not logged, and reaches nobody but the author.
"""

from collections.abc import Iterable

from analytics.text.triage import signs
from bot.cases import escalation
from bot.cases.context import Caller
from bot.talk.cards import Card, Text


def beside(caller: Caller, texts: Iterable[str]) -> Card | None:
    """Return who can help, if anything in these texts may be a sign that it is wanted.

    One card for all signs, so that it says nothing about the person to whoever looks over their shoulder.
    """
    if not any(signs(text) for text in texts):
        return None
    w, offer = caller.words, escalation.offer(caller)
    return Card(w("care.title"), (Text(w("care.body"), lead=True), *offer.elements[1:]), w("care.fallback"))
