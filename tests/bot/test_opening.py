"""Whoever draws a card knows which of its buttons lead to a form: the table of names says what the cases do."""

from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from bot.cases import answers
from bot.commands import ACTIONS
from bot.talk.cards import Action, Buttons, Card, Text
from bot.talk.events import OpenForm
from bot.talk.opening import OPENING, offer, opens_form


def leads_to_form(handler: Any) -> bool:
    """Whether a handler, or anything of the cases that it may call, makes a reply that opens a form."""
    return any(OpenForm in named(function) for function in reached(handler, set()))


def reached(function: FunctionType, known: set[FunctionType]) -> set[FunctionType]:
    if function not in known:
        known.add(function)
        for other in named(function):
            if isinstance(other, FunctionType) and other.__module__.startswith("bot.cases"):
                reached(other, known)
    return known


def named(function: FunctionType) -> list[Any]:
    """Return everything that a function names: of its own module, of modules that it names, and what it closes over."""
    names = {name for code in codes(function.__code__) for name in code.co_names}
    own = [function.__globals__[name] for name in names & function.__globals__.keys()]
    held = [cell.cell_contents for cell in function.__closure__ or ()]
    beyond = [
        vars(module)[name]
        for module in own
        if isinstance(module, ModuleType)
        for name in names & vars(module).keys()
    ]
    return [getattr(one, "__wrapped__", one) for one in (*own, *held, *beyond)]


def codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def test_the_acts_that_a_form_may_answer_are_in_the_table_and_no_others():
    assert {name for name, handler in ACTIONS.items() if leads_to_form(handler)} == OPENING


def test_a_form_is_found_however_far_away_it_is_made():
    assert leads_to_form(answers.opened)
    assert leads_to_form(ACTIONS["feedback.open"])
    assert not leads_to_form(answers.withdrawn)


@pytest.mark.parametrize("name", sorted(OPENING))
def test_an_act_opens_a_form_whatever_it_refers_to(name):
    assert opens_form(Action(name, "12/x", "4"))
    assert not opens_form(Action(f"{name}.", "12/x", "4"))


def test_an_offer_says_what_the_form_is_about_and_leads_to_it():
    form = Card("A comment", (Text("Everything else."),), "Two questions.", locale="de-DE")
    opener = Action("feedback.open")

    offered = offer(form, opener)

    (button,) = [item for part in offered.elements if isinstance(part, Buttons) for item in part.items]
    assert (offered.title, offered.fallback, offered.locale) == (form.title, form.fallback, form.locale)
    assert (button.action, button.label) == (opener, "Formular öffnen")
    assert offered.submit is None
