"""A demo database, built once for all stories, and a running demo on a copy of it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.platforms.slack import FakeSlack
from tests.platforms.slack.blocks import problems
from tests.platforms.slack.checker import check
from tests.platforms.slack.roll import enrol
from tests.platforms.teams import FakeTeams
from tests.platforms.teams import cards as teams_cards
from tests.platforms.teams import checker as teams_checker
from tests.platforms.teams import roll as teams_roll
from tests.stories.house import House, command, rapport
from tests.stories.slack_house import SlackHouse
from tests.stories.teams_house import TeamsHouse

H = TypeVar("H", bound=House)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo database, built once."""
    folder = tmp_path_factory.mktemp("built")
    command([*rapport(), "demo", "--build-only"], folder)
    return folder


@pytest.fixture(scope="session")
def colleagues(built: Path) -> list[dict[str, str]]:
    """Everybody who works in the demo company when it begins, as the command line lists them for a Slack."""
    listed: list[dict[str, str]] = json.loads(
        command([*rapport(), "people", "list", "--json", "--demo"], built)
    )
    return listed


@pytest.fixture
def house(request: pytest.FixtureRequest) -> House:
    """A running demo: the page, or what a test that is told on several chats is parametrised with."""
    opened: House = request.getfixturevalue(getattr(request, "param", "page_house"))
    return opened


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy of the demo."""
    return shutil.copytree(built, tmp_path / "house")


@pytest.fixture
def page_house(folder: Path) -> Iterator[House]:
    """A running demo whose chat is the page."""
    yield from _lived_in(House(folder))


@pytest.fixture
def slack_house(folder: Path, colleagues: list[dict[str, str]]) -> Iterator[SlackHouse]:
    """A running demo whose chat is a fake Slack that finds fault with every block; nothing may have gone wrong there."""
    with FakeSlack.in_thread(limits=False, validate=problems) as fake:
        enrol(fake, colleagues)
        yield from _lived_in(SlackHouse(folder, fake))
        assert check(fake) == []


@pytest.fixture
def teams_house(folder: Path, colleagues: list[dict[str, str]]) -> Iterator[TeamsHouse]:
    """A running demo whose chat is a fake Teams that finds fault with every card; nothing may have gone wrong there."""
    with FakeTeams.in_thread(limits=False, validate=teams_cards.problems) as fake:
        teams_roll.enrol(fake, colleagues)
        yield from _lived_in(TeamsHouse(folder, fake, crowd=False))
        assert teams_checker.check(fake) == []


def _lived_in(house: H) -> Iterator[H]:
    """Start and stop a demo; nothing that it printed may hold what its people are called or wrote."""
    opened = house.start()
    yield opened
    if opened.process is not None and opened.process.poll() is None:
        opened.stop()
    assert any('"engine.started"' in line for line in opened.said())
    assert opened.leaks() == []
