"""What an installed workspace goes through: renewed tokens, removal, and coming back; over HTTP, with the real store."""

import asyncio
from datetime import date, timedelta

import pytest

from adapters.engine.embedded import EmbeddedEngine, Tuning
from adapters.engine.limits import Limits
from adapters.engine.rosters import Rosters
from adapters.installations import SlackInstallations
from adapters.slack.tokens import KEPT, InstalledTokens
from bot.cases import installations, troubles, workspaces
from bot.errors import Disconnected
from bot.store import installations as sealed
from bot.store.store import Store
from bot.store.tables import Person
from bot.store.unit import Unit
from bot.talk.events import Source, Uninstalled
from tests import staff
from tests.adapters.slack.office import Office, told
from tests.fakes import FakeClock
from tests.platforms.slack.oauth import remove, shut_out

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

LIFE = timedelta(hours=12)


async def installed(at: Office, *, rotates: bool = True) -> str:
    """Install in the fake's first workspace, with somebody in it, and return the workspace."""
    at.fake.installs.rotates = rotates
    for number in range(1, 21):
        at.fake.add_user(f"U{number}", email=f"u{number}@example.org")
    assert (await at.browser.installs()).status == 200
    return at.fake.team


def used(at: Office, method: str = "chat.postMessage") -> int:
    return sum(call.method == method and call.outcome == "ok" for call in at.fake.calls)


def engine(at: Office) -> EmbeddedEngine:
    limits = Limits(timeout_s=5, doubt=timedelta())
    tuning = Tuning(limits={"slack": limits}, cards=staff.CARDS, tick_s=0.02)
    return EmbeddedEngine(at.store, {"slack": at.platform}, (), tuning)


# --- renewing ---


