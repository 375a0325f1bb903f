"""The page in a real browser, with made-up people and a bot of a few cards behind it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.adapters.local import cards
from tests.adapters.local.fakes import JUN, LENA, MARC, TOMAS, FakeControls
from tests.browser.harness import Served
from tests.browser.page import LocalPage

pytestmark = [pytest.mark.browser, pytest.mark.allow_hosts(["127.0.0.1"])]

WIDE, MIDDLE, NARROW = 1280, 900, 360
Opener = Callable[..., LocalPage]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    found = Served(tmp_path / "chat.jsonl", FakeControls(pause_s=0.15)).start()
    yield found
    found.stop()


@pytest.fixture
def opened(chromium: Browser, served: Served) -> Iterator[Opener]:
    """Open the page at a width, in a colour scheme, as somebody."""
    contexts = []

    def open_page(
        person: str = LENA,
        width: int = WIDE,
        scheme: str = "light",
        *,
        walk: bool = False,
        motion: str = "reduce",
    ) -> LocalPage:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type] # a literal
            reduced_motion=motion,  # type: ignore[arg-type] # a literal
        )
        contexts.append(context)
        return LocalPage.at(context.new_page(), served.address).open(person, walk=walk)

    yield open_page
    for context in contexts:
        context.close()


def no_violations(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def tab_to(page: Page, wanted: Locator, *, most: int = 60) -> None:
    """Press Tab until the wanted element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"{wanted} cannot be reached with Tab")


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_employee_answers_and_a_manager_reads_a_report(
    opened: Opener, served: Served, width: int, scheme: str
):
    local = opened(TOMAS, width, scheme)
    no_violations(local.page)

    local.tap("4, Satisfied", local.card("Two questions, about 30 seconds"))
    expect(local.card("Saved")).to_be_visible()
    local.pick("I have the tools", "2, Disagree")
    local.write("Anything you want to add?", "this is forbidden")
    local.tap("Save answers")
    expect(local.form.get_by_text("Please say it without that word.")).to_be_visible()
    expect(local.form.get_by_role("textbox")).to_be_focused()
    no_violations(local.page)
    local.write("Anything you want to add?", "this is fine")
    local.tap("Save answers")
    expect(local.form).to_have_count(0)
    expect(local.card("Saved")).to_be_visible()
    assert served.bot.events[-1].values == {"tools": "2", "comment": "this is fine"}

    local.be("Marc Boyer")
    local.say("/roi-report Support")
    expect(local.newest.get_by_role("heading", name="Support, since ticket routing")).to_be_in_viewport()
    no_violations(local.page)
    local.tap("Show as table", local.newest)
    expect(local.newest.get_by_role("cell", name="not shown")).to_be_visible()
    local.curtain()
    no_violations(local.page)
    assert local.problems == []


@pytest.mark.parametrize("width", [MIDDLE, NARROW])
def test_nothing_is_wider_than_the_window(opened: Opener, width: int):
    local = opened(MARC, width)
    expect(local.page.locator("svg").last).to_be_visible()

    wide = local.page.evaluate("document.documentElement.scrollWidth")
    parts = local.page.evaluate(
        "[...document.querySelectorAll('.card *')].filter((n) => !n.closest('.sheet') && "
        "n.getBoundingClientRect().right > innerWidth + 1).map((n) => n.outerHTML.slice(0, 80))"
    )

    assert wide <= width
    assert parts == []


def test_everything_works_by_keyboard_alone(opened: Opener, served: Served):
    local = opened(MARC)
    page = local.page
    tab_to(page, page.get_by_role("button", name="Tomás Ortiz"))
    page.keyboard.press("Enter")
    expect(page.locator("#you h2")).to_contain_text("Tomás")
    tab_to(page, page.get_by_role("button", name="5, Very satisfied"))
    page.keyboard.press("Enter")
    expect(local.form).to_be_focused()
    tab_to(page, local.form.get_by_role("radio", name="1, Strongly disagree"))
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(local.form.get_by_role("radio", name="2, Disagree")).to_be_checked()
    tab_to(page, local.form.get_by_role("button", name="Save answers"))
    page.keyboard.press("Enter")
    expect(local.card("Saved")).to_be_focused()
    tab_to(page, page.locator("#line"))
    page.keyboard.type("/pri")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#line")).to_have_value("/privacy")
    page.keyboard.press("Enter")
    expect(local.newest).to_contain_text("What is stored")
    expect(page.locator("#line")).to_be_focused()
    assert served.bot.events[-2].values == {"tools": "2"}
    assert local.problems == []


