import asyncio
import base64
import json
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from adapters.slack.limiter import Limiter
from adapters.slack.renewal import Renewal
from adapters.slack.tokens import DUE, KEPT, REST, Grant, InstalledTokens, OneToken, forgetting
from adapters.slack.web import Rejected, Web, Wire
from bot.errors import Disconnected, TryLater, Unsure
from bot.talk.events import Event, Nothing, Reply, Source, Uninstalled
from tests.adapters.slack.scripted import Scripted, body, ok
from tests.fakes import MONDAY, FakeClock

LIFE = timedelta(hours=12)


@dataclass
class Shelf:
    """Installations that remember what was done with them."""

    grants: dict[str, Grant] = field(default_factory=dict)
    loads: int = 0
    broken: bool = False

    async def load(self, workspace: str) -> Grant | None:
        self.loads += 1
        await asyncio.sleep(0)
        if self.broken:
            raise OSError("the disk is gone")
        return self.grants.get(workspace)

    async def save(self, workspace: str, grant: Grant, spent: str) -> bool:
        await asyncio.sleep(0)
        if self.broken:
            raise OSError("the disk is full")
        before = self.grants.get(workspace)
        if before is None or before.refresh_token != spent:
            return False
        self.grants[workspace] = grant
        return True


@dataclass
class Office:
    """Takes a refresh token once, as Slack does."""

    clock: FakeClock
    good: set[str] = field(default_factory=lambda: {"refresh-0"})
    renewals: int = 0
    error: Exception | None = None
    pause: asyncio.Event | None = None

    async def __call__(self, refresh_token: str) -> Grant:
        if self.error:
            raise self.error
        if refresh_token not in self.good:
            raise Disconnected("invalid_refresh_token")
        self.good.remove(refresh_token)
        self.renewals += 1
        await (self.pause.wait() if self.pause else asyncio.sleep(0))
        self.good.add(f"refresh-{self.renewals}")
        return Grant(f"token-{self.renewals}", f"refresh-{self.renewals}", self.clock.now() + LIFE)


@dataclass
class Bench:
    clock: FakeClock = field(default_factory=FakeClock)
    shelf: Shelf = field(default_factory=Shelf)

    def __post_init__(self) -> None:
        self.office = Office(self.clock)
        self.tokens = InstalledTokens(self.shelf, self.office, self.clock)
        self.shelf.grants["T1"] = Grant("token-0", "refresh-0", MONDAY + LIFE)

    async def many(self, n: int = 20) -> set[str]:
        return set(await asyncio.gather(*(self.tokens.token("T1") for _ in range(n))))


def test_the_one_token_is_the_same_for_everybody() -> None:
    assert asyncio.run(OneToken("xoxb-1").token("T1")) == "xoxb-1"


@pytest.mark.parametrize("tokens", [OneToken(""), InstalledTokens(Shelf(), Office(FakeClock()), FakeClock())])
def test_where_nothing_is_installed_it_says_so(tokens: OneToken | InstalledTokens) -> None:
    with pytest.raises(Disconnected, match="not_installed"):
        asyncio.run(tokens.token("T9"))


def test_a_fresh_token_is_looked_up_once_and_not_renewed() -> None:
    bench = Bench()

    assert asyncio.run(bench.many()) == {"token-0"}
    assert (bench.shelf.loads, bench.office.renewals) == (1, 0)


def test_twenty_callers_at_once_renew_a_due_token_once() -> None:
    bench = Bench()
    bench.clock.advance(LIFE - DUE + timedelta(seconds=1))

    assert asyncio.run(bench.many()) == {"token-1"}
    assert bench.office.renewals == 1
    assert bench.shelf.grants["T1"].token == "token-1"


def test_after_a_quiet_weekend_a_send_gets_a_new_token() -> None:
    bench = Bench()
    bench.clock.advance(timedelta(hours=13))

    assert asyncio.run(bench.tokens.token("T1")) == "token-1"
    assert bench.office.renewals == 1


def test_a_token_without_an_end_is_never_renewed() -> None:
    bench = Bench()
    bench.shelf.grants["T1"] = Grant("forever")
    bench.clock.advance(timedelta(days=400))

    assert asyncio.run(bench.many()) == {"forever"}


