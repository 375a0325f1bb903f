"""A bounded share of what ``make fuzz`` throws, and proof that it would notice."""

from collections.abc import Callable
from typing import Any

import pytest

from adapters.slack import app, guard, render, replies
from bot import dispatch
from bot.errors import KeyLost
from tests.adapters.slack.fuzzing import ALLOWED, fuzz
from tests.adapters.slack.mill import Mill
from tests.platforms.slack import FakeSlack

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

REQUESTS, SEED = 3000, 20261123


def test_whatever_is_signed_is_answered_and_nothing_raises_or_tells_or_grows() -> None:
    found = fuzz(0, REQUESTS, SEED)

    assert found.wrong == []
    assert found.answers.total() == REQUESTS
    assert found.answers.keys() <= ALLOWED
    assert found.answers[200] > REQUESTS / 2


def broken(*_: Any, **__: Any) -> Any:
    raise KeyLost("wave 1")


async def never_shown(*_: Any) -> None:
    broken()


def invalid(*_: Any, **__: Any) -> Any:
    return iter([render.Message("x", [{"type": "never_heard_of"}])])


@pytest.mark.parametrize(
    ("where", "name", "mistake", "told"),
    [
        (app, "received", broken, "was answered by 500"),
        (dispatch, "_by_a_person", broken, "dispatch.failed"),
        (app.Stage, "show", never_shown, "slack.not_shown"),
        (replies, "forms", invalid, "Slack refused what we show"),
        (guard._Seen, "has", lambda *_, **__: 1 / 0, "was answered by 500"),
    ],
)
def test_a_mistake_of_ours_would_be_found(
    where: Any, name: str, mistake: Callable[..., Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, mistake)

    assert any(told in wrong for wrong in fuzz(0, 60, SEED).wrong)


def test_a_request_is_made_again_from_its_seed_and_number() -> None:
    def made() -> list[tuple[int, str]]:
        fake = FakeSlack()
        for number in range(1, 4):
            fake.add_user(f"U{number}")
        mill = Mill(fake, 3, 7)
        return [(len(thrown.body), thrown.headers["Content-Type"]) for thrown in map(mill.thrown, range(50))]

    assert made() == made()
