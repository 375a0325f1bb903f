"""The page drawing the same messages as Slack would, in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Route, expect

from bot.talk.cards import Action, Ask, Button, Buttons, Card, Text
from bot.talk.events import ButtonPressed
from surveys.formats import Choice, Option
from tests.adapters.local import cards
from tests.adapters.local.fakes import ANA, JUN, LENA, MARC, TOMAS
from tests.browser.harness import LOOKS, Served
from tests.browser.page import LocalPage

pytestmark = [pytest.mark.browser, pytest.mark.allow_hosts(["127.0.0.1"])]

WIDE, NARROW = 1280, 360
Opener = Callable[..., LocalPage]

both_widths = pytest.mark.parametrize("width", [NARROW, WIDE])
both_schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


def blocks(card: Card, surface: str) -> dict[str, Any]:
    """Show every card as one made of the blocks that Slack knows, whoever may send them."""
    del surface
    line = {
        "type": "line",
        "series": [{"name": "Support", "data": [{"label": "A", "value": 1}, {"label": "B", "value": 3}]}],
        "axis_config": {"categories": ["A", "B"]},
    }
    shown = [
        {"type": "header", "text": {"type": "plain_text", "text": card.title}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*b* _i_ ~s~ `c` 2*3*4 &lt;b&gt; &amp;amp;"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "<https://evil.example|click> <!channel>"}},
        {"type": "divider"},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [
                        {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}
                    ],
                },
                {
                    "type": "rich_text_section",
                    "elements": [{"type": "text", "text": "both", "style": {"bold": True, "italic": True}}],
                },
            ],
        },
        {"type": "data_visualization", "title": "Did it rise?", "chart": line},
        {"type": "table", "rows": [[{"type": "raw_text", "text": c} for c in row] for row in ("xy", "12")]},
        {"type": "context", "elements": [{"type": "plain_text", "text": "small *print*"}]},
        {"type": "video"},
    ]
    return {"text": card.fallback, "blocks": shown}


@pytest.fixture
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    found = Served(tmp_path / "chat.jsonl", looks=getattr(request, "param", LOOKS)).start()
    yield found
    found.stop()


@pytest.fixture
def opened(chromium: Browser, served: Served) -> Iterator[Opener]:
    """Open the page at a width, in a colour scheme, as somebody, in Slack's look."""
    contexts = []

    def open_page(person: str, width: int = WIDE, scheme: str = "light", look: str = "Slack") -> LocalPage:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type] # a literal
            reduced_motion="reduce",
        )
        contexts.append(context)
        local = LocalPage.at(context.new_page(), served.address).open(person)
        return local.look(look) if look else local

    yield open_page
    for context in contexts:
        context.close()


def in_order(local: LocalPage) -> None:
    """Nothing axe complains about, nothing wider than the window, nothing in the console."""
    found = Axe().run(local.page)
    assert found.violations_count == 0, found.generate_report()
    wide = local.page.evaluate(
        "[...document.querySelectorAll('.slack *, .you *')].filter((n) => !n.closest('.sheet') && "
        "n.getBoundingClientRect().right > innerWidth + 1).map((n) => n.outerHTML.slice(0, 80))"
    )
    assert wide == []
    assert local.problems == []


def tab_to(local: LocalPage, wanted: Locator) -> None:
    for _ in range(60):
        local.page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"{wanted} cannot be reached with Tab")


# --- the pulse, the report and the home card ----------------------------------------------------------------


@both_widths
@both_schemes
def test_a_pulse_is_answered_in_slacks_look(opened: Opener, served: Served, width: int, scheme: str):
    local = opened(TOMAS, width, scheme)
    pulse = local.card("Two questions, about 30 seconds")
    expect(pulse).to_contain_text("Your answers are stored without your name.")
    expect(local.page.get_by_text("An approximation; Slack draws it in its own way.")).to_be_visible()

    local.tap("4 of 5, Satisfied", pulse)
    expect(local.form.get_by_role("button", name="Save answers")).to_have_css("font-weight", "600")
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
def test_a_report_has_its_figures_its_bars_and_its_table(opened: Opener, width: int, scheme: str):
    local = opened(MARC, width, scheme)
    report = local.card("Support, since ticket routing")

    expect(report.locator(".fields p").first).to_have_text("Satisfaction\n+6 points\n95 % range +1 to +11")
    expect(report.locator(".fields b").first).to_have_text("+6 points")
    expect(report.get_by_role("img", name="Did satisfaction in Support rise")).to_be_visible()
    expect(report.locator("rect.bar")).to_have_count(22)  # August is in no picture of Slack's
    expect(report.locator(".legend li")).to_have_count(2)
    expect(report.get_by_role("row", name="Aug").get_by_role("cell").first).to_have_text("not shown")
    expect(report.locator("button.primary")).to_have_text("What this doesn't show")
    in_order(local)
    local.tap("Why B?", report)
    expect(local.card("Why you")).to_contain_text("Only visible to you")
    in_order(local)


