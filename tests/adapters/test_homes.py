"""The Home tab follows what its person does: soon, seldom, and never in the way."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from typing_extensions import override

from adapters.slack.send import Connection, SlackPlatform
from adapters.wiring import homes
from adapters.wiring.homes import Homes
from bot import dispatch
from bot.errors import Disconnected, TryLater
from bot.store.store import Store
from bot.talk.cards import Action, Card
from bot.talk.events import ButtonPressed, CommandUsed, Event, FormSent, HomeOpened, Source
from bot.talk.language import words
from bot.talk.platform import Address, Platform
from tests.adapters.slack.virtual import Patience
from tests.bot.cases.welcoming import Company, offered, text
from tests.fakes import FakeClock
from tests.platforms.fake import FakePlatform
from tests.platforms.slack import FakeSlack

GERMAN, ENGLISH = words("de")("home.title"), words("en")("home.title")


class Tabs(FakePlatform):
    """Notes every tab that is drawn, and fails as it was told."""

    def __init__(self, patience: Patience) -> None:
        super().__init__(name="local")
        self.patience, self.troubles = patience, list[Exception]()
        self.drawn: list[tuple[float, str, Card]] = []

    @override
    async def home(self, to: Address, card: Card) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.drawn.append((sum(self.patience.slept), to.user, card))


class Place:
    """A company whose people open their Home and act, as wiring would join it."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
        self.company = Company(store, clock)
        self.patience = Patience()
        self.tabs = Tabs(self.patience)
        self.platform: Platform = self.tabs
        self.external = "local"
        self.n = 0

    def source(self, user: str) -> Source:
        self.n += 1
        return Source(platform=self.platform.name, workspace=self.external, user=user, event=f"e{self.n}")

    def homes(self) -> Homes:
        platforms = {self.platform.name: self.platform}
        return Homes(self.company.store, platforms, lambda: sum(self.patience.slept), self.patience.sleep)

    def opens(self, user: str) -> Event:
        return HomeOpened(self.source(user))

    def chooses(self, user: str, **values: str) -> Event:
        return FormSent(self.source(user), Action("settings.save"), values)


@pytest.fixture
def place(store: Store, clock: FakeClock) -> Place:
    return Place(store, clock)


def lived(place: Place, *acts: Event, rest: Callable[[Homes], Awaitable[Any]] | None = None) -> None:
    """Let events happen one right after the other, then let the tabs come to rest."""

    async def story() -> None:
        kept = place.homes()

        async def handle(event: Event) -> Any:
            return dispatch.handle(place.company.store, event)

        for event in acts:
            await kept.watching(handle)(event)
        await rested(kept)
        await (rest(kept) if rest else asyncio.sleep(0))

    asyncio.run(story())


async def rested(kept: Homes) -> None:
    work = kept._work
    if work is not None:
        await work


def titles(place: Place) -> list[str]:
    return [card.title for _, _, card in place.tabs.drawn]


def test_a_changed_setting_is_seen_on_home_without_opening_it_again(place: Place):
    place.company.has("Support", 1)

    lived(place, place.opens("p1"), place.chooses("p1", locale="de-DE"))

    assert titles(place) == [GERMAN]


def test_a_done_step_is_seen_on_home(place: Place):
    cast = place.company.cast()
    user = f"p{cast['new']}"
    place.company.day(24)
    done = offered(place.company.the_card("journey.step", cast["new"]))["Done"]
    before = place.company.store.read(
        lambda unit: dispatch.conversation.home(place.company.caller(unit, cast["new"]))
    )

    lived(place, place.opens(user), ButtonPressed(place.source(user), done))

    ((_, drawn_for, card),) = place.tabs.drawn
    assert drawn_for == user
    assert text(card) != text(before.card)


def test_an_answered_pulse_draws_nothing_because_home_never_tells_who_answered(place: Place):
    people = place.company.surveyed()
    tap = ButtonPressed(place.source(f"p{people[0]}"), Action("answer.tap", "1/job-satisfaction", "4"))

    lived(place, place.opens(f"p{people[0]}"), tap)

    assert place.tabs.drawn == []


def test_who_never_looked_at_their_home_gets_none(place: Place):
    place.company.has("Support", 1)

    lived(place, place.chooses("p1", locale="de-DE"))

    assert place.tabs.drawn == []


