"""Closing a wave: sealed sheets become unlinked answers, the key dies, then figures pass the gate or are withheld.

The order matters. Sheets are opened outside any write; answers are written in small units while the wave is
*closing* (after a crash it starts over from the mailbox); one last unit marks it closed and empties the
mailbox; then the write-ahead log is truncated and the key destroyed; only then do figures leave the vault.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import time

from analytics.text import language, themes
from analytics.text.tone import NotRead, Scorer
from bot.cases import answers, exploring, quoting, release, taxonomies
from bot.cases.context import locale_of
from bot.cases.counting import ANY, CellCount, Counted, OpenSheet, PairMoments, count
from bot.cases.guards import zone_of
from bot.cases.styling import StyleItem
from bot.cases.theming import SPOKEN, ThemeItem
from bot.cases.tongues import TongueItem
from bot.errors import KeyLost
from bot.store import vault
from bot.store.outbox import Message
from bot.store.tables import Person, Wave
from bot.store.unit import Store, Unit
from bot.store.vault import CellSum, PairSum, StoredAnswer
from surveys.anonymity import Figure, Release
from surveys.cadence import instant
from surveys.loader import builtin

CHUNK = 500
RESULTS_AT = time(10)

LoadScorer = Callable[[], Scorer]
"""The scorer is made when a wave closes, not before: loading it costs time and memory."""


def close_due(store: Store, load_scorer: LoadScorer) -> int:
    """Close every wave whose time has come, finish what a crash left half done, and say how many closed."""
    closed = 0
    for organisation in store.organisations():
        for wave_id in store.read(lambda unit: [w.id for w in unit.waves.to_close(unit.now)], organisation):
            closed += close(store, organisation, wave_id, load_scorer)
        for wave_id in store.read(lambda unit: [w.id for w in unit.waves.in_state("closed")], organisation):
            _let_go(store, organisation, wave_id)
    return closed


def close(store: Store, organisation: int, wave_id: int, load_scorer: LoadScorer) -> bool:
    """Turn one wave's sheets into unlinked answers; False if its key was lost and it ends as unreadable."""
    store.write(lambda unit: _mark(unit, wave_id, "closing"), organisation)
    try:
        wave, sheets, names = store.read(lambda unit: _opened(unit, wave_id), organisation)
    except KeyLost:
        store.write(lambda unit: _give_up(unit, wave_id), organisation)
        return False
    thresholds = (wave.k_scores, wave.k_comments)
    reading: tuple[Scorer, themes.Taxonomy] = (NotRead(), themes.NONE)
    if wave.sentiment == "aggregate":
        reading = load_scorer(), store.read(lambda unit: taxonomies.of_wave(unit, wave), organisation)
    counted = count(sheets, answers.frozen_questions(wave), names, *reading, thresholds)
    quotes = quoting.chosen(wave, sheets, names, store.read(quoting.places, organisation), reading)
    language.let_go()
    store.write(lambda unit: vault.discard_answers(unit, wave_id), organisation)
    for start in range(0, len(counted.answers), CHUNK):
        rows = [
            StoredAnswer(a.question, a.cell, a.value, a.tone) for a in counted.answers[start : start + CHUNK]
        ]
        store.write(lambda unit, rows=rows: vault.store_answers(unit, wave_id, rows), organisation)  # type: ignore[misc]  # mypy can't infer a lambda with a default
    store.write(lambda unit: _seal_off(unit, wave_id, counted, quotes, reading[0].version), organisation)
    return True


def _opened(unit: Unit, wave_id: int) -> tuple[Wave, list[OpenSheet], list[str]]:
    wave = _wave(unit, wave_id)
    people = {person.id: person for person in unit.people.all()}
    home = unit.organisations.get().locale
    groups = {
        number: (cell, _language(people.get(number), home))
        for number, cell in unit.waves.cells(wave_id).items()
    }
    opened = vault.unseal(unit, wave_id, vault.collect(unit, wave_id), groups)
    sheets = [OpenSheet(cell, language, values) for (cell, language), values in opened]
    return wave, sheets, [person.name for person in people.values()]


def _language(person: Person | None, home: str) -> str:
    return locale_of(person, home) if person else home


def _seal_off(unit: Unit, wave_id: int, counted: Counted, quotes: quoting.Found, read_by: str) -> None:
    """End the link between people and sheets, in one unit with the counts that replace them."""
    _wave(unit, wave_id).tone_model = "" if read_by == NotRead.version else read_by
    vault.store_sums(unit, [_cell_row(unit, wave_id, cell) for cell in counted.cells])
    vault.store_sums(unit, [_pair_row(unit, wave_id, pair) for pair in counted.pairs])
    quoting.keep(unit, wave_id, quotes)
    vault.empty_mailbox(unit, wave_id)
    _mark(unit, wave_id, "closed")


