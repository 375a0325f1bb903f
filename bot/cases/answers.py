"""Answering: a sheet is read, sealed and kept until the wave closes; it can be changed and withdrawn."""

from collections.abc import Mapping, Sequence

from bot.cases import care, sheets
from bot.cases.context import ActionHandler, Caller, reference
from bot.errors import KeyLost, Refused
from bot.store import vault
from bot.store.fieldings import Fielding
from bot.store.tables import Wave
from bot.store.unit import Unit
from bot.store.waves import LIVE
from bot.talk.cards import Action
from bot.talk.events import Invalid, OpenForm, Private, Replace, Reply
from surveys import consent
from surveys.errors import InvalidAnswer
from surveys.questions import Question, from_dict, read


def seal(unit: Unit, wave_id: int) -> None:
    """Make a wave ready to take answers."""
    vault.prepare(unit, wave_id)


def has_answered(unit: Unit, wave_id: int, person_id: int) -> bool:
    """Say whether a sheet of this person lies in the mailbox; False when nobody can tell any more."""
    try:
        return vault.has_sheet(unit, wave_id, person_id)
    except KeyLost:
        return False


def record(unit: Unit, wave: Fielding, person_id: int, values: Mapping[str, str]) -> int:
    """Keep what was answered, merged by question into the sealed sheet, and say how many answers that is.

    Skipping is always allowed: empty values change nothing. Answers to questions that this person was not
    asked are left out. Raises ``Refused`` (closed, not invited) and ``FieldErrors`` (some value does not fit;
    nothing at all is kept then).
    """
    return _record(unit, wave, person_id, questions_for(unit, wave, person_id), values)


def _record(
    unit: Unit, wave: Fielding, person_id: int, asked: Sequence[Question], values: Mapping[str, str]
) -> int:
    answers: dict[str, str] = {}
    errors: dict[str, InvalidAnswer] = {}
    for question in asked:
        try:
            value = read(question, values.get(question.key))
        except InvalidAnswer as error:
            errors[question.key] = error
        else:
            if value is not None:
                answers[question.key] = value
    choices = _choices(wave, asked, values, errors)
    if errors:
        raise FieldErrors(errors)
    if kept := answers | _consents(unit, wave, person_id, answers, choices):
        _sealed(unit, wave, person_id, kept)
    return len(answers)


def _choices(
    wave: Fielding, asked: Sequence[Question], values: Mapping[str, str], errors: dict[str, InvalidAnswer]
) -> dict[Question, str | None]:
    """Read beside each comment whether it may be quoted, where that is asked; adds to ``errors`` what does not fit."""
    choices: dict[Question, str | None] = {}
    for question in asked:
        if consent.is_asked(question, wave.sentiment):
            try:
                choices[question] = consent.read(values.get(consent.key_for(question)))
            except InvalidAnswer as error:
                errors[consent.key_for(question)] = error
    return choices


def _consents(
    unit: Unit,
    wave: Fielding,
    person_id: int,
    answers: Mapping[str, str],
    choices: Mapping[Question, str | None],
) -> dict[str, str]:
    """Return the choices to keep: a comment written now has one made with it, an earlier one can get another."""
    kept = {consent.key_for(q): made or consent.NO for q, made in choices.items() if q.key in answers}
    changed = {q: made for q, made in choices.items() if made and q.key not in answers}
    if changed:
        known = _answered(unit, wave, person_id)
        kept |= {consent.key_for(q): made for q, made in changed.items() if q.key in known}
    return kept


def _answered(unit: Unit, wave: Fielding, person_id: int) -> frozenset[str]:
    try:
        return vault.answered_questions(unit, wave.id, person_id)
    except KeyLost as error:
        raise Refused("refused.wave_unreadable") from error


def questions_for(unit: Unit, wave: Fielding, person_id: int) -> list[Question]:
    """Return what this person is asked in an open wave; raises ``Refused`` if they may not answer."""
    _require_open(unit, wave)
    asked = unit.fieldings.asked(wave.id, person_id)
    if asked is None:
        raise Refused("refused.not_invited")
    return [question for question in wave.questions if question.key in asked]


def frozen_questions(wave: Wave) -> list[Question]:
    """Return the questions of a wave as they were frozen at launch."""
    return [from_dict(record) for record in wave.questions]


class FieldErrors(Exception):
    """Some fields of a form do not fit; the form stays open and says which."""

    def __init__(self, fields: Mapping[str, InvalidAnswer]) -> None:
        super().__init__(sorted(fields))
        self.fields = fields


