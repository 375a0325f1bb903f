"""A bounded share of what ``make fuzz on=teams`` throws, proof that it would notice, and activities of any shape."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.inbound import Json
from adapters.teams import app, guard, sdk
from adapters.teams.app import Showing, Take
from adapters.teams.sdk import Answer
from tests.adapters.teams.front import Door, door
from tests.adapters.teams.knocking import ALLOWED, fuzz
from tests.adapters.teams.mill import Mill
from tests.fakes import FakeClock
from tests.platforms.teams import FakeTeams

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

REQUESTS, SEED = 1500, 20261123


def test_whatever_is_signed_is_answered_and_nothing_raises_or_tells_or_grows() -> None:
    found = fuzz(0, REQUESTS, SEED)

    assert found.wrong == []
    assert found.answers.total() == REQUESTS
    assert found.answers.keys() <= ALLOWED
    assert found.answers[200] > REQUESTS / 3


def broken(*_: Any, **__: Any) -> Any:
    raise KeyError("of ours")


@pytest.mark.parametrize(
    ("where", "name", "told"),
    [
        (guard, "tenants", "teams.not_handled"),
        (guard, "_shaped", "was answered by 500"),
        (sdk, "_envelope", "teams.not_handled"),
        (app, "_answered", "was answered by 500"),
    ],
)
def test_a_mistake_of_ours_would_be_found(
    where: Any, name: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, broken)

    assert any(told in wrong for wrong in fuzz(0, 60, SEED).wrong)


def test_a_turn_or_a_reply_that_fails_would_be_found() -> None:
    def failing(_: FakeTeams) -> Take:
        async def take(activity: Json) -> tuple[Answer | None, Showing | None]:
            return broken() if activity["type"] == "invoke" else (None, show())

        return take

    async def show() -> None:
        broken()

    wrong = fuzz(0, 60, SEED, failing).wrong

    assert any("teams.not_handled" in one for one in wrong)
    assert any("teams.not_shown" in one for one in wrong)


def test_a_request_is_made_again_from_its_seed_and_number() -> None:
    def made() -> list[bytes]:
        fake = FakeTeams(clock=FakeClock())
        for number in range(3):
            fake.add_user(f"user-{number}")
        mill = Mill(fake, 7)
        return [mill.thrown(number).body for number in range(50)]

    assert made() == made()


class Standing:
    """A front door that stays open while Hypothesis throws at it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._open = door()
        self.door: Door = self.do(self._open.__aenter__())

    def do(self, call: Any) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(call, 20))

    def close(self) -> None:
        self.do(self._open.__aexit__(None, None, None))
        self.loop.close()


@pytest.fixture
def standing() -> Any:
    opened = Standing()
    yield opened
    opened.close()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = (
    "type",
    "id",
    "channelId",
    "serviceUrl",
    "conversation",
    "from",
    "channelData",
    "value",
    "name",
    "recipient",
)
Change = Callable[[Json], Json]
changed = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), anything, max_size=4)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=changed)
def test_an_activity_of_any_shape_is_answered_by_200_or_4xx(standing: Standing, change: Json) -> None:
    opened = standing.door
    before = len(opened.activities)
    url = change.get("serviceUrl", opened.fake.service_url)
    claims = {"serviceurl": url} if isinstance(url, str) and url.isprintable() else {}
    activity = opened.said() | change
    answer = standing.do(opened.posts(activity | {"serviceUrl": opened.fake.service_url}, **claims))
    changed = standing.do(opened.posts(activity, **claims)) if isinstance(url, str) and url else answer

    assert {answer.status, changed.status} <= ALLOWED
    for one in opened.activities[before:]:
        assert one["channelId"] == "msteams"
        assert opened.front.guard.connection.serves(one["serviceUrl"])