def _cell_row(unit: Unit, wave_id: int, cell: CellCount) -> CellSum:
    return CellSum(
        organisation_id=unit.organisation_id,
        wave_id=wave_id,
        question=cell.question,
        cell=cell.cell,
        n=cell.n,
        points=list(cell.points),
        leaves=list(cell.leaves),
    )


def _pair_row(unit: Unit, wave_id: int, pair: PairMoments) -> PairSum:
    return PairSum(organisation_id=unit.organisation_id, wave_id=wave_id, **asdict(pair))


def _let_go(store: Store, organisation: int, wave_id: int) -> None:
    """Take what was deleted out of the log, destroy the key, then let the figures through the gate.

    Each step is harmless when it was done before, so a crash between them costs nothing.
    """
    if not store.truncate_wal():
        return  # somebody is reading what the log holds; the next run tries again
    store.write(lambda unit: _destroy_key(unit, wave_id), organisation)
    found = _explored(store, organisation, wave_id)
    store.write(lambda unit: _release(unit, wave_id, found), organisation)
    _announce(store, organisation, wave_id)
    store.write(lambda unit: _mark(unit, wave_id, "released"), organisation)


def _destroy_key(unit: Unit, wave_id: int) -> None:
    if vault.destroy_key(unit, wave_id):
        unit.audit.record(unit.now, "system", "wave.key_destroyed", f"wave:{wave_id}")


def _give_up(unit: Unit, wave_id: int) -> None:
    """Say that the answers can't be read: the key of this wave is gone."""
    vault.empty_mailbox(unit, wave_id)
    vault.destroy_key(unit, wave_id)
    _mark(unit, wave_id, "unreadable")
    unit.audit.record(unit.now, "system", "wave.unreadable", f"wave:{wave_id}")


def _mark(unit: Unit, wave_id: int, state: str) -> None:
    wave = _wave(unit, wave_id)
    wave.state = state
    if wave.closed_at is None and state in ("closed", "unreadable"):
        wave.closed_at = unit.now


def _wave(unit: Unit, wave_id: int) -> Wave:
    wave = unit.waves.get(wave_id)
    if wave is None:
        raise LookupError(f"wave {wave_id}")
    return wave


# --- from the vault to readings ---------------------------------------------------------------------------


def _explored(store: Store, organisation: int, wave_id: int) -> list[exploring.Found]:
    """Look for words in the unlinked comments, outside any write; they lie in the vault as masked texts."""
    wave, home, texts = store.read(lambda unit: _texts(unit, wave_id), organisation)
    taxonomy = store.read(lambda unit: taxonomies.of_wave(unit, wave), organisation)
    found = exploring.explore(wave, home, texts, taxonomy) if texts else []
    language.let_go()
    return found


def _texts(unit: Unit, wave_id: int) -> tuple[Wave, str, list[exploring.Texts]]:
    """Return this wave's comments and those that they may be compared with; none where none may be read."""
    wave = _wave(unit, wave_id)
    home = unit.organisations.get().locale
    if wave.sentiment != "aggregate" or unit.readings.of_wave(wave_id):
        return wave, home, []
    texts = []
    for question in answers.frozen_questions(wave):
        if question.type == "text":
            earlier = unit.waves.recent(survey_id=wave.survey_id)
            ids = [other.id for other in earlier if exploring.comparable(wave, other, question.key)]
            now = vault.texts(unit, [wave_id], question.key, unit.waves.count_invited(wave_id))
            before = vault.texts(unit, ids, question.key, exploring.MOST_BEFORE)
            texts.append(exploring.Texts(question.key, now, before))
    return wave, home, texts


def _release_words(unit: Unit, wave: Wave, found: exploring.Found, invited: Mapping[int, str]) -> None:
    """Write the words and topics of one question that pass the gate, and what the gate must remember of them."""
    ledgers = {
        one.term: _ledger(unit, wave, exploring.item(found.question, one.term)) for one in found.candidates
    }
    for term, item, kept in exploring.passed(wave, found, invited, ledgers):
        unit.terms.add([term])
        vault.record_releases(unit, [_ledger_row(unit, wave, item, kept)])