def test_every_target_is_large_enough_for_a_thumb(opened: Opener):
    local = opened(TOMAS, NARROW)
    local.tap("4, Satisfied", local.card("Two questions, about 30 seconds"))
    expect(local.form).to_be_visible()

    small = local.page.evaluate(
        "[...document.querySelectorAll('button, input:not([type=radio]), textarea, label.point')].map((n) => [n, n.getBoundingClientRect()])"
        ".filter(([, box]) => box.width && (box.height < 43.9 || box.width < 43.9)).map(([n]) => n.outerHTML)"
    )

    assert small == []


def test_moving_the_clock_says_what_is_being_done_and_moves_nothing_else(opened: Opener, served: Served):
    local = opened(MARC)
    expect(local.page.locator("svg").last).to_be_visible()
    place = "document.querySelector('.card h3').getBoundingClientRect().top"
    before = local.page.evaluate(place)

    local.curtain().get_by_role("button", name="+1 day").click()

    expect(local.page.locator("#doing")).to_have_text("Moving the clock · Writing to 10 people")
    assert local.page.evaluate(place) == before
    expect(local.page.locator("#now")).to_contain_text("24 Nov 2026, 09:00")
    expect(local.page.locator("#doing")).to_be_empty()
    assert local.page.evaluate(place) == before
    assert local.problems == []


def test_an_empty_conversation_teaches_and_its_button_does_it(opened: Opener, served: Served):
    local = opened(JUN)

    expect(local.page.locator(".empty")).to_contain_text(
        "No pulse is open for Jun. Move the clock to Monday 09:00."
    )
    local.tap("Move the clock: Next Monday 09:00")

    expect(local.page.locator("#now")).to_contain_text("Mon, 30 Nov 2026, 09:00")


def test_a_lost_connection_says_so_and_comes_back_without_losing_what_was_typed(
    opened: Opener, served: Served
):
    local = opened(TOMAS)
    local.tap("4, Satisfied", local.card("Two questions, about 30 seconds"))
    local.write("Anything you want to add?", "half a thought")
    line = local.page.locator("#line")
    line.fill("not yet sent")

    served.stop()
    expect(local.page.locator("#lost")).to_contain_text("Connection lost")
    line.press("Enter")
    expect(local.page.locator("#oops")).to_contain_text("Nothing is lost")
    expect(line).to_have_value("not yet sent")
    served.start()

    expect(local.page.locator("#lost")).to_be_empty(timeout=8000)
    expect(line).to_have_value("not yet sent")
    expect(local.form.get_by_role("textbox")).to_have_value("half a thought")
    line.press("Enter")
    expect(local.page.locator(".me .bubble")).to_have_text("not yet sent")
    served.send(TOMAS, cards.refusal(), "after")
    expect(local.card("Too small to tell")).to_be_visible()


def test_drafts_stay_with_their_person_also_over_a_reload(opened: Opener):
    local = opened(LENA)
    local.page.locator("#line").fill("from Lena")
    local.be("Marc Boyer")
    expect(local.page.locator("#line")).to_have_value("")
    local.be("Lena Krüger")
    expect(local.page.locator("#line")).to_have_value("from Lena")
    local.page.reload()

    expect(local.page.locator("#you h2")).to_contain_text("Lena")
    expect(local.page.locator("#line")).to_have_value("from Lena")


def test_markup_in_names_and_cards_is_shown_and_never_acts(opened: Opener):
    local = opened("E061")

    expect(local.page.locator("#you h2")).to_have_text("You are <!channel> **Bo** <b>Öz</b>")
    expect(local.newest).to_contain_text("<img src=x onerror=alert(1)>")
    expect(local.newest).to_contain_text("<script>document.title = 'taken'</script>")
    assert local.page.locator("#thread img, #thread script, #thread b, #people b, #thread a").count() == 0
    assert "taken" not in local.page.title()
    assert "\u202e" not in local.page.locator("body").inner_text()
    assert local.problems == []


def test_cards_speak_their_language(opened: Opener):
    local = opened(LENA)

    assert local.newest.get_attribute("lang") == "de"
    expect(local.newest.get_by_role("button", name="5, Sehr zufrieden")).to_be_visible()
    assert local.page.locator("html").get_attribute("lang") == "en"