def test_many_acts_are_one_drawing_and_the_next_waits_its_seconds(place: Place):
    place.company.has("Support", 1)
    back_and_forth = [place.chooses("p1", locale=tag) for tag in ("de-DE", "en-GB", "de-DE") * 20]

    async def again(kept: Homes) -> None:
        kept.saw(event := place.chooses("p1", locale="en-GB"), dispatch.handle(place.company.store, event))
        await rested(kept)

    lived(place, place.opens("p1"), *back_and_forth, rest=again)

    assert titles(place) == [GERMAN, ENGLISH]
    first, second = (at for at, _, _ in place.tabs.drawn)
    assert second - first >= homes.EVERY_S


def test_the_tabs_of_many_people_are_drawn_one_a_second_at_the_most(place: Place):
    people = [f"p{number}" for number in place.company.has("Support", 8)]

    lived(
        place,
        *(place.opens(user) for user in people),
        *(place.chooses(user, locale="de-DE") for user in people),
    )

    times = [at for at, _, _ in place.tabs.drawn]
    assert sorted(user for _, user, _ in place.tabs.drawn) == people
    assert all(later - earlier >= homes.APART_S for earlier, later in pairwise(times))


@pytest.mark.parametrize(
    "trouble",
    [TryLater("ratelimited", 30), Disconnected("token_revoked"), TimeoutError(), RuntimeError("ours")],
)
def test_a_tab_that_could_not_be_drawn_harms_nothing_and_the_next_act_draws_it(
    place: Place, trouble: Exception
):
    place.company.has("Support", 1)
    place.tabs.troubles = [trouble]

    async def again(kept: Homes) -> None:
        event = CommandUsed(place.source("p1"), "help")
        kept.saw(event, dispatch.handle(place.company.store, event))
        await rested(kept)

    lived(place, place.opens("p1"), place.chooses("p1", locale="de-DE"), rest=again)

    assert titles(place) == [GERMAN]


def test_of_too_many_tabs_those_opened_longest_ago_are_forgotten(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(homes, "MOST", 2)
    users = [f"p{number}" for number in place.company.has("Support", 3)]

    lived(
        place,
        *(place.opens(user) for user in users),
        *(place.chooses(user, locale="de-DE") for user in users),
    )

    assert sorted(user for _, user, _ in place.tabs.drawn) == users[1:]


def test_the_end_waits_for_no_tab(place: Place):
    place.company.has("Support", 1)

    async def story() -> None:
        kept = Homes(place.company.store, {"local": place.tabs})
        for event in (place.opens("p1"), place.chooses("p1", locale="de-DE")):
            kept.saw(event, dispatch.handle(place.company.store, event))
        await kept.aclose()

    asyncio.run(story())

    assert place.tabs.drawn == []


def test_whoever_is_nobody_here_or_has_left_has_no_home(place: Place):
    def home(user: str, workspace: str = "local") -> Card | None:
        source = Source(platform="local", workspace=workspace, user=user, event="")
        return dispatch.home(place.company.store, source)

    gone = place.company.has("Support", 1, ends_on=datetime(2026, 11, 1, tzinfo=UTC).date())[0]

    assert home(f"p{gone}") is None
    assert home("nobody") is None
    assert home("p1", workspace="elsewhere") is None


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_in_slack_the_tab_becomes_german_while_it_is_looked_at(place: Place):
    def slack(unit: Any) -> None:
        unit.accounts.link(1, unit.organisations.connect("slack", FakeSlack().team).id, "U1LENA")

    place.company.has("Support", 1)
    place.company.store.write(slack)

    async def story() -> Mapping[str, Any]:
        async with FakeSlack(limits=False) as fake:
            fake.add_user("U1LENA", name="lena", real_name="Lena Vogt", email="lena@example.org")
            chat = SlackPlatform(Connection(bot_token=fake.bot_token, api_url=fake.url, paced=False))
            place.platform, place.external = chat, fake.team
            kept = place.homes()
            for event in (place.opens("U1LENA"), place.chooses("U1LENA", locale="de-DE")):
                kept.saw(event, await asyncio.to_thread(dispatch.handle, place.company.store, event))
            await rested(kept)
            await chat.aclose()
            seen = fake.person("U1LENA").home()
            assert seen is not None
            return seen.body

    assert GERMAN in str(asyncio.run(story()))
