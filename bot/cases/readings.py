"""Closing a wave: sealed sheets become unlinked answers, the key dies, then figures pass the gate or are withheld.

The order matters. Sheets are opened outside any write; answers are written in small units while the wave is
*closing* (after a crash it starts over from the mailbox); one last unit marks it closed and empties the
mailbox; then the write-ahead log is truncated and the key destroyed; only then do figures leave the vault.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import time

from analytics.text import language, themes
from analytics.text.tone import NotRead, Scorer
from bot.cases import answers, release
from bot.cases.context import locale_of
from bot.cases.counting import ANY, CellCount, Counted, OpenSheet, PairMoments, count
from bot.cases.guards import zone_of
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
        reading = load_scorer(), themes.builtin()
    counted = count(sheets, answers.frozen_questions(wave), names, *reading, thresholds)
    language.let_go()
    store.write(lambda unit: vault.discard_answers(unit, wave_id), organisation)
    for start in range(0, len(counted.answers), CHUNK):
        rows = [
            StoredAnswer(a.question, a.cell, a.value, a.tone) for a in counted.answers[start : start + CHUNK]
        ]
        store.write(lambda unit, rows=rows: vault.store_answers(unit, wave_id, rows), organisation)  # type: ignore[misc]  # mypy can't infer a lambda with a default
    store.write(lambda unit: _seal_off(unit, wave_id, counted), organisation)
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


def _seal_off(unit: Unit, wave_id: int, counted: Counted) -> None:
    """End the link between people and sheets, in one unit with the counts that replace them."""
    vault.store_sums(unit, [_cell_row(unit, wave_id, cell) for cell in counted.cells])
    vault.store_sums(unit, [_pair_row(unit, wave_id, pair) for pair in counted.pairs])
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
    store.write(lambda unit: _release(unit, wave_id), organisation)
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


def _release(unit: Unit, wave_id: int) -> None:
    """Write the wave's readings, once; what is withheld gets a row as well, with one reason for all."""
    if unit.readings.of_wave(wave_id):
        return
    wave = _wave(unit, wave_id)
    by_item: dict[str, list[CellSum]] = {}
    for row in vault.sums(unit, wave_id):
        by_item.setdefault(row.question, []).append(row)
    questions = {question.key: question for question in answers.frozen_questions(wave)}
    found_in_texts = {key: found for key in by_item if (found := ThemeItem.read(key) or TongueItem.read(key))}
    placed, asked = unit.waves.cells(wave_id), unit.waves.asked(wave_id)
    for key in (ANY, *questions):
        invited = {p: cell for p, cell in placed.items() if key in (ANY, *asked[p])}
        _pass(unit, wave, questions.get(key), by_item.get(key, []), invited)
        for item, theme in found_in_texts.items():
            if theme.question == key and _worth_a_look(theme, by_item[item], wave):
                _pass(unit, wave, theme, by_item[item], invited)


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
        store.write(lambda unit, chunk=chunk: unit.outbox.want_many(chunk), organisation)  # type: ignore[misc]  # as above


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
