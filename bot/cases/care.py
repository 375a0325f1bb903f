"""Help in front of somebody whose words may be a sign that they want it: shown to them alone, and then forgotten.

Whatever is found decides nothing else: it is not stored, not counted, not logged, and reaches nobody but the author.
The one exception is a reply under a name, where the organisation has a rule and the question said so
(`care_routing.py`).
"""

from collections.abc import Iterable

from analytics.text.triage import signs
from bot.cases import escalation
from bot.cases.context import Caller
from bot.store.tables import Person
from bot.talk.cards import Card, Text


def beside(caller: Caller, texts: Iterable[str]) -> Card | None:
    """Return who can help, if anything in these texts may be a sign that it is wanted.

    One card for all signs, so that it says nothing about the person to whoever looks over their shoulder.
    """
    return people(caller) if any(signs(text) for text in texts) else None


def people(caller: Caller, told: Person | None = None) -> Card:
    """Return who can help, and that nobody was told, or who was; a name alone, so that it says nothing more."""
    w, offer = caller.words, escalation.offer(caller)
    body = w("care.body") if told is None else w("care.told.body", contact=told.name)
    fallback = w("care.fallback") if told is None else w("care.told.fallback", contact=told.name)
    return Card(w("care.title"), (Text(body, lead=True), *offer.elements[1:]), fallback)
