"""The page drawing the same messages as Teams would, in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from bot.talk.cards import Action, Ask, Button, Buttons, Card, Text
from surveys.formats import Choice, Option
from tests.adapters.local import cards
from tests.adapters.local.fakes import ANA, JUN, LENA, MARC, TOMAS
from tests.browser.harness import Served
from tests.browser.page import LocalPage

pytestmark = [pytest.mark.browser, pytest.mark.allow_hosts(["127.0.0.1"])]

WIDE, NARROW = 1280, 360
Opener = Callable[..., LocalPage]

both_widths = pytest.mark.parametrize("width", [NARROW, WIDE])
both_schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    found = Served(tmp_path / "chat.jsonl").start()
    yield found
    found.stop()


@pytest.fixture
def opened(chromium: Browser, served: Served) -> Iterator[Opener]:
    """Open the page at a width, in a colour scheme, as somebody, in Teams' look."""
    contexts = []

    def open_page(person: str, width: int = WIDE, scheme: str = "light") -> LocalPage:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type] # a literal
            reduced_motion="reduce",
        )
        contexts.append(context)
        return LocalPage.at(context.new_page(), served.address).open(person).look("Teams")

    yield open_page
    for context in contexts:
        context.close()


def in_order(local: LocalPage) -> None:
    """Nothing axe complains about, nothing wider than the window, nothing in the console."""
    found = Axe().run(local.page)
    assert found.violations_count == 0, found.generate_report()
    wide = local.page.evaluate(
        "[...document.querySelectorAll('.teams *, .you *')].filter((n) => !n.closest('.sheet') && "
        "n.getBoundingClientRect().right > innerWidth + 1).map((n) => n.outerHTML.slice(0, 80))"
    )
    assert wide == []
    assert local.problems == []


@both_widths
@both_schemes
def test_a_pulse_is_answered_in_teams_look(opened: Opener, served: Served, width: int, scheme: str):
    local = opened(TOMAS, width, scheme)
    pulse = local.card("Two questions, about 30 seconds")
    expect(pulse).to_contain_text("Your answers are stored without your name.")
    expect(local.page.get_by_text("An approximation; Teams draws it in its own way.")).to_be_visible()
    in_order(local)

    local.tap("4 of 5, Satisfied", pulse)
    in_order(local)
    local.pick("I have the tools", "Strongly disagree")
    local.write("Anything you want to add?", "this is forbidden")
    local.tap("Save answers")
    expect(local.form.get_by_text("Please say it without that word.")).to_be_visible()
    expect(local.form.get_by_role("textbox")).to_be_focused()
    local.write("Anything you want to add?", "this is fine")
    local.tap("Save answers")

    expect(local.form).to_have_count(0)
    expect(local.card("Saved").get_by_role("button", name="Change answers")).to_be_visible()
    assert served.bot.events[-1].values == {"tools": "1", "comment": "this is fine"}
    in_order(local)


@both_widths
@both_schemes
def test_a_report_has_its_facts_its_bars_and_its_figures_behind_a_button(
    opened: Opener, width: int, scheme: str
):
    local = opened(MARC, width, scheme)
    report = local.card("Support, since ticket routing")

    expect(report.locator(".beside").first).to_contain_text("+6 points")
    expect(report.get_by_role("img", name="Did satisfaction in Support rise")).to_be_visible()
    expect(report.locator("rect.bar")).to_have_count(23)  # August is missing for Support alone
    expect(report.locator(".legend li")).to_have_count(2)
    expect(report.get_by_role("table")).to_have_count(0)
    in_order(local)
    figures = report.get_by_role("button", name="Figures and ranges")
    figures.click()
    expect(figures).to_have_attribute("aria-expanded", "true")
    expect(report.get_by_role("row", name="Aug").get_by_role("cell").first).to_have_text("not shown")
    in_order(local)
    figures.click()
    expect(report.get_by_role("table")).to_have_count(0)
    local.tap("Why B?", report)
    expect(local.card("Why you")).to_contain_text("Only visible to you")
    in_order(local)