def test_twenty_people_at_once_with_a_token_that_is_due_renew_it_once(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        await installed(at)
        clock.advance(LIFE - timedelta(hours=1))
        answers = await asyncio.gather(*(at.fake.person(f"U{n}").opens_home() for n in range(1, 21)))
        await at.slack.settle()

        assert [answer.status for answer in answers] == [200] * 20
        assert at.exchanges() == ["ok", "ok"]  # the code, and one refresh token
        assert used(at, "views.publish") == 20
        assert not [call for call in at.fake.calls if call.method == "auth.test"]

    told(store, clock, story)


def test_thirteen_hours_without_traffic_later_a_scheduled_message_renews_once_and_goes_out(
    store: Store, clock: FakeClock
) -> None:
    async def story(at: Office) -> None:
        await installed(at)
        hired(store, at.fake.team, 3)
        clock.advance(timedelta(hours=13))
        staff.want(store, [1, 2, 3])
        await engine(at).settle()

        assert staff.states(store) == {"sent": 3}
        assert at.exchanges() == ["ok", "ok"]

    told(store, clock, story)


def test_a_renewed_token_is_kept_so_that_the_next_start_has_it(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        team = await installed(at)
        clock.advance(timedelta(hours=13))
        fresh = await at.tokens.token(team)
        restarted = InstalledTokens(SlackInstallations(store), at.tokens.renew, clock)

        assert await restarted.token(team) == fresh == at.secrets[-2]
        clock.advance(timedelta(hours=13))
        assert await restarted.token(team) != fresh
        assert at.exchanges() == ["ok"] * 3

    told(store, clock, story)


def test_a_revoked_refresh_token_shuts_the_workspace_and_loses_no_message(
    store: Store, clock: FakeClock
) -> None:
    async def story(at: Office) -> None:
        team = await installed(at)
        hired(store, team, 2)
        for grant in at.fake.grants.values():
            grant.revoked = True
        clock.advance(timedelta(hours=13))
        staff.want(store, [1, 2])
        with pytest.raises(Disconnected, match="token_revoked"):
            await at.tokens.token(team)
        await engine(at).settle()

        assert staff.states(store) == {"pending": 2}
        assert [trouble.reason for trouble in store.read(troubles.known)] == ["invalid_refresh_token"]
        assert used(at) == 0

        await at.browser.installs()
        await engine(at).settle()

        assert staff.states(store) == {"sent": 2}
        assert store.read(troubles.known) == []

    told(store, clock, story)


def hired(store: Store, team: str, n: int) -> None:
    """Make people with accounts in the installed workspace, which is number 1."""
    assert store.read(lambda unit: unit.organisations.workspace("slack", team)).id == staff.WORKSPACE  # type: ignore[union-attr]  # None would fail the test
    staff.hire(store, n, platform="slack")


def test_with_the_key_of_the_tokens_lost_the_app_counts_as_not_installed(
    store: Store, clock: FakeClock
) -> None:
    async def story(at: Office) -> None:
        team = await installed(at)
        for key in store.keys_dir.glob("tokens-*.key"):
            key.unlink()
        clock.advance(KEPT)
        with pytest.raises(Disconnected, match="not_installed"):
            await at.tokens.token(team)
        await at.browser.installs()

        assert await at.tokens.token(team) == at.secrets[-2]

    told(store, clock, story)


def test_the_key_of_the_tokens_changes_while_the_app_runs(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        team = await installed(at)
        before = await at.tokens.token(team)

        assert await asyncio.to_thread(installations.rotate_key, store, 1) == 1
        clock.advance(KEPT)
        assert await at.tokens.token(team) == before
        clock.advance(LIFE)
        assert await at.tokens.token(team) != before
        assert at.acts()[-1] == "key.rotated"

    told(store, clock, story)


# --- removal, and coming back ---


def test_once_the_app_is_removed_the_next_tick_sends_nothing_and_asks_slack_nothing(
    store: Store, clock: FakeClock
) -> None:
    async def story(at: Office) -> None:
        team = await installed(at)
        hired(store, team, 20)
        outbox = engine(at)
        staff.want(store, [1])
        soon = clock.now() + timedelta(minutes=1)
        store.write(lambda unit: unit.outbox.want_many(staff.message(n, soon) for n in range(2, 21)))
        await outbox.settle()
        remove(at.fake, team)
        await at.fake.events.settle()
        clock.advance(timedelta(minutes=1))
        await outbox.settle()

        assert staff.states(store) == {"sent": 1, "pending": 19}
        assert [call.outcome for call in at.fake.calls if call.method == "chat.postMessage"] == ["ok"]

    told(store, clock, story)


def test_removal_erases_the_tokens_notes_the_time_and_is_written_down_once(
    store: Store, clock: FakeClock
) -> None:
    async def story(at: Office) -> None:
        team = await installed(at)
        assert await at.tokens.token(team)
        remove(at.fake, team)
        await at.fake.events.settle()
        row = store.read(lambda unit: unit.organisations.workspace("slack", team))

        assert row is not None
        assert (row.active, row.disconnected_at) == (False, clock.now())
        assert at.acts().count("workspace.uninstalled") == 1
        with pytest.raises(Disconnected, match="not_installed"):
            await at.tokens.token(team)
        assert store.read(lambda unit: sealed.installed_at(unit, row.id)) is None

    told(store, clock, story)


def test_who_installs_again_gets_the_same_workspace_and_what_waited_goes_out(
    store: Store, clock: FakeClock
) -> None:
    async def story(at: Office) -> None:
        team = await installed(at)
        hired(store, team, 3)
        staff.want(store, [1, 2, 3])
        remove(at.fake, team)
        await at.fake.events.settle()
        clock.advance(timedelta(days=2))
        await at.browser.installs()
        await engine(at).settle()
        row = store.read(lambda unit: unit.organisations.workspace("slack", team))

        assert row is not None
        assert (row.id, row.active, row.disconnected_at) == (1, True, None)
        assert staff.states(store) == {"sent": 3}

    told(store, clock, story)


def test_news_of_a_removal_that_come_after_the_app_is_back_remove_nothing(
    store: Store, clock: FakeClock
) -> None:
    async def story(at: Office) -> None:
        team = await installed(at)
        source = Source(platform="slack", workspace=team, user="", event="late")
        removed = clock.now()
        clock.advance(timedelta(minutes=5))
        await at.browser.installs()

        await at.slack.handle(Uninstalled(source, removed))
        assert store.organisation_of("slack", team) == 1
        assert await at.tokens.token(team)
        clock.advance(timedelta(seconds=1))
        await at.slack.handle(
            Uninstalled(Source(platform="slack", workspace=team, user="", event="now"), clock.now())
        )
        assert store.organisation_of("slack", team) is None

    told(store, clock, story)


def test_a_removal_after_a_quiet_night_is_noticed_though_no_token_lets_us_in(
    store: Store, clock: FakeClock
) -> None:
    async def story(at: Office) -> None:
        team = await installed(at)
        clock.advance(timedelta(hours=13))
        remove(at.fake, team)
        await at.fake.events.settle()

        assert store.organisation_of("slack", team) is None
        assert at.acts().count("workspace.uninstalled") == 1

    told(store, clock, story)


def test_an_organisation_that_removes_the_app_is_disconnected_as_a_whole(
    store: Store, clock: FakeClock
) -> None:
    async def story(at: Office) -> None:
        at.fake.add_user("W2", workspace=at.fake.add_workspace("T2", "two", enterprise="E1"))
        at.fake.installs.team, at.fake.installs.org_wide = "T2", True
        await at.browser.installs()
        assert store.organisation_of("slack", "E1") == 1
        remove(at.fake, "T2")
        await at.fake.events.settle()

        assert store.organisation_of("slack", "E1") is None
        with pytest.raises(Disconnected, match="not_installed"):
            await at.tokens.token("E1")

    told(store, clock, story)


# --- an organisation's workspaces ---


def employed(unit: Unit) -> None:
    for number in range(1, 11):
        about = {"name": f"Person {number}", "email": f"u{number}@example.org", "starts_on": date(2020, 1, 1)}
        unit.people.add(Person(organisation_id=1, id=number, external=f"P{number}", **about))


async def organised(at: Office) -> Rosters:
    """Install in an organisation of two workspaces: seven people in T2, three in T3."""
    for team, people in (("T2", range(1, 8)), ("T3", range(8, 11))):
        workspace = at.fake.add_workspace(team, team, enterprise="E1")
        for number in people:
            at.fake.add_user(f"W{number}", workspace=workspace, email=f"u{number}@example.org")
    at.fake.installs.team, at.fake.installs.org_wide = "T2", True
    at.store.write(employed)
    assert (await at.browser.installs()).status == 200
    return Rosters(at.store, {"slack": at.platform}, at.clock)


def linked(at: Office) -> set[str]:
    def work(unit: Unit) -> set[str]:
        row = unit.organisations.workspace("slack", "E1")
        return set(unit.accounts.users(row.id)) if row is not None else set()

    return at.store.read(work)


def test_who_is_only_in_a_workspace_that_lets_us_in_no_longer_is_written_to_no_more(
    store: Store, clock: FakeClock
) -> None:
    async def story(at: Office) -> None:
        rosters = await organised(at)
        await rosters.read_due()
        before = linked(at)
        shut_out(at.fake, "T2")
        await at.fake.events.settle()
        read = await rosters.read_due()

        assert before == {f"W{number}" for number in range(1, 11)}
        assert read == 1
        assert linked(at) == {"W8", "W9", "W10"}
        assert store.organisation_of("slack", "E1") == 1
        assert at.acts().count("workspace.reach_changed") == 1
        assert await rosters.read_due() == 0

    told(store, clock, story)


def test_a_workspace_of_its_own_that_is_named_ends_as_with_a_removal(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        await organised(at)
        store.write(lambda unit: workspaces.connect(unit, "slack", "T2"))
        shut_out(at.fake, "T2")
        await at.fake.events.settle()

        assert store.organisation_of("slack", "T2") is None
        assert store.organisation_of("slack", "E1") == 1
        assert at.acts().count("workspace.uninstalled") == 1

    told(store, clock, story)


def test_a_roster_is_read_right_after_every_installation_and_not_only_the_next_day(
    store: Store, clock: FakeClock
) -> None:
    async def story(at: Office) -> None:
        rosters = Rosters(store, {"slack": at.platform}, clock)
        await installed(at)
        first = await rosters.read_due()
        await at.browser.installs()
        again = await rosters.read_due()
        remove(at.fake, at.fake.team)
        await at.fake.events.settle()
        gone = await rosters.read_due()
        await at.browser.installs()
        back = [await rosters.read_due() for _ in range(2)]

        assert (first, again, gone, back) == (1, 1, 0, [1, 0])

    told(store, clock, story)
