"""Words and topics that nobody looked for: what may be shown of them, for the whole organisation."""

from bot.cases.context import Recipient
from bot.store.tables import Term, Wave
from bot.talk.cards import Element, Note, Table


def words_tables(to: Recipient, wave: Wave) -> tuple[Element, ...]:
    """Return the words that came up more often than before and the topics; nothing where there are none."""
    return (*_table(to, wave, "emerging", "words"), *_table(to, wave, "topic", "topics"))


def _table(to: Recipient, wave: Wave, kind: str, key: str) -> tuple[Element, ...]:
    w = to.words
    rows = tuple(_row(to, term) for term in to.unit.terms.of_wave(wave.id, kind))
    if not rows:
        return ()
    header = tuple(w(f"results.{key}.{column}") for column in ("word", "people", "value"))
    return (Table(w(f"results.{key}"), header, rows), Note(w(f"results.{key}.note")))


def _row(to: Recipient, term: Term) -> tuple[str, ...]:
    return term.text, to.words("results.words.at_least", n=term.people), _value(to, term)


def _value(to: Recipient, term: Term) -> str:
    """Say how many times as often at least, or of a topic how much two halves of the comments agree on it."""
    w = to.words
    if term.kind == "topic":
        return w("results.topics.at_least", share=w.percent(term.value))
    if term.value > 1:
        return w("results.words.times", times=w.number(term.value, term.value % 1 > 0))
    return w("results.words.more")
