"""Words that came up more often than before: what may be shown of the comments that no theme covers."""

from bot.cases.context import Recipient
from bot.store.tables import Term, Wave
from bot.talk.cards import Element, Note, Table


def words_table(to: Recipient, wave: Wave) -> tuple[Element, ...]:
    """Return the words of the whole organisation's comments, the surest first; nothing where there are none."""
    w = to.words
    rows = tuple(_row(to, term) for term in to.unit.terms.of_wave(wave.id, "emerging"))
    if not rows:
        return ()
    header = tuple(w(f"results.words.{column}") for column in ("word", "people", "change"))
    return (Table(w("results.words"), header, rows), Note(w("results.words.note")))


def _row(to: Recipient, term: Term) -> tuple[str, ...]:
    w = to.words
    people = w("results.words.at_least", n=term.people)
    if term.value > 1:
        return term.text, people, w("results.words.times", times=w.number(term.value, term.value % 1 > 0))
    return term.text, people, w("results.words.more")
