import ast
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlmodel import func, select

from bot import dispatch, logs
from bot.cases import answers
from bot.commands import ACTIONS, COMMANDS, merged
from bot.store import vault
from bot.talk import commands
from bot.talk.cards import Action, Buttons, Card, Note
from bot.talk.events import (
    ButtonPressed,
    CommandUsed,
    FormSent,
    MessageWritten,
    Nothing,
    OpenForm,
    Private,
    Replace,
    Source,
)
from bot.talk.language import languages, words
from tests.bot.cases.test_waves import MONDAY
from tests.canary import WORD, free
from tests.town import Town

ROOT = Path(__file__).resolve().parents[2]
UNBOUND = frozenset({""})


@pytest.fixture
def town(store, clock) -> Town:
    clock.move_to(MONDAY)
    found = Town(store, clock)
    found.has("Support", 6, head=True)
    found.runs()
    found.opens()
    return found


def source(person: str = "p2", event: str = "e1") -> Source:
    return Source(platform="local", workspace="local", user=person, event=event)


def tap(person: str = "p2", event: str = "e1", value: str = "4") -> ButtonPressed:
    return ButtonPressed(source(person, event), Action("answer.tap", "1/job-satisfaction", value))


def card_of(reply: object) -> Card:
    assert isinstance(reply, Private | Replace | OpenForm)
    return reply.card


def sheets(town: Town) -> int:
    count = select(func.count()).select_from(vault.Sheet)
    return town.store.read(lambda unit: unit.session.exec(count).one())


def to_a_person(card: Card) -> bool:
    return any(
        button.action.name == "human.ask"
        for element in card.elements
        if isinstance(element, Buttons)
        for button in element.items
    )


def test_an_event_takes_effect_once_however_often_it_is_delivered(town):
    replies = [dispatch.handle(town.store, tap()) for _ in range(3)]

    assert isinstance(replies[0], OpenForm)
    assert replies[1:] == [Nothing(), Nothing()]
    assert sheets(town) == 1


def test_an_event_that_arrives_on_many_threads_at_once_takes_effect_once(town):
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda _: dispatch.handle(town.store, tap()), range(32)))

    assert sum(not isinstance(reply, Nothing) for reply in replies) == 1
    assert sheets(town) == 1


def test_a_refusal_is_a_card_in_the_persons_words_with_a_way_to_a_human(town):
    town.store.write(lambda unit: setattr(unit.people.get(2), "locale", "de-DE"))

    reply = dispatch.handle(town.store, ButtonPressed(source(), Action("answer.open", "99")))

    card = card_of(reply)
    assert card.title == words("de")("refused.title")
    assert to_a_person(card)


def test_a_refused_event_leaves_nothing_behind_not_even_that_it_was_seen(town):
    late = CommandUsed(source(), "results", "Nowhere")

    first, second = (dispatch.handle(town.store, late) for _ in range(2))

    assert card_of(first) == card_of(second)


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (MessageWritten(source("nobody"), free("hello")), "visitor.unowned"),
        (
            MessageWritten(Source(platform="x", workspace="y", user="z", event="e"), free("hi")),
            "refused.unknown_workspace",
        ),
        (CommandUsed(source(), "roi-reprt"), "refused.unknown_command_near"),
        (ButtonPressed(source(), Action("no.such.button")), "refused.old_button"),
    ],
)
def test_what_nobody_can_answer_is_refused_kindly(town, event, key):
    card = card_of(dispatch.handle(town.store, event))

    beginning = words("en")(key, organisation="Example", command="roi-reprt", nearest="roi-report")[:20]
    assert card.fallback.startswith(beginning)


MARKERS = tuple(f"{WORD}-in-the-{place}" for place in ("comment", "name", "line", "error"))


def test_a_mistake_of_ours_is_owned_up_to_and_the_log_holds_the_reference_and_no_word_of_theirs(
    town, monkeypatch
):
    town.store.write(lambda unit: setattr(unit.people.get(2), "name", MARKERS[1]))

    def broken(*_: object) -> object:
        raise ValueError(MARKERS[3])

    monkeypatch.setattr(answers, "record", broken)
    said = io.StringIO()
    logs.configure("DEBUG", said)
    try:
        reply = dispatch.handle(
            town.store, FormSent(source(), Action("answer.send", "1"), {"pulse-comment": MARKERS[0]})
        )
        dispatch.handle(town.store, MessageWritten(source(event="e2"), MARKERS[2]))
    finally:
        logs.configure("WARNING")

    card = card_of(reply)
    reference = next(
        word for word in card.fallback.replace(".", " ").split() if len(word) == 8 and word.isupper()
    )
    assert reference in said.getvalue()
    assert not [marker for marker in MARKERS if marker in said.getvalue()]
    assert sheets(town) == 0
    assert to_a_person(card)


def test_after_a_mistake_of_ours_the_same_event_can_be_tried_again(town, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(answers, "questions_for", lambda *_: 1 / 0)
        dispatch.handle(town.store, tap())

    assert isinstance(dispatch.handle(town.store, tap()), OpenForm)
    assert sheets(town) == 1


def test_every_reply_of_a_made_up_company_says_so(town):
    town.store.write(lambda unit: setattr(unit.organisations.get(), "made_up", True))
    note = Note(words("en")("marking.made_up"))
    lines = [CommandUsed(source(event=f"c{n}"), name) for n, name in enumerate(COMMANDS)]

    replies = [dispatch.handle(town.store, line) for line in [*lines, tap(event="t")]]

    assert all(note in card_of(reply).elements for reply in replies)


def test_every_command_is_bound_and_has_help_in_every_language():
    named = {command.name for command in commands.COMMANDS}

    assert named == set(COMMANDS)
    for language in languages():
        assert not [c.name for c in commands.COMMANDS if c.help_key not in words(language.partition("-")[0])]


def test_every_button_that_a_case_can_show_is_bound():
    shown = {
        node.args[0].value
        for path in (ROOT / "bot").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Action"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }

    assert shown - ACTIONS.keys() - UNBOUND == set()


def test_a_name_that_two_cases_claim_is_told_at_start():
    with pytest.raises(ValueError, match="bound twice: a"):
        merged([{"a": 1}, {"a": 2}])