def test_what_comes_for_others_is_counted_and_what_comes_for_me_appears(opened: Opener, served: Served):
    local = opened(LENA)
    served.send(JUN, cards.why(), "x1")
    served.send(LENA, cards.why(), "x2")

    expect(local.card("Why you")).to_be_in_viewport()
    expect(local.page.locator(f'[data-id="{JUN}"] .count')).to_contain_text("1")
    local.be("Jun Park")
    expect(local.page.locator(f'[data-id="{JUN}"] .count')).to_be_hidden()


def test_somebody_is_found_by_name_department_or_language(opened: Opener):
    local = opened(LENA)
    find = local.page.get_by_role("searchbox", name="Find somebody")

    find.fill("tomas")
    expect(local.page.locator("#people .person")).to_have_count(1)
    find.fill("warehouse")
    expect(local.page.locator("#people .person .name")).to_contain_text("Jun Park")
    find.press("Enter")
    expect(local.page.locator("#you h2")).to_contain_text("Jun Park")
    find.fill("zzz")
    expect(local.page.locator("#people")).to_contain_text("Nobody is called that")


def test_the_first_walk_leads_through_four_steps(opened: Opener):
    local = opened(MARC, walk=True)
    walk = local.page.get_by_role("region", name="First walk")
    expect(walk).to_contain_text("1 of 4 · Answer as Lena")
    no_violations(local.page)

    walk.get_by_role("button", name="Be Lena").click()
    local.tap("4, Eher zufrieden")
    local.tap("Save answers")
    expect(walk).to_contain_text("2 of 4")
    walk.get_by_role("button", name="Move the clock").click()
    expect(walk).to_contain_text("3 of 4")
    walk.get_by_role("button", name="Ask /roi-report").click()
    expect(local.page.locator("#line")).to_have_value("/roi-report")
    local.page.locator("#line").press("Enter")
    expect(walk).to_contain_text("4 of 4")
    walk.get_by_role("button", name="Look at Lena").click()
    expect(walk).to_contain_text("That was the first walk")
    expect(local.page.get_by_role("heading", name="Stored about Lena")).to_be_visible()
    assert local.problems == []


def test_the_first_walk_can_be_left_and_taken_again(opened: Opener):
    local = opened(MARC, walk=True)
    walk = local.page.locator("#walk")
    walk.get_by_role("button", name="Leave the walk").click()
    expect(walk).to_be_hidden()
    local.page.reload()
    expect(local.page.locator("#you h2")).to_be_visible()
    expect(walk).to_be_hidden()

    local.page.get_by_role("button", name="Take the first walk").click()

    expect(walk).to_contain_text("1 of 4")


def test_the_curtain_is_a_drawer_that_escape_closes_between_the_widths(opened: Opener):
    local = opened(LENA, MIDDLE)
    behind = local.page.get_by_role("region", name="Behind the curtain")
    expect(behind).to_be_hidden()

    local.curtain()
    expect(behind).to_contain_text("the key is destroyed")
    no_violations(local.page)
    local.page.keyboard.press("Escape")

    expect(behind).to_be_hidden()
    expect(local.page.get_by_role("button", name="Behind the curtain")).to_be_focused()


def test_the_curtain_stays_where_it_was_read_while_the_clock_moves(opened: Opener):
    local = opened(LENA, MIDDLE)
    behind = local.curtain()
    behind.evaluate("node => { node.scrollTop = 60 }")
    place = behind.evaluate("node => node.scrollTop")

    local.move("+1 day")

    expect(behind.locator(".big")).to_contain_text("24 Nov")
    assert place > 0
    assert behind.evaluate("node => node.scrollTop") == place


def test_a_form_can_be_closed_and_an_answer_cleared(opened: Opener):
    local = opened(LENA)
    local.say("/pulse")
    local.pick("What should change first?", "Tools")
    local.tap("Clear this answer")
    assert local.form.get_by_role("radio", name="Tools").is_checked() is False

    local.tap("Close this form")

    expect(local.form).to_have_count(0)


def test_the_chart_has_its_gap_its_rule_and_its_names(opened: Opener):
    local = opened(MARC)
    chart = local.card("Support, since ticket routing").locator("figure")

    expect(chart.locator("rect.gap")).to_have_count(1)
    expect(chart.locator("text.ruled")).to_have_text("ticket routing starts")
    assert chart.locator("text.name").all_text_contents() == ["Support", "six other departments"]
    assert chart.locator("polyline").count() == 3  # the gap cuts the first line in two
    assert chart.get_by_role("img").get_attribute("aria-labelledby")


def test_the_first_paint_comes_within_a_second(opened: Opener):
    local = opened(LENA)
    painted = local.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")

    assert painted is not None
    assert painted < 1000