def test_while_the_old_token_is_good_a_failing_renewal_stops_nobody() -> None:
    bench = Bench()
    bench.clock.advance(LIFE - timedelta(hours=1))
    bench.office.error = Unsure("timeout")

    assert asyncio.run(bench.many()) == {"token-0"}


@pytest.mark.parametrize(
    "error", [Unsure("timeout"), TryLater("ratelimited", 5), Rejected("bad"), RuntimeError()]
)
def test_once_it_has_run_out_the_message_waits(error: Exception) -> None:
    bench = Bench()
    bench.clock.advance(timedelta(hours=13))
    bench.office.error = error

    with pytest.raises(TryLater, match="token_not_renewed"):
        asyncio.run(bench.tokens.token("T1"))


def test_a_refresh_token_that_is_worth_nothing_shuts_the_workspace() -> None:
    bench = Bench()
    bench.clock.advance(timedelta(hours=13))
    bench.office.good.clear()

    with pytest.raises(Disconnected, match="invalid_refresh_token"):
        asyncio.run(bench.tokens.token("T1"))


def test_a_caller_who_gives_up_does_not_lose_the_new_token() -> None:
    bench = Bench()
    bench.clock.advance(timedelta(hours=13))

    async def story() -> str:
        bench.office.pause = asyncio.Event()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await bench.tokens.token("T1")
        bench.office.pause.set()
        return await bench.tokens.token("T1")

    assert asyncio.run(story()) == "token-1"
    assert bench.office.renewals == 1


def test_a_new_token_that_could_not_be_saved_is_used_and_saved_later() -> None:
    bench = Bench()
    asyncio.run(bench.tokens.token("T1"))
    bench.clock.advance(LIFE - timedelta(hours=1))
    bench.tokens._seats["T1"].looked_up = bench.clock.now()
    bench.shelf.broken = True

    async def story() -> list[str]:
        first = await bench.tokens.token("T1")
        bench.clock.advance(2 * KEPT)
        second = await bench.tokens.token("T1")
        bench.shelf.broken = False
        return [first, second, await bench.tokens.token("T1")]

    assert asyncio.run(story()) == ["token-1"] * 3
    assert bench.office.renewals == 1
    assert bench.shelf.grants["T1"].token == "token-1"


def test_what_was_uninstalled_is_gone_at_once_and_does_not_come_back_from_a_renewal() -> None:
    bench = Bench()
    bench.clock.advance(timedelta(hours=13))

    async def story() -> None:
        bench.office.pause = asyncio.Event()
        asking = asyncio.create_task(bench.tokens.token("T1"))
        await asyncio.sleep(0.01)
        bench.shelf.grants.clear()
        bench.tokens.forget("T1")
        bench.office.pause.set()
        await asking
        with pytest.raises(Disconnected, match="not_installed"):
            await bench.tokens.token("T1")

    asyncio.run(story())

    assert bench.shelf.grants == {}


def test_what_another_hand_uninstalled_is_noticed_within_a_minute() -> None:
    bench = Bench()

    async def story() -> None:
        await bench.tokens.token("T1")
        bench.shelf.grants.clear()
        bench.clock.advance(timedelta(minutes=1))
        await bench.tokens.token("T1")

    with pytest.raises(Disconnected):
        asyncio.run(story())


def test_what_was_uninstalled_during_a_renewal_is_not_kept_though_nobody_said_so() -> None:
    bench = Bench()
    bench.clock.advance(timedelta(hours=13))

    async def story() -> None:
        bench.office.pause = asyncio.Event()
        asking = asyncio.create_task(bench.tokens.token("T1"))
        await asyncio.sleep(0.01)
        bench.shelf.grants.clear()
        bench.office.pause.set()
        await asking

    with pytest.raises(Disconnected, match="not_installed"):
        asyncio.run(story())
    assert bench.shelf.grants == {}


def test_an_installation_made_anew_during_a_renewal_is_not_overwritten() -> None:
    bench = Bench()
    bench.clock.advance(timedelta(hours=13))

    async def story() -> str:
        bench.office.pause = asyncio.Event()
        asking = asyncio.create_task(bench.tokens.token("T1"))
        await asyncio.sleep(0.01)
        bench.shelf.grants["T1"] = Grant("anew", "refresh-anew", bench.clock.now() + LIFE)
        bench.office.pause.set()
        return await asking

    assert asyncio.run(story()) == "anew"
    assert bench.shelf.grants["T1"].token == "anew"


