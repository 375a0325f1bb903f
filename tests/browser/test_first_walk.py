"""The guided walk on the real demo, in a real browser: as an employee and as a manager, on a phone and on a desk."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.page import LocalPage
from tests.stories.house import LENA, MARC, House

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("demo")).start()
    house.clock(advance="PT30M")
    yield house
    house.stop()
    assert house.leaks() == []


@pytest.mark.parametrize(
    ("width", "scheme", "person", "title"),
    [(1280, "light", LENA, "Kurz zu deiner Arbeit"), (360, "dark", "E003", "Your work, in brief")],
)
def test_a_pulse_is_answered_with_three_taps(
    chromium: Browser, demo: House, width: int, scheme: str, person: str, title: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 860}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = LocalPage.at(context.new_page(), f"http://127.0.0.1:{demo.port}").open(person)

    page.card(title).get_by_role("button", name="4").click()
    page.form.get_by_role("radio").nth(3).check()
    page.form.get_by_role("button", name="Speichern" if person == LENA else "Save").click()

    saved = page.card("Gespeichert" if person == LENA else "Saved")
    expect(saved).to_be_visible()
    assert Axe().run(page.page).response["violations"] == []
    assert page.problems == []
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (360, "light")])
def test_a_manager_reads_the_report_with_its_chart(
    chromium: Browser, demo: House, tmp_path: Path, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 860}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = LocalPage.at(context.new_page(), f"http://127.0.0.1:{demo.port}").open(MARC)

    page.say("/roi-report Support")

    report = page.card("Support, since Ticket routing")
    expect(report).to_contain_text("95 % range")
    expect(report.locator("svg")).to_be_visible()
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.shoot(tmp_path / "report.png")
    assert Axe().run(page.page).response["violations"] == []

    page.look("Slack")
    expect(report.locator(".fields")).to_contain_text("95 % range")
    expect(report.locator("svg")).to_be_visible()
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.shoot(tmp_path / "report-as-slack.png")
    assert Axe().run(page.page).response["violations"] == []
    assert page.problems == []
    context.close()


def test_the_dates_below_a_long_course_stand_apart(chromium: Browser, tmp_path: Path) -> None:
    house = House(tmp_path).start()
    house.clock(advance="P12D")
    context = chromium.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    page = LocalPage.at(context.new_page(), f"http://127.0.0.1:{house.port}").open("E001")

    page.say("/results")

    axis = page.card("Nordlicht Versand: result").locator("svg text.axis")
    expect(axis.first).to_be_visible()
    boxes = [box for text in axis.all() if (box := text.bounding_box())]
    lowest = max(box["y"] for box in boxes)
    dates = sorted((box["x"], box["x"] + box["width"]) for box in boxes if box["y"] == lowest)
    assert len(dates) > 1
    assert all(end < begin for (_, end), (begin, _) in pairwise(dates))
    context.close()
    house.stop()