def _release(unit: Unit, wave_id: int, explored: Sequence[exploring.Found]) -> None:
    """Write the wave's readings, once; what is withheld gets a row as well, with one reason for all."""
    if unit.readings.of_wave(wave_id):
        return
    wave = _wave(unit, wave_id)
    by_item: dict[str, list[CellSum]] = {}
    for row in vault.sums(unit, wave_id):
        by_item.setdefault(row.question, []).append(row)
    questions = {question.key: question for question in answers.frozen_questions(wave)}
    placed, asked = unit.waves.cells(wave_id), unit.waves.asked(wave_id)
    for key in (ANY, *questions):
        invited = {p: cell for p, cell in placed.items() if key in (ANY, *asked[p])}
        _pass(unit, wave, questions.get(key), by_item.get(key, []), invited)
        for found, rows in _in_texts(key, by_item, wave):
            _pass(unit, wave, found, rows, invited)
        for words in (found for found in explored if found.question == key):
            _release_words(unit, wave, words, invited)
    for key, rows in by_item.items():
        if (style := StyleItem.read(key)) is not None:
            _pass(unit, wave, style, rows, placed)
    quoting.settle(unit, wave_id)


def _in_texts(
    question: str, by_item: Mapping[str, list[CellSum]], wave: Wave
) -> Iterator[tuple[ThemeItem | TongueItem, list[CellSum]]]:
    """Yield the themes and languages of a question's comments of which anything could be shown."""
    for key, rows in by_item.items():
        found = ThemeItem.read(key) or TongueItem.read(key)
        if found is not None and found.question == question and _worth_a_look(found, rows, wave):
            yield found, rows


def _pass(
    unit: Unit, wave: Wave, subject: release.Subject, rows: Sequence[CellSum], invited: Mapping[int, str]
) -> None:
    """Pass one subject through the gate: write its readings, and what the gate must remember.

    Parameters
    ----------
    unit, wave
        Where it is written, and of which wave.
    subject
        The question, a theme of its comments, or the response.
    rows
        How the answers fall.
    invited
        The cell of each person who was asked.
    """
    item = subject.key if subject else ANY
    cells = [release.Cell(row.cell, row.n, tuple(row.points), tuple(row.leaves)) for row in rows]
    result = release.decide(wave, subject, cells, invited, _ledger(unit, wave, item))
    unit.readings.add(release.readings(unit, wave, result))
    vault.record_releases(unit, [_ledger_row(unit, wave, item, kept) for kept in result.releases])


def _worth_a_look(theme: ThemeItem | TongueItem, rows: Sequence[CellSum], wave: Wave) -> bool:
    """Tell whether anything of a theme or a language could be shown, so that the gate is spared what could not."""
    if theme.part == "share":
        return sum(row.points[SPOKEN] for row in rows) >= wave.k_scores
    return sum(row.n for row in rows) >= wave.k_comments


def _ledger(unit: Unit, wave: Wave, item: str) -> list[Release]:
    """Return what was shown of a question within the horizon."""
    since = wave.local_date - release.HORIZON
    recent = {w.id for w in unit.waves.recent(survey_id=wave.survey_id) if w.local_date >= since}
    return [
        Release(row.wave_id, Figure(row.path, row.respondents, frozenset(row.invited), tuple(row.counts)))
        for row in vault.releases(unit, wave.survey_id, item)
        if row.wave_id in recent
    ]


def _ledger_row(unit: Unit, wave: Wave, item: str, kept: Release) -> vault.Release:
    return vault.Release(
        organisation_id=unit.organisation_id,
        wave_id=wave.id,
        item=item,
        path=kept.figure.path,
        survey_id=wave.survey_id,
        respondents=kept.figure.respondents,
        counts=list(kept.figure.counts),
        invited=sorted(kept.figure.invited),
    )


def _announce(store: Store, organisation: int, wave_id: int) -> None:
    """Want the result sent to everyone who was asked, on the results date at ten in their morning."""
    messages = store.read(lambda unit: _results_for(unit, wave_id), organisation)
    for start in range(0, len(messages), CHUNK):
        chunk = messages[start : start + CHUNK]
        store.write(lambda unit, chunk=chunk: unit.outbox.want_many(chunk), organisation)  # type: ignore[misc]  # mypy can't infer a lambda with a default


def _results_for(unit: Unit, wave_id: int) -> Sequence[Message]:
    wave = _wave(unit, wave_id)
    if not builtin()[unit.surveys.get(wave.survey_id).key].invites:
        return []  # nobody was invited to a standing survey, so nobody is written to about it
    home = unit.organisations.get().time_zone
    people = {person.id: person for person in unit.people.all()}
    return [
        Message(
            number,
            key=f"wave:{wave_id}:results:{number}",
            purpose="wave.results",
            ref=str(wave_id),
            due_at=instant(wave.results_on, RESULTS_AT, zone_of(people[number], home)),
        )
        for number in unit.waves.invited(wave_id)
    ]