def test_a_renewal_that_fails_while_the_token_is_good_is_tried_once_a_minute() -> None:
    bench = Bench()
    bench.clock.advance(LIFE - timedelta(hours=1))
    bench.office.good.clear()
    tries: list[str] = []
    renew = bench.office.__call__

    async def counted(refresh_token: str) -> Grant:
        tries.append(refresh_token)
        return await renew(refresh_token)

    bench.tokens = InstalledTokens(bench.shelf, counted, bench.clock)

    async def story() -> None:
        for _ in range(3):
            assert await bench.tokens.token("T1") == "token-0"
        bench.clock.advance(REST)
        await bench.tokens.token("T1")

    asyncio.run(story())

    assert len(tries) == 2


def test_while_installations_cannot_be_looked_up_a_message_waits() -> None:
    bench = Bench()
    bench.shelf.broken = True

    with pytest.raises(TryLater, match="token_not_looked_up"):
        asyncio.run(bench.tokens.token("T1"))


def test_once_it_is_known_that_the_app_was_removed_its_token_is_forgotten_at_once() -> None:
    bench = Bench()
    gone = Uninstalled(Source(platform="slack", workspace="T1", user="", event="e"))

    async def committed(event: Event) -> Reply:
        assert await bench.tokens.token("T1") == "token-0"
        bench.shelf.grants.clear()
        return Nothing()

    async def story() -> None:
        await bench.tokens.token("T1")
        await forgetting(committed, bench.tokens)(gone)
        await bench.tokens.token("T1")

    with pytest.raises(Disconnected, match="not_installed"):
        asyncio.run(story())


def test_no_secret_stands_in_a_repr() -> None:
    bench = Bench()
    tokens = InstalledTokens(bench.shelf, Renewal(Wire(), "id", "shh"), bench.clock)
    asyncio.run(tokens.token("T1"))

    shown = repr([Grant("xoxe-1", "xoxe-2"), OneToken("xoxb-3"), tokens])

    assert "_Seat" in shown
    assert not any(secret in shown for secret in ("xoxe", "shh", "xoxb", "refresh-0", "token-0"))


# --- against a Slack on this machine ---


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_quiet_night_later_a_scheduled_send_renews_once_at_the_configured_slack_and_posts() -> None:
    bench = Bench()
    bench.clock.advance(timedelta(hours=13))

    async def story() -> Scripted:
        async with Scripted(ok(channel="D1", ts="1.0")) as slack:
            slack.by_method["oauth.v2.access"] = [
                ok(access_token="token-1", refresh_token="refresh-1", expires_in=43200)
            ]
            wire = Wire(slack.url)
            tokens = InstalledTokens(bench.shelf, Renewal(wire, "id", "shh", bench.clock), bench.clock)
            caller = Web(tokens, wire, Limiter())
            await asyncio.gather(*(caller.call("T1", "chat.postMessage", channel=f"U{n}") for n in range(20)))
            await caller.aclose()
            return slack

    slack = asyncio.run(story())

    renewal, *posts = slack.calls
    assert renewal.method == "oauth.v2.access"
    assert renewal.fields == {"grant_type": "refresh_token", "refresh_token": "refresh-0"}
    assert renewal.headers["Authorization"] == "Basic " + base64.b64encode(b"id:shh").decode()
    assert {post.method for post in posts} == {"chat.postMessage"}
    assert {post.headers["Authorization"] for post in posts} == {"Bearer token-1"}
    assert len(posts) == 20
    assert bench.shelf.grants["T1"] == Grant("token-1", "refresh-1", bench.clock.now() + LIFE)


ODD = [
    {},
    {"access_token": "a", "refresh_token": "b"},
    {"access_token": 1, "refresh_token": "b", "expires_in": 3},
]


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize("answer", [body(200, json.dumps({"ok": True} | odd)) for odd in ODD])
def test_an_answer_without_tokens_is_no_renewal(answer) -> None:
    async def story() -> None:
        async with Scripted(answer) as slack:
            wire = Wire(slack.url)
            try:
                await Renewal(wire, "id", "shh", FakeClock())("refresh-0")
            finally:
                await wire.aclose()

    with pytest.raises(Unsure, match="malformed"):
        asyncio.run(story())
