"""Two organisations in one database, each with a Slack workspace: whatever a signed request claims, nobody reaches into the other.

Real people in front of the real app: signed requests over HTTP through the guard, bolt and dispatch into the store.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy.engine import make_url

from adapters.slack import render
from adapters.slack.app import mount
from adapters.slack.guard import Guard
from adapters.slack.send import Connection, SlackPlatform
from adapters.wiring import handler
from bot.commands import COMMANDS
from bot.store import vault
from bot.store.store import Store
from bot.talk.cards import Action, Ask, Button, Buttons, Card
from bot.talk.commands import Role
from bot.talk.language import words
from surveys.formats import FreeText
from tests.adapters.slack.posting import lapsed
from tests.benchmarks.traffic import NINE
from tests.canary import free
from tests.fakes import FakeClock
from tests.platforms.slack import Answer, FakeSlack, widgets
from tests.platforms.slack.blocks import problems
from tests.platforms.slack.checker import check
from tests.platforms.slack.payloads import acted
from tests.platforms.slack.people import Post, Workspace
from tests.platforms.slack.reach import Kind
from tests.town import Town

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

OURS, OTHERS = 1, 2
ANCHOR = "job-satisfaction"
Json = dict[str, Any]


class TokenOf:
    """The bot's token of each workspace, as installations have them."""

    def __init__(self, fake: FakeSlack) -> None:
        self.fake = fake

    async def token(self, workspace: str) -> str:
        return next(grant.token for grant in self.fake.grants.values() if grant.team == workspace)

    def forget(self, workspace: str) -> None:
        """Know the token all the same."""