@both_widths
@both_schemes
def test_the_home_card_is_the_home_tab(opened: Opener, served: Served, width: int, scheme: str):
    served.home(ANA, cards.welcome())
    local = opened(ANA, width, scheme)
    home = local.card("Welcome to Nordwind, Tomás")

    expect(home.locator(".tab")).to_have_text("Home")
    expect(home.get_by_role("row", name="09:30")).to_contain_text("Coffee with Ingrid Solberg")
    in_order(local)
    local.tap("Ask Ingrid", home)
    expect(local.card("Why you")).to_be_visible()
    event = served.bot.events[-1]
    assert isinstance(event, ButtonPressed)
    assert event.action == Action("step.ask", "1")


# --- the switch ---------------------------------------------------------------------------------------------


def test_the_look_is_chosen_by_keyboard_and_stays_for_the_session(opened: Opener):
    local = opened(MARC, look="")
    ours = local.page.get_by_role("radio", name="Rapport")
    expect(local.page.locator(".slack")).to_have_count(0)

    tab_to(local, ours)
    local.page.keyboard.press("ArrowRight")

    expect(local.page.locator(".slack")).to_have_count(2)
    local.be("Lena Krüger")
    expect(local.page.locator(".msg.slack")).to_have_count(1)
    local.page.reload()
    expect(local.page.locator(".msg.slack")).to_have_count(1)
    expect(local.page.get_by_role("radio", name="Slack")).to_be_checked()
    local.look("Rapport")
    expect(local.page.locator(".slack")).to_have_count(0)
    expect(local.page.locator("#borrowed")).to_be_hidden()
    expect(opened(MARC, look="").page.get_by_role("radio", name="Rapport")).to_be_checked()


def test_what_was_filled_in_and_where_one_reads_survive_the_switch(opened: Opener, served: Served):
    local = opened(TOMAS, look="Rapport")
    local.tap("4, Satisfied", local.card("Two questions, about 30 seconds"))
    local.pick("What should change first?", "Tools")
    local.write("Anything you want to add?", "half a thought")
    place = (
        "document.querySelector('.msg.form').getBoundingClientRect().top"
        " - document.querySelector('#scroller').getBoundingClientRect().top"
    )
    before = local.page.evaluate(place)

    local.look("Slack")

    expect(local.form.get_by_role("radio", name="Tools", exact=True)).to_be_checked()
    expect(local.form.get_by_role("textbox")).to_have_value("half a thought")
    assert abs(local.page.evaluate(place) - before) < 2
    local.look("Rapport")
    expect(local.form.get_by_role("textbox")).to_have_value("half a thought")


def test_what_comes_and_what_is_said_is_drawn_in_the_look_and_in_its_order(opened: Opener, served: Served):
    local = opened(JUN)
    served.send(JUN, cards.refusal(), "n1")
    served.send(JUN, cards.why(), "n2")
    expect(local.card("Why you")).to_be_visible()
    local.say("/privacy")

    expect(local.newest).to_contain_text("What is stored")
    expect(local.page.locator(".msg.slack")).to_have_count(4)
    assert local.page.locator(".msg.slack h3").all_text_contents() == [
        "Too small to tell",
        "Why you",
        "What is stored",
    ]
    expect(local.page.locator(".me")).to_contain_text("Jun Park")
    expect(local.page.locator(".me")).to_contain_text("/privacy")
    expect(local.page.locator(".by")).to_have_count(0)
    in_order(local)


@pytest.mark.parametrize("served", [{}], indirect=True)
def test_without_a_look_to_borrow_there_is_nothing_to_choose(opened: Opener):
    local = opened(MARC, look="")

    expect(local.page.locator("svg").last).to_be_visible()
    expect(local.page.locator("#look")).to_be_hidden()


def test_what_cannot_be_previewed_is_drawn_as_ours(opened: Opener):
    local = opened(MARC, look="")
    local.page.route("**/local/preview*", lambda route: route.fulfill(status=500, json={}))

    local.look("Slack")

    expect(local.card("Support, since ticket routing").locator(".card")).to_be_visible()


def test_a_look_is_worn_only_once_the_messages_are_drawn_in_it(opened: Opener):
    local = opened(LENA, look="")
    held: list[Route] = []
    local.page.route("**/preview?**", lambda route: held.append(route))  # noqa: PLW0108 - it takes no builtin

    with local.page.expect_request("**/preview?**"):
        local.page.get_by_role("radio", name="Slack", exact=True).check()

    assert local.page.locator("body").get_attribute("data-look") == "rapport"
    for route in held:
        route.continue_()
    expect(local.page.locator('body[data-look="slack"]')).to_be_visible()
    expect(local.newest).to_contain_class("slack")


# --- what is pressed, picked and shown ----------------------------------------------------------------------


