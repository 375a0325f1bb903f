"""A bounded share of what ``make fuzz on=teams`` throws at the whole, and proof that it would notice."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.teams import replies, turns
from bot import dispatch
from bot.errors import KeyLost
from bot.store import vault
from bot.store.store import Store
from bot.store.unit import Unit
from tests.adapters.teams.aftermath import wrong
from tests.adapters.teams.forger import Forger
from tests.adapters.teams.fuzzing import fuzz, heard
from tests.adapters.teams.knocking import ALLOWED
from tests.adapters.teams.mill import Thrown
from tests.adapters.teams.tenants import SILENT, Offer, Street, street
from tests.benchmarks.traffic import NINE
from tests.canary import free
from tests.fakes import FakeClock
from tests.platforms.teams.history import Call

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

REQUESTS, SEED = 1000, 20261126


def test_whatever_is_signed_is_answered_and_touches_nobody_but_who_sent_it() -> None:
    found = fuzz(0, REQUESTS, SEED)

    assert found.wrong == []
    assert found.answers.total() == REQUESTS
    assert found.answers.keys() <= ALLOWED
    assert found.answers[200] > REQUESTS / 2


# --- it would notice --------------------------------------------------------------------------------------


def broken(*_: Any, **__: Any) -> Any:
    raise KeyLost("wave 1")


async def never_shown(*_: Any) -> None:
    broken()


@pytest.mark.parametrize(
    ("where", "name", "mistake", "told"),
    [
        (dispatch, "_by_a_person", broken, "dispatch.failed"),
        (turns.Turns, "_told", never_shown, "was answered that we erred"),
        (replies.Stage, "show", never_shown, "teams.not_shown"),
    ],
)
def test_a_mistake_of_ours_would_be_found(
    where: Any, name: str, mistake: Callable[..., Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = Street.walk

    async def then_broken(self: Street, commands: Any) -> Any:
        offers = await walk(self, commands)
        monkeypatch.setattr(where, name, mistake)
        return offers

    monkeypatch.setattr(Street, "walk", then_broken)

    assert any(told in each for each in fuzz(0, 40, SEED, ("help",)).wrong)


@pytest.fixture
def built(store: Store, clock: FakeClock, tmp_path: Path) -> Iterator[tuple[Street, Callable[[], list[str]]]]:
    """Both houses with nothing done to them, and what is wrong there."""
    clock.move_to(NINE)
    loop = asyncio.new_event_loop()
    opened = street(store)
    found = loop.run_until_complete(opened.__aenter__())
    yield found, lambda: [*wrong(found, tmp_path / "rapport.db")]
    loop.run_until_complete(opened.__aexit__(None, None, None))
    loop.close()


Built = tuple[Street, Callable[[], list[str]]]


def put(opened: Street, person: int, text: str) -> None:
    """Let somebody of the first house have this on their sheet."""

    def work(unit: Unit) -> None:
        vault.put(unit, unit.waves.recent(1)[0].id, person, {"comment": text})

    opened.store.write(work, 1)


def test_where_everybody_keeps_to_themselves_nothing_is_found(built: Built) -> None:
    opened, found = built
    put(opened, 1, f"{free('Mine')}A01")

    assert found() == []


def test_an_answer_kept_for_somebody_else_would_be_found(built: Built) -> None:
    opened, found = built
    silent = min(SILENT)
    put(opened, 1, f"{free('Not mine')}A02")
    put(opened, silent, "11")

    assert f"A{silent:02} never answered, yet has a sheet" in found()
    assert "the sheet of A01 holds words of {'A02'}" in found()


def test_somebody_of_the_other_organisation_in_a_row_would_be_found(built: Built) -> None:
    opened, found = built
    opened.store.write(lambda unit: setattr(unit.people.get(1), "name", f"{free('')}B02"), 1)

    assert found() == ["a row of person of A holds {'B02'}", "a row of person of A01 holds {'B02'}"]


def test_what_is_shown_in_the_other_tenant_would_be_found(built: Built) -> None:
    opened, found = built
    said = {"type": "message", "text": f"{free('')}B02", "summary": "x"}
    opened.fake.history_of_calls.add(
        Call(0.0, "post", "ok", accepted=True, tenant=opened.houses[0].tenant, activity=said)
    )
    answer = json.dumps({"value": f"{free('')}B02"}).encode()

    assert "post into A shows {'B02'}" in found()
    assert [*heard(Thrown(b"", {}, "A01"), 200, answer)] == ["of A01 was answered with {'B02'}"]
    assert [*heard(Thrown(b"", {}, "B02"), 200, answer)] == []


def test_an_audit_that_was_tampered_with_would_be_found(built: Built) -> None:
    opened, found = built

    def tamper(unit: Unit) -> None:
        unit.audit.record(unit.now, "system", "tried")
        unit.audit.entries()[-1].act = "did"

    opened.store.write(tamper, 2)

    assert any("the audit of B breaks" in each for each in found())


def test_nobody_who_is_silent_is_ever_the_sender(built: Built) -> None:
    opened, _ = built
    user = opened.houses[0].users[min(SILENT)]
    shown = Offer(user, opened.fake.personal(user), "1", {"rapport": "help::"})
    forger = Forger(opened, [shown], SEED)

    senders = {forger.thrown(number).sender for number in range(300)}

    assert not senders & {house.code(number) for house in opened.houses for number in SILENT}
    assert len(senders) > 15