# --- what people press ------------------------------------------------------------------------------------


def tapped(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Record the answer to the anchor question at once and open the form with the rest."""
    wave, rest = _tapped(caller, action)
    receipt = sheets.receipt(caller, wave)
    return OpenForm(sheets.form(caller, wave, rest), receipt) if rest else Replace(receipt)


def tapped_only(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Record the answer to the only question there is: no form follows."""
    wave, _ = _tapped(caller, action)
    return Replace(sheets.receipt(caller, wave))


def _tapped(caller: Caller, action: Action) -> tuple[Fielding, list[Question]]:
    """Keep what was tapped, and return which questions are left."""
    wave, key = _wave_of(caller, action)
    asked = questions_for(caller.unit, wave, caller.person.id)
    try:
        _record(caller.unit, wave, caller.person.id, asked, {key: action.value})
    except FieldErrors as errors:
        raise Refused("refused.old_button") from errors
    return wave, [question for question in asked if question.key != key]


def opened(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Open the form; it is empty also for a change, because answers are not read back out."""
    wave, _ = _wave_of(caller, action)
    return form(caller, wave)


def form(caller: Caller, wave: Fielding) -> OpenForm:
    """Open the form with all that the person is asked; raises ``Refused`` if they may not answer."""
    return OpenForm(sheets.form(caller, wave, questions_for(caller.unit, wave, caller.person.id)))


def opened_skipped(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Open the form with the questions that have no answer yet."""
    wave, _ = _wave_of(caller, action)
    asked = questions_for(caller.unit, wave, caller.person.id)
    known = _answered(caller.unit, wave, caller.person.id)
    left = [question for question in asked if question.key not in known]
    if not left:
        return Private(sheets.nothing_left(caller, wave))
    return OpenForm(sheets.form(caller, wave, left))


def submitted(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Record a form and replace it by the receipt."""
    wave, _ = _wave_of(caller, action)
    try:
        n = record(caller.unit, wave, caller.person.id, values)
    except FieldErrors as errors:
        words = caller.words
        return Invalid({key: words(error.key, **error.values) for key, error in errors.fields.items()})
    if n == 0 and not has_answered(caller.unit, wave.id, caller.person.id):
        return Replace(sheets.nothing_entered(caller, wave))
    texts = [values.get(question.key, "") for question in wave.questions if question.type == "text"]
    return Replace(sheets.receipt(caller, wave), care.beside(caller, texts))


def declined(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Take "Not this time" for an answer: no reminder for this wave."""
    wave, _ = _wave_of(caller, action)
    invitation = caller.unit.waves.invitation(wave.id, caller.person.id)
    if invitation is None:
        raise Refused("refused.not_invited")
    invitation.no_reminder = True
    return Replace(sheets.declined(caller, wave))


def withdrawn(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Take the whole sheet out of an open wave."""
    wave, _ = _wave_of(caller, action)
    _require_open(caller.unit, wave)
    try:
        vault.remove(caller.unit, wave.id, caller.person.id)
    except KeyLost as error:
        raise Refused("refused.wave_unreadable") from error
    return Replace(sheets.withdrawn(caller, wave))


def asked_why(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Say by which rule the person was asked."""
    wave, _ = _wave_of(caller, action)
    return Private(sheets.why(caller, wave, caller.unit.waves.count_invited(wave.id)))


ACTIONS: Mapping[str, ActionHandler] = {
    "answer.tap": tapped,
    "answer.only": tapped_only,
    "answer.open": opened,
    "answer.skipped": opened_skipped,
    "answer.send": submitted,
    "answer.decline": declined,
    "answer.withdraw": withdrawn,
    "answer.why": asked_why,
}


def _wave_of(caller: Caller, action: Action) -> tuple[Fielding, str]:
    number, question = reference(action)
    wave = caller.unit.fieldings.met(number, caller.person.id)
    if wave is None:
        raise Refused("refused.old_button")
    return wave, question


def _require_open(unit: Unit, wave: Fielding) -> None:
    if unit.now < wave.opens_at:
        raise Refused("refused.not_open_yet")
    if wave.state not in LIVE or unit.now >= wave.closes_at:
        raise Refused("refused.closed")


def _sealed(unit: Unit, wave: Fielding, person_id: int, answers: Mapping[str, str]) -> None:
    try:
        vault.put(unit, wave.id, person_id, answers)
    except KeyLost as error:
        raise Refused("refused.wave_unreadable") from error
