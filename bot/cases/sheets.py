"""The cards around one sheet: the request, the form, the receipt, and why it was asked."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.cases.context import Recipient
from bot.store.fieldings import Fielding
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Note, Text
from bot.talk.language import Words
from surveys import consent
from surveys.formats import Choice, Option, Scale
from surveys.loader import builtin
from surveys.questions import Question, response_format
from surveys.questions.question import in_language

KEPT = 256
"""How many forms and receipts are kept: everybody gets the same one who is asked the same in the same words."""


def request(to: Recipient, wave: Fielding, questions: Sequence[Question]) -> Card:
    """Ask: the first question answers by one tap, the card says who sees what, and the way out is beside it."""
    w = to.words
    first = questions[0]
    tap = isinstance(response_format(first, w.language), Scale)
    body = w(
        f"pulse.request.{wave.mode}",
        n=len(questions),
        seconds=builtin()[wave.survey].seconds,
        close=wave.closes_at,
    )
    name = "answer.tap" if len(questions) > 1 else "answer.only"
    asks = (_ask(w, first, Action(name, f"{wave.id}/{first.key}")),) if tap else ()
    start = () if tap else (Button(w("button.start"), _act("answer.open", wave), "primary"),)
    return Card(
        title=in_language(wave.title, w.language),
        elements=(
            *asks,
            Text(body),
            Buttons((*start, *_ways_out(to, wave))),
            Note(w("pulse.request.note", k=wave.k_scores)),
        ),
        fallback=w("pulse.request.fallback", n=len(questions), close=wave.closes_at),
    )


def reminder(to: Recipient, wave: Fielding) -> Card:
    """Remind once; the text says whether everybody gets it or only who has no sheet."""
    w = to.words
    kind = "blind" if wave.blind_reminders else "targeted"
    start = Button(w("button.start"), _act("answer.open", wave), "primary")
    decline = Button(w(f"pulse.reminder.{kind}.decline"), _act("answer.decline", wave))
    person = Button(w("button.person"), Action("human.ask"))
    return Card(
        title=w("pulse.reminder.title"),
        elements=(
            Text(w(f"pulse.reminder.{kind}", close=wave.closes_at)),
            Buttons((start, decline, Button(w("button.why"), _act("answer.why", wave)), person)),
        ),
        fallback=w("pulse.reminder.fallback", close=wave.closes_at),
    )


def form(to: Recipient, wave: Fielding, questions: Sequence[Question]) -> Card:
    """Return the form with these questions; every one may be left empty."""
    return _form(to.words, wave, tuple(questions))


@lru_cache(KEPT)
def _form(w: Words, wave: Fielding, questions: tuple[Question, ...]) -> Card:
    if _is_standing(wave):
        return _comment_form(w, wave, questions)
    return Card(
        title=in_language(wave.title, w.language),
        elements=(
            Note(w("pulse.form.note", close=wave.closes_at)),
            *_fields(w, wave, questions),
        ),
        fallback=w("pulse.form.fallback", close=wave.closes_at),
        submit=Button(w("button.save"), _act("answer.send", wave), "primary"),
    )


def receipt(to: Recipient, wave: Fielding) -> Card:
    """Confirm that a sheet is kept, without showing it."""
    return _receipt(to.words, wave)


@lru_cache(KEPT)
def _receipt(w: Words, wave: Fielding) -> Card:
    if _is_standing(wave):
        return _comment_receipt(w, wave)
    return Card(
        title=w("pulse.saved.title"),
        elements=(
            Text(
                w(
                    "pulse.saved.body",
                    close=wave.closes_at,
                    results_date=wave.results_on,
                    owner=wave.owner,
                )
            ),
            Text(w("pulse.saved.nolist")),
            Buttons(
                (
                    Button(w("button.change_answers"), _act("answer.open", wave), "primary"),
                    Button(w("button.skipped"), _act("answer.skipped", wave)),
                    Button(w("button.withdraw"), _act("answer.withdraw", wave)),
                    Button(w("button.person"), Action("human.ask")),
                )
            ),
        ),
        fallback=w("pulse.saved.fallback", close=wave.closes_at),
    )


def _comment_form(w: Words, wave: Fielding, questions: Sequence[Question]) -> Card:
    """Return the form of a standing survey: no request came before it, so it says itself who sees what."""
    note = w("feedback.form.note", close=w.moment(wave.closes_at), k_comments=wave.k_comments)
    return Card(
        title=in_language(wave.title, w.language),
        elements=(Note(note), *_fields(w, wave, questions)),
        fallback=w("feedback.form.fallback"),
        submit=Button(w("button.save"), _act("answer.send", wave), "primary"),
    )


def _comment_receipt(w: Words, wave: Fielding) -> Card:
    """Confirm a comment given at any time; it has no results date of its own, so none is promised."""
    close = w.moment(wave.closes_at)
    buttons = (
        Button(w("button.change_comment"), _act("answer.open", wave)),
        Button(w("button.delete_comment"), _act("answer.withdraw", wave)),
        Button(w("button.person"), Action("human.ask")),
    )
    return Card(
        title=w("feedback.saved.title"),
        elements=(
            Text(w("feedback.saved.body", close=close, k_comments=wave.k_comments)),
            Text(w("pulse.saved.nolist")),
            Buttons(buttons),
        ),
        fallback=w("feedback.saved.fallback", close=close),
    )


def nothing_entered(to: Recipient, wave: Fielding) -> Card:
    return _again(to, wave, "feedback.empty" if _is_standing(wave) else "pulse.empty")


def nothing_left(to: Recipient, wave: Fielding) -> Card:
    return _again(to, wave, "pulse.complete")


def declined(to: Recipient, wave: Fielding) -> Card:
    return _again(to, wave, "pulse.declined")


def withdrawn(to: Recipient, wave: Fielding) -> Card:
    return _again(to, wave, "feedback.withdrawn" if _is_standing(wave) else "pulse.withdrawn")


def why(to: Recipient, wave: Fielding, invited: int) -> Card:
    """Give the rule behind the request, who sees what, and what the promise does not cover."""
    w = to.words
    return Card(
        title=w("pulse.why.title"),
        elements=(
            Text(w("pulse.why.body", n=invited, owner=wave.owner, results_date=wave.results_on)),
            Note(w("pulse.why.protection", k=wave.k_scores, k_comments=wave.k_comments)),
            Buttons((Button(w("button.person"), Action("human.ask")),)),
        ),
        fallback=w("pulse.why.fallback"),
    )


def _again(to: Recipient, wave: Fielding, key: str) -> Card:
    """Say what happened, and leave the way back open until the close."""
    w = to.words
    return Card(
        title=w(f"{key}.title"),
        elements=(
            Text(w(f"{key}.body", close=wave.closes_at)),
            Buttons(
                (
                    Button(w("button.answer_after_all"), _act("answer.open", wave)),
                    Button(w("button.person"), Action("human.ask")),
                )
            ),
        ),
        fallback=w(f"{key}.body", close=wave.closes_at),
    )


def _fields(w: Words, wave: Fielding, questions: Sequence[Question]) -> Iterator[Ask]:
    """Yield the fields of a form; beside a comment, whether it may be quoted, with no option chosen beforehand."""
    for question in questions:
        yield _ask(w, question)
        if consent.is_asked(question, wave.sentiment):
            options = tuple(
                Option(value, w(f"quotes.consent.{value}")) for value in (consent.YES, consent.NO)
            )
            yield Ask(
                consent.key_for(question), w("quotes.consent"), Choice(options), hint=w("quotes.consent.hint")
            )


def _ask(w: Words, question: Question, tap: Action | None = None) -> Ask:
    hint = "" if tap else w("pulse.form.skip")
    stem, answers = question.stem_in(w.language), response_format(question, w.language)
    return Ask(question.key, stem, answers, tap=tap, hint=hint)


def _ways_out(to: Recipient, wave: Fielding) -> tuple[Button, ...]:
    w = to.words
    return (
        Button(w("button.not_this_time"), _act("answer.decline", wave)),
        Button(w("button.why"), _act("answer.why", wave)),
        Button(w("button.person"), Action("human.ask")),
    )


def _act(name: str, wave: Fielding) -> Action:
    return Action(name, str(wave.id))


def _is_standing(wave: Fielding) -> bool:
    """Say whether nobody is invited to this survey: people come by themselves, at any time."""
    return not builtin()[wave.survey].invites