@both_widths
@both_schemes
def test_the_home_card_is_a_card_in_the_conversation(opened: Opener, served: Served, width: int, scheme: str):
    served.home(ANA, cards.welcome())
    local = opened(ANA, width, scheme)
    home = local.card("Welcome to Nordwind, Tomás")

    expect(home.get_by_role("row", name="09:30")).to_contain_text("Coffee with Ingrid Solberg")
    in_order(local)
    local.tap("Ask Ingrid", home)
    expect(local.card("Why you")).to_be_visible()
    assert served.bot.events[-1].action == Action("step.ask", "1")


def test_every_kind_of_part_is_drawn(opened: Opener, served: Served):
    served.send(JUN, cards.everything(), "e1")
    local = opened(JUN, NARROW)

    expect(local.newest.get_by_role("button", name="7 on a scale from 0 to 10")).to_be_visible()
    expect(local.newest.get_by_role("radio", name="B")).to_be_checked()
    expect(local.newest).not_to_contain_text("cannot draw")
    in_order(local)


def test_a_dangerous_act_asks_first(opened: Opener, served: Served):
    act = Buttons((Button("Delete everything", Action("del", "1"), "danger"),))
    served.send(JUN, Card("Careful", (Text("This cannot be undone."), act), "Careful."), "c1")
    local = opened(JUN)
    buttons = local.newest.get_by_role("button", name="Delete everything")

    buttons.click()
    expect(local.newest).to_contain_text("Nothing has been done yet. Shall I go ahead?")
    assert served.bot.events == []
    in_order(local)
    buttons.first.click()
    expect(buttons).to_have_count(1)
    buttons.click()
    buttons.last.click()

    expect(local.card("Why you")).to_be_visible()
    assert [event.action.name for event in served.bot.events] == ["del"]


@pytest.mark.parametrize(("n", "role"), [(7, "radio"), (12, "combobox")])
def test_a_long_choice_is_picked_and_then_taken(opened: Opener, served: Served, n: int, role: str):
    many = Choice(tuple(Option(str(number), f"Topic {number}") for number in range(n)))
    ask = Ask("t", "Which topic?", many, tap=Action("pick", "1"))
    served.send(JUN, Card("Which?", (ask,), "Which?"), "m1")
    local = opened(JUN, NARROW)
    in_order(local)

    local.tap("Take this one", local.newest)
    assert served.bot.events == []
    if role == "radio":
        local.newest.get_by_role("radio", name="Topic 3").check()
    else:
        local.newest.get_by_role("combobox", name="Which topic?").select_option("Topic 3")
    local.tap("Take this one", local.newest)

    expect(local.card("Why you")).to_be_visible()
    assert [event.action.value for event in served.bot.events] == ["3"]


def test_every_target_is_large_enough_for_a_thumb_in_teams_look_too(opened: Opener):
    local = opened(TOMAS, NARROW)
    local.tap("4 of 5", local.card("Two questions, about 30 seconds"))
    expect(local.form).to_be_visible()

    small = local.page.evaluate(
        "[...document.querySelectorAll('button, select, input:not([type=radio]), textarea, label.pick, .look label')]"
        ".map((n) => [n, n.getBoundingClientRect()])"
        ".filter(([, box]) => box.width && (box.height < 43.9 || box.width < 43.9)).map(([n]) => n.outerHTML)"
    )

    assert small == []


def test_markup_is_shown_and_never_acts_in_teams_look_either(opened: Opener):
    local = opened("E061")

    expect(local.newest).to_contain_text("<\u2060img src=x onerror=alert(1)>")
    assert local.page.locator("#thread img, #thread script, #thread h3 b, #thread a").count() == 0
    assert "\u202e" not in local.page.locator("body").inner_text()
    assert local.problems == []


def test_a_form_can_be_closed_in_teams_look(opened: Opener):
    local = opened(LENA)
    local.say("/pulse")
    expect(local.form).to_be_visible()

    local.tap("Close this form")

    expect(local.form).to_have_count(0)
