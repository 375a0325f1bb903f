"""What a case is told about who acts or who is written to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.errors import Refused
from bot.store.people import FOLLOW_CHAT
from bot.store.tables import Delivery, Organisation, Person
from bot.store.unit import Unit
from bot.talk.cards import Action, Card
from bot.talk.events import Reply, Source
from bot.talk.language import Words, words

LONGEST_NUMBER = 15
"""Digits; more than any row has, fewer than overflow a database integer."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """The person for whom a card is built, in their words, within one unit of work."""

    unit: Unit
    person: Person
    words: Words
    organisation: Organisation


@dataclass(frozen=True, slots=True)
class Caller(Recipient):
    """The person who acts, and where the event came from."""

    source: Source


ActionHandler = Callable[[Caller, Action, Mapping[str, str]], Reply]
CommandHandler = Callable[[Caller, str], Reply]
CardBuilder = Callable[[Recipient, Delivery], Card | None]
"""Builds the card of a delivery at the moment of sending; ``None``: it is no longer wanted."""


def reference(action: Action) -> tuple[int, str]:
    """Return the number that an action refers to and what follows it after a slash.

    What a platform sends back is hostile until checked: anything else is refused as an old button.
    """
    number, _, rest = action.ref.partition("/")
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        raise Refused("refused.old_button")
    return int(number), rest


def words_of(organisation: Organisation, person: Person) -> Words:
    """Return the words in which a person is spoken to: own locale and zone, the organisation's register."""
    return words(
        locale_of(person, organisation.locale),
        organisation.formality,
        zone_name(person, organisation.time_zone),
    )


def locale_of(person: Person, default: str) -> str:
    """Return a person's language: as chosen, else as HR has it, else as the chat platform says."""
    return person.chosen_locale or person.locale or person.seen_locale or default


def zone_name(person: Person, default: str) -> str:
    """Return the name of a person's time zone: as chosen, else as HR has it, else as the chat platform says."""
    return zone_source(person, default)[1]


def zone_source(person: Person, default: str) -> tuple[str, str]:
    """Return where a person's time zone comes from (own, hr, chat or organisation), and its name."""
    if person.chosen_zone not in {"", FOLLOW_CHAT}:
        return "own", person.chosen_zone
    said = {"hr": person.time_zone, "chat": person.seen_zone}
    order = ("chat", "hr") if person.chosen_zone == FOLLOW_CHAT else ("hr", "chat")
    return next(((source, said[source]) for source in order if said[source]), ("organisation", default))
