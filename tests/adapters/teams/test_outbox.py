"""The outbox against a Teams that fails in every way it knows; Teams' own history is the judge."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.engine import Place
from adapters.engine.drain import Drain
from adapters.engine.limits import Limits
from adapters.references import StoredReferences
from adapters.teams.connector import Connector
from adapters.teams.limiter import Limiter
from adapters.teams.references import Reference
from adapters.teams.send import TeamsPlatform
from adapters.wiring.teams import LIMITS
from bot.cases import troubles, undelivered, unreached
from bot.store.store import Store
from bot.talk.cards import Card
from bot.talk.language import words
from tests import staff
from tests.adapters.teams.test_send import NoDoor
from tests.fakes import MONDAY, FakeClock
from tests.platforms.teams import FakeTeams
from tests.platforms.teams.checker import check, twice
from tests.platforms.teams.faults import (
    CHAOS,
    blocked,
    broken_after,
    hang,
    refuse,
    reset,
    seeded,
    slow_down,
    unavailable,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HERE = Place(1, staff.WORKSPACE)
QUICK = Limits(timeout_s=2.0, doubt=timedelta(), batch=20, at_once=20)

AGAIN = ("answer_after",)
"""Teams took the message and then says 502 or 504, after which it asks to be tried again."""
CLEAN = [fault for fault in CHAOS if fault.kind not in AGAIN]


def draw(card: Card) -> dict[str, Any]:
    return {"type": "message", "text": card.fallback, "summary": card.fallback}


class Post:
    """A store, a fake Teams and a clock moved by hand, with the drain between them."""

    def __init__(self, store: Store, fake: FakeTeams, limits: Limits = QUICK) -> None:
        self.store, self.fake, self.real = store, fake, FakeClock()
        self.token = fake.grant()

        async def token() -> str:
            return self.token

        def passed() -> float:
            return (self.real.now() - MONDAY).total_seconds()

        async def sleep(seconds: float) -> None:
            self.real.advance(timedelta(seconds=seconds))

        connector = Connector(token, fake.service_url.__eq__, Limiter(passed, sleep), timeout_s=0.3)
        references, door = StoredReferences(store), NoDoor()
        self.platform = TeamsPlatform(connector, references, [fake.tenant], draw, lambda *_: door)
        self.drain = Drain(
            store=store, platform=self.platform, limits=limits, real=self.real, cards=staff.CARDS
        )

    async def wants(
        self, n: int, purpose: str = "report.ready", *, installed: bool = True, known: bool = False
    ) -> None:
        """Let so many people have the app, their conversations ``known`` or not, and want a message to each."""
        people = staff.hire(self.store, n, platform="teams")
        self.store.write(
            lambda unit: setattr(unit.workspaces.get(HERE.workspace), "external", self.fake.tenant)
        )
        for number in people:
            user = self.fake.add_user(f"U{number}", installed=installed)
            own = self.fake.personal(user).id if known else ""
            told = Reference(
                self.fake.tenant, user.id, self.fake.service_url, own, self.fake.bot["id"], user.member
            )
            if installed:
                await self.platform.references.keep(told)
        staff.want(self.store, people, purpose)

    async def until_settled(self, rounds: int = 60) -> None:
        for _ in range(rounds):
            await self.drain.run(HERE)
            if staff.settled(self.store):
                return
            self.real.advance(timedelta(minutes=1))

    @property
    def rows(self) -> list[tuple[str, str]]:
        return [(row.id, row.state) for row in staff.rows(self.store).values()]

    @property
    def states(self) -> dict[str, int]:
        return staff.states(self.store)

    def accounts(self) -> set[str]:
        rows = self.store.read(lambda unit: unit.accounts.users(HERE.workspace))
        return set(rows)


def told(store: Store, story: Any, **fake: Any) -> None:
    async def run() -> None:
        async with FakeTeams(limits=False, **fake) as teams:
            post = Post(store, teams)
            try:
                await story(post)
            finally:
                await post.platform.aclose()

    asyncio.run(run())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_teams_does_nothing_is_lost_and_nothing_accepted_twice(store: Store, seed: int) -> None:
    async def story(post: Post) -> None:
        await post.wants(60)
        post.fake.faults.draw = seeded(
            seed, 0.4, [*CLEAN, hang(), hang(after=True), refuse(500, "ServiceError")]
        )
        await post.until_settled()

        assert check(post.fake, post.rows) == []
        assert post.states.keys() <= {"sent", "uncertain"}
        assert post.states["sent"] >= 20
        creates = [call for call in post.fake.history if call.name == "create"]
        assert {call.user for call in creates} == {f"U{n}" for n in range(1, 61)}

    told(store, story)


def test_only_where_teams_took_a_message_and_then_asks_to_try_again_it_may_have_it_twice(
    store: Store,
) -> None:
    async def story(post: Post) -> None:
        await post.wants(2)
        post.fake.faults.next("post", broken_after(504))
        await post.until_settled()

        assert post.states == {"sent": 2}
        assert len(list(twice(post.fake.calls))) == 1

    told(store, story)


def test_each_fault_leads_where_it_must(store: Store) -> None:
    async def story(post: Post) -> None:
        post.drain = replace(post.drain, limits=replace(QUICK, at_once=1))
        await post.wants(6)
        faults = [
            blocked(),
            reset(after=True),
            unavailable(412),
            refuse(500, "ServiceError"),
            unavailable(503),
            slow_down("90"),
        ]
        post.fake.faults.next("post", *faults)
        await post.drain.run(HERE)

        errors = Counter(row.error for row in staff.rows(store).values() if row.state == "dead")
        assert errors == {"writes_blocked": 1}
        assert post.states == {"dead": 1, "uncertain": 2, "retry": 3}
        await post.until_settled()
        assert post.states == {"dead": 1, "uncertain": 2, "sent": 3}
        assert check(post.fake, post.rows) == []

    told(store, story)


def test_an_older_way_of_saying_blocked_is_understood_too(store: Store) -> None:
    async def story(post: Post) -> None:
        await post.wants(1)
        post.fake.faults.next("post", blocked(nested=True))
        await post.until_settled()

        assert [row.error for row in staff.rows(store).values()] == ["writes_blocked"]

    told(store, story)


def test_who_shuts_us_out_is_gone_from_the_chat_listed_for_hr_and_sent_nothing_more(store: Store) -> None:
    async def story(post: Post) -> None:
        await post.wants(3)
        post.fake.users["U2"].blocked = True
        await post.until_settled()
        posts = len(post.fake.history_of_calls.of("post"))
        again = [staff.want(store, [person], key=f"again:{person}") for person in (1, 2, 3)]

        assert post.accounts() == {"U1", "U3"}
        assert store.read(unreached.known).n == 1
        said = str(store.read(lambda unit: undelivered.overview(unit, words("en"))))
        assert "Person 2" in said
        assert "removed the app or blocked it" in said
        assert again == [1, 0, 1]
        assert (posts, post.states) == (3, {"sent": 2, "dead": 1, "pending": 2})

    told(store, story)


def test_who_has_no_app_yet_is_told_to_hr_and_costs_no_call(store: Store) -> None:
    async def story(post: Post) -> None:
        await post.wants(2, installed=False)
        await post.until_settled()

        assert post.states == {"dead": 2}
        assert post.fake.calls == []
        assert post.accounts() == set()
        said = str(store.read(lambda unit: undelivered.overview(unit, words("en"))))
        assert "don't have the app in their chat yet" in said

    told(store, story)


def test_a_reminder_that_is_refused_marks_nobody_because_it_would_tell_who_was_reminded(store: Store) -> None:
    async def story(post: Post) -> None:
        await post.wants(1, "wave.remind", installed=False)
        await post.until_settled()

        assert post.accounts() == {"U1"}
        assert post.states == {"expired": 1}

    told(store, story)


def test_a_token_that_is_refused_shuts_the_tenant_and_loses_nothing(store: Store) -> None:
    async def story(post: Post) -> None:
        post.drain = replace(post.drain, limits=replace(QUICK, at_once=1))
        await post.wants(20)
        good, post.token = post.token, "spent"
        for _ in range(3):
            await post.drain.run(HERE)
        assert (len(post.fake.calls), post.states) == (1, {"pending": 20})
        assert [trouble.reason for trouble in store.read(troubles.known)] == ["invalid_auth"]

        post.token = good
        await post.until_settled()
        assert post.states == {"sent": 20}
        assert store.read(troubles.known) == []

    told(store, story)


def test_a_wave_goes_out_without_one_refusal_for_speed(store: Store) -> None:
    """One after the other, because the clock moves only when our own limiter waits: Teams' windows judge every call."""

    async def run() -> None:
        clock = FakeClock()
        async with FakeTeams(clock=clock) as teams:
            post = Post(store, teams, replace(LIMITS, turn_s=1e6, at_once=1))
            post.real = clock
            post.drain = replace(post.drain, real=clock)
            await post.wants(160, known=True)
            await post.until_settled()
            await post.platform.aclose()

            assert post.states == {"sent": 160}
            assert {call.outcome for call in teams.calls} == {"ok"}
            assert check(teams, post.rows) == []
            passed = (clock.now() - MONDAY).total_seconds()
            assert (160 - 12) / 40 <= passed <= 160 / 38

    asyncio.run(run())