@dataclass
class Street:
    """Two houses, side by side: ``U1…`` are people of ours, ``V1…`` of the others."""

    fake: FakeSlack
    store: Store
    database: str
    platform: SlackPlatform
    other_team: Workspace
    ours: Town
    others: Town

    async def settle(self) -> None:
        assert self.platform._listening is not None
        await self.platform._listening.settle()

    async def tells(self, kind: Kind, payload: Json) -> Answer:
        answer = await self.fake.reach.deliver(kind, payload)
        await self.settle()
        return answer

    async def presses(self, who: str, action: Action, **forged: Any) -> Answer:
        """Press a button that does this in a message of ours; ``forged`` stands in the payload in place of what is true."""
        person = self.fake.person(who)
        channel = self.fake.dm(person.user)
        shown = render.message(Card("", (Buttons((Button("Go", action),)),), "Something to press."))
        message = {"ts": self.fake.stamp(), "type": "message", "bot_id": "B1", **shown.new}
        self.fake.put(channel, Post(message))
        block, element, chosen = widgets.pressed(shown.blocks, action.encode())
        pressed = acted(element, block, chosen, self.fake.stamp())
        payload = person.make.pressed_in_message(channel, message, pressed, ephemeral=False)
        return await self.tells("interactive", payload | forged)

    async def submits(self, who: str, action: Action, **values: str) -> Answer:
        """Send a form of ours that does this, filled in with these texts."""
        asks = [Ask(name.replace("_", "-"), "Well?", FreeText(500)) for name in values]
        view = render.modal(Card("Form", tuple(asks), "A form.", submit=Button("Send", action)))
        typed = dict(zip((ask.key for ask in asks), values.values(), strict=True))
        filled = {
            name: {block["element"]["action_id"]: widgets.filled(block["element"], typed[name])}
            for name, block in widgets.fields(view["blocks"]).items()
        }
        made = {"id": self.fake.new_id("V"), "hash": "h", "state": {"values": filled}}
        return await self.tells("interactive", self.fake.person(who).make.submitted(view | made))

    def sheets(self, organisation: int) -> int:
        """How many people have answered in an organisation's newest wave."""

        def count(store_unit: Any) -> int:
            waves = store_unit.waves.recent(1)
            return len(vault.collect(store_unit, waves[0].id)) if waves else 0

        return self.store.read(count, organisation)

    def everything(self, organisation: int) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of an organisation, but for which events were handled."""
        with closing(sqlite3.connect(make_url(self.database).database or "")) as database:
            tables = [
                name
                for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                if any(
                    column[1] == "organisation_id"
                    for column in database.execute(f"PRAGMA table_info({name})")
                )
            ]
            return {
                name: database.execute(
                    f"SELECT * FROM {name} WHERE organisation_id = ? ORDER BY 1, 2",  # noqa: S608 - our own names
                    [organisation],
                ).fetchall()
                for name in tables
                if name != "inboxevent"
            }

    def read(self, user: str) -> str:
        """Everything that somebody can read in their own conversation with the app."""
        return "\n".join(f"{seen.words}\n{seen.text}" for seen in self.fake.person(user).sees())


def settle(town: Town, team: str, letter: str) -> None:
    """Let people work in two departments, and be in their Slack; the first of each is its head, number 1 is HR."""
    for path in ("Support", "Finance"):
        town.has(path, 6, head=True)

    def move_in(unit: Any) -> None:
        workspace = unit.workspaces.all()[0]
        workspace.platform, workspace.external = "slack", team
        for user in unit.accounts.users(workspace.id):
            account = unit.accounts.find(workspace.id, user)
            account.user = f"{letter}{account.person_id}"
        unit.people.grant(1, Role.HR_ADMIN, unit.now)

    town.store.write(move_in, town.organisation)


@asynccontextmanager
async def street(store: Store, database: str, clock: FakeClock) -> AsyncIterator[Street]:
    clock.move_to(NINE)
    async with FakeSlack(limits=False, validate=problems, clock=clock) as fake:
        other = fake.add_workspace("T0OTHERS", "others")
        fake.grant_to(other, "xoxb-others")
        ours = Town(store, clock)
        settle(ours, fake.team, "U")
        store.write(lambda unit: unit.organisations.create("Others", unit.now), OTHERS)
        others = Town(store, clock, organisation=OTHERS)
        settle(others, other.id, "V")
        for number in range(1, 13):
            fake.add_user(f"U{number}", real_name=f"Person {number}")
            fake.add_user(f"V{number}", workspace=other, real_name=f"Person {number}")
        platform = SlackPlatform(Connection(mode="http", api_url=fake.url), tokens=TokenOf(fake))
        platform.web._limiter = lapsed()
        with ThreadPoolExecutor(4) as pool:
            app = web.Application()
            mount(app, platform._listener(handler(store, pool)), Guard([fake.signing_secret], clock))
            runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            fake.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
            try:
                yield Street(fake, store, database, platform, other, ours, others)
            finally:
                await fake.events.stop()
                await runner.cleanup()
                await platform.aclose()
        assert check(fake) == []


Story = Callable[[Street], Awaitable[None]]


@pytest.fixture
def told(store: Store, database: str, clock: FakeClock) -> Callable[[Story], None]:
    """Tell a story in that street."""

    def tell(story: Story) -> None:
        async def run() -> None:
            async with street(store, database, clock) as opened:
                await story(opened)

        asyncio.run(run())

    return tell


def tap(town: Town) -> Action:
    return Action("answer.tap", f"{town.wave().id}/{ANCHOR}", "4")


Told = Callable[[Story], None]


# --- what a signed body claims -----------------------------------------------------------------------------


@pytest.mark.parametrize("claims", ["user", "team"])
def test_a_signed_body_that_joins_a_user_to_the_team_of_others_answers_for_nobody(
    told: Told, claims: str
) -> None:
    async def story(at: Street) -> None:
        at.ours.runs()
        at.ours.opens()
        ours, others = {"id": at.fake.team}, {"id": at.other_team.id}
        before = at.everything(OURS), at.everything(OTHERS)
        if claims == "team":  # somebody of the others says that they are in our workspace
            answer = await at.presses("V2", tap(at.ours), team=ours)
        else:  # in the others' workspace somebody says that they are one of us
            answer = await at.presses(
                "V2", tap(at.ours), team=others, user={"id": "U2", "team_id": at.fake.team}
            )

        assert answer.status == 200
        assert at.sheets(OURS) == 0
        assert (at.everything(OURS), at.everything(OTHERS)) == before

    told(story)


def test_one_of_us_in_our_own_workspace_answers_by_the_same_press(told: Told) -> None:
    async def story(at: Street) -> None:
        at.ours.runs()
        at.ours.opens()
        await at.presses("U2", tap(at.ours))

        assert at.sheets(OURS) == 1

    told(story)


@pytest.mark.parametrize("user", ["U1", "V1"])
def test_a_command_in_the_name_of_another_workspace_tells_nothing_of_it(told: Told, user: str) -> None:
    async def story(at: Street) -> None:
        at.ours.has("Secret labs", 6)
        person = at.fake.person(user)
        own, foreign = at.fake.team, at.other_team.id
        claimed = foreign if user == "U1" else own
        before = at.everything(OURS), at.everything(OTHERS)
        for command, text in (
            ("/roi-report", "Secret labs"),
            ("/rapport", "people"),
            ("/rapport", "surveys"),
        ):
            payload = person.make.command(at.fake.dm(person.user), command, text)
            assert (await at.tells("slash_commands", payload | {"team_id": claimed})).status == 200

        assert "labs" not in at.read(user).replace("“Secret labs”", "")
        assert "Person" not in at.read(user)
        assert (at.everything(OURS), at.everything(OTHERS)) == before

    told(story)


# --- what belongs to others --------------------------------------------------------------------------------

REACHING = [
    Action("answer.tap", f"1/{ANCHOR}", "4"),
    Action("answer.open", "1"),
    Action("answer.skipped", "1"),
    Action("answer.decline", "1"),
    Action("answer.withdraw", "1"),
    Action("answer.why", "1"),
    Action("human.pass", "3"),
    Action("report.why", "1"),
    Action("report.inputs", "1"),
    Action("rollouts.change", "1"),
    Action("journey.done", "1"),
]


@pytest.mark.parametrize("action", REACHING, ids=lambda action: action.name)
def test_a_button_of_a_message_to_others_changes_nothing_and_says_so(told: Told, action: Action) -> None:
    async def story(at: Street) -> None:
        at.ours.runs()
        at.ours.opens()
        at.ours.answers(3, job_satisfaction="2")
        before = at.everything(OURS), at.everything(OTHERS)
        answer = await at.presses("V1", action)  # who may do everything, at home

        assert answer.status == 200
        assert words("en-GB")("refused.title") in at.read("V1")
        assert (at.everything(OURS), at.everything(OTHERS)) == before

    told(story)


def test_a_form_of_others_changes_nothing(told: Told) -> None:
    async def story(at: Street) -> None:
        at.ours.runs()
        at.ours.opens()
        before = at.everything(OURS), at.everything(OTHERS)
        answer = await at.submits("V2", Action("answer.send", "1"), pulse_comment=free("not mine"))

        assert answer.status == 200
        assert (at.everything(OURS), at.everything(OTHERS)) == before

    told(story)


def test_where_both_have_a_survey_of_one_number_each_answers_in_their_own(told: Told) -> None:
    async def story(at: Street) -> None:
        for town in (at.ours, at.others):
            town.runs()
        at.ours.opens()
        assert at.ours.wave().id == at.others.wave().id
        before = at.everything(OURS)
        await at.presses("V2", tap(at.ours))

        assert (at.sheets(OURS), at.sheets(OTHERS)) == (0, 1)
        assert at.everything(OURS) == before

    told(story)


# --- reports, and where they are seen ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "told_so"),
    [
        ("U2", "Only the head of “Support” and HR can see this report."),
        ("U7", "I don't know a department “Support” that you can see."),
    ],
)
@pytest.mark.parametrize("public", [True, False])
def test_whoever_leads_no_department_or_another_one_gets_no_report(
    told: Told, user: str, told_so: str, public: bool
) -> None:
    async def story(at: Street) -> None:
        place = at.fake.add_channel(user, "U3").id if public else ""
        asker, colleague = at.fake.person(user), at.fake.person("U3")
        await asker.says("/roi-report Support", channel=place)
        await at.settle()

        (shown,) = asker.ephemeral(place)
        assert told_so in shown.words
        assert [*asker.messages(place), *colleague.sees(place)] == []

    told(story)


def test_no_command_in_a_public_channel_is_answered_where_others_see_it(told: Told) -> None:
    async def story(at: Street) -> None:
        at.ours.runs()
        at.ours.opens()
        place = at.fake.add_channel("U1", "U3").id
        ana, colleague = at.fake.person("U1"), at.fake.person("U3")
        for name in [*sorted(COMMANDS), "nonsense", ""]:
            answer = await ana.says(f"/rapport {name}".strip(), channel=place)
            assert answer.ok, name
            await at.settle()
        await ana.says("/roi-report Support", channel=place)
        await at.settle()

        assert len(ana.ephemeral(place)) > 10
        assert [*ana.messages(place), *colleague.sees(place)] == []
        assert [call.method for call in at.fake.history if call.public] == []

    told(story)


# --- who is no colleague, or none any more -----------------------------------------------------------------


def test_who_was_removed_from_the_workspace_can_do_nothing_any_more(told: Told) -> None:
    async def story(at: Street) -> None:
        at.ours.runs()
        at.ours.opens()
        await at.fake.events.changes(at.fake.user("U2"), deleted=True)
        await at.settle()
        before = at.everything(OURS)
        answers = [
            await at.presses("U2", tap(at.ours)),
            await at.fake.person("U2").opens_home(),
            await at.fake.person("U2").says("privacy"),
        ]
        await at.settle()

        assert [answer.status for answer in answers] == [200, 200, 200]
        assert at.sheets(OURS) == 0
        assert at.everything(OURS) == before

    told(story)


@pytest.mark.parametrize("bot", [{"bot_id": "B0OTHER"}, {"subtype": "bot_message", "bot_id": "B0OTHER"}])
def test_what_a_bot_writes_to_us_is_taken_and_answered_by_nothing(told: Told, bot: Json) -> None:
    async def story(at: Street) -> None:
        person = at.fake.person("U2")
        channel = at.fake.dm(person.user)
        event = person.make.words(channel, "human", "") | {"channel": channel.id, "channel_type": "im"}
        before = at.everything(OURS)
        answers = await at.fake.events.send(event | bot, at.fake.team)
        await at.settle()

        assert [answer.status for answer in answers] == [200]
        assert at.fake.history == []
        assert at.everything(OURS) == before

    told(story)


# --- a survey that is over ---------------------------------------------------------------------------------


def test_a_button_that_outlived_its_survey_says_so_and_counts_nothing(told: Told) -> None:
    async def story(at: Street) -> None:
        at.ours.runs()
        at.ours.opens()
        button = tap(at.ours)
        at.ours.clock.move_to(at.ours.wave().closes_at)
        at.ours.closes()
        answer = await at.presses("U2", button)

        assert answer.status == 200
        assert words("en-GB")("refused.closed") in at.read("U2")
        assert at.sheets(OURS) == 0

    told(story)