def test_a_dangerous_act_asks_first(opened: Opener, served: Served):
    act = Buttons((Button("Delete everything", Action("del", "1"), "danger"),))
    served.send(JUN, Card("Careful", (Text("This cannot be undone."), act), "Careful."), "c1")
    local = opened(JUN)
    dialog = local.page.get_by_role("dialog", name="Delete everything")

    local.tap("Delete everything", local.newest)
    expect(dialog).to_be_visible()
    in_order(local)
    dialog.get_by_role("button").first.click()
    expect(dialog).to_have_count(0)
    local.tap("Delete everything", local.newest)
    local.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert served.bot.events == []
    local.tap("Delete everything", local.newest)
    dialog.get_by_role("button", name="Delete everything").click()

    expect(local.card("Why you")).to_be_visible()
    assert [event.action.name for event in served.bot.events] == ["del"]


def test_a_menu_acts_when_picked_but_not_while_one_walks_through_it(opened: Opener, served: Served):
    many = Choice(tuple(Option(str(n), f"Topic {n}") for n in range(12)))
    served.send(
        JUN, Card("Which?", (Ask("t", "Which topic?", many, tap=Action("pick", "1")),), "Which?"), "m1"
    )
    local = opened(JUN)
    menu = local.card("Which?").get_by_role("combobox")
    in_order(local)

    tab_to(local, menu)
    local.page.keyboard.type("Topic 3")
    expect(menu).to_have_value("pick:1:3")
    assert served.bot.events == []
    local.page.keyboard.press("Enter")
    expect(local.card("Why you")).to_be_visible()
    menu.select_option("Topic 7")

    expect(local.cards).to_have_count(3)
    assert [event.action.value for event in served.bot.events] == ["3", "7"]


def test_a_form_of_every_field_is_sent_from_its_modal(opened: Opener, served: Served):
    ask = Ask("r", "How likely?", cards.RECOMMEND)
    word = Ask("w", "In one word?", cards.FreeText(20), value="calm")
    form = cards.form()
    served.send(
        JUN, Card("Fields", (ask, word, *form.elements), "Fields.", Button("Send", form.submit.action)), "f1"
    )
    local = opened(JUN, NARROW)
    in_order(local)

    local.newest.get_by_role("combobox", name="How likely?").select_option("10: Extremely likely")
    local.newest.get_by_role("radio", name="Tools", exact=True).check()
    local.tap("Send", local.newest)

    expect(local.card("Saved")).to_be_visible()
    assert served.bot.events[-1].values == {"r": "10", "w": "calm", "topic": "tools"}


def test_a_form_can_be_closed_in_slacks_look(opened: Opener):
    local = opened(LENA)
    local.say("/pulse")
    expect(local.form).to_be_visible()

    local.tap("Close this form")

    expect(local.form).to_have_count(0)


def test_every_target_is_large_enough_for_a_thumb_in_slacks_look_too(opened: Opener):
    local = opened(TOMAS, NARROW)
    local.tap("4 of 5", local.card("Two questions, about 30 seconds"))
    expect(local.form).to_be_visible()

    small = local.page.evaluate(
        "[...document.querySelectorAll('button, select, input:not([type=radio]), textarea, label.pick, .look label')]"
        ".map((n) => [n, n.getBoundingClientRect()])"
        ".filter(([, box]) => box.width && (box.height < 43.9 || box.width < 43.9)).map(([n]) => n.outerHTML)"
    )

    assert small == []


def test_markup_is_shown_and_never_acts_in_slacks_look_either(opened: Opener):
    local = opened("E061")

    expect(local.newest).to_contain_text("**Bold** <b>hello</b> <!channel>")
    expect(local.newest).to_contain_text("<img src=x onerror=alert(1)>")
    assert local.page.locator("#thread img, #thread script, #thread h3 b, #thread a").count() == 0
    assert "\u202e" not in local.page.locator("body").inner_text()
    assert local.problems == []


@pytest.mark.parametrize("served", [{"slack": blocks}], indirect=True)
@both_widths
def test_slacks_other_blocks_are_drawn_and_its_links_and_mentions_are_not(opened: Opener, width: int):
    local = opened(LENA, width)
    shown = local.newest
    in_order(local)

    marked = shown.locator(".section p").first
    expect(marked).to_have_text("b i s c 2*3*4 <b> &amp;")
    marks = marked.evaluate("p => [...p.children].map((n) => n.tagName + n.textContent)")
    assert marks == ["Bb", "Ii", "Ss", "CODEc"]
    expect(shown).to_contain_text("<https://evil.example|click> <!channel>")
    assert shown.locator("a").count() == 0
    expect(shown.locator("hr")).to_have_count(1)
    expect(shown.locator(".rich li")).to_have_text("one")
    expect(shown.locator("i b, b i").first).to_have_text("both")
    expect(shown.locator("polyline")).to_have_count(1)
    expect(shown.get_by_role("columnheader").first).to_have_text("x")
    expect(shown.locator(".context")).to_have_text("small *print*")
    expect(shown).to_contain_text("A block that this page cannot draw: video.")
