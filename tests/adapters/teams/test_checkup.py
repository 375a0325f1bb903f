"""What the checkup finds out by asking a Teams on this machine, and that it tells no secret."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.findings import Finding
from adapters.teams.checkup import checked
from tests.adapters.teams.front import connection
from tests.platforms.teams import FakeTeams

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

PUBLIC = "https://rapport.example.org"


def look(
    prepare: Callable[[FakeTeams], Any] = lambda _: None, *, public_url: str = PUBLIC, **more: Any
) -> dict[str, Finding]:
    """Return the findings by what they check, of a Teams that was prepared so."""

    async def asked() -> list[Finding]:
        async with FakeTeams() as fake:
            ours = replace(connection(fake), **more)
            prepare(fake)
            found = await checked(ours, public_url=public_url)
            assert fake.secret not in repr(found)
            assert not any(token in repr(found) for token in fake.tokens)
            return found

    return {finding.check: finding for finding in asyncio.run(asked())}


def test_a_good_connection_has_no_problem() -> None:
    found = look()

    assert {name: finding.state for name, finding in found.items()} == {
        "Teams app id": "ok",
        "Teams tenants": "ok",
        "Teams token": "ok",
        "Teams keys": "ok",
        "Teams address": "note",
        "Teams endpoint": "ok",
    }
    assert f"{PUBLIC}/api/messages" in found["Teams endpoint"].text


def test_a_wrong_secret_is_named_as_such() -> None:
    found = look(secret="another")["Teams token"]

    assert found.state == "problem"
    assert "Certificates & secrets" in found.text


def test_a_tenant_that_does_not_know_the_app_is_named_as_such() -> None:
    found = look(tenants=("8a3f4b1e-0000-4000-8000-000000000000",))["Teams token"]

    assert found.state == "problem"
    assert "does not know the app" in found.text


def test_where_nobody_answers_the_way_out_is_asked_for() -> None:
    nowhere = "http://127.0.0.1:9"
    found = look(login_url=nowhere, openid_url=f"{nowhere}/keys")

    assert found["Teams token"].state == found["Teams keys"].state == "problem"
    assert "port 443" in found["Teams token"].text
    assert "port 443" in found["Teams keys"].text


@pytest.mark.parametrize("app_id", ["rapport", "28:3f0c9a52-6f0e-4b6a-9a11-0d4a5f3b7c21", "3f0c9a52"])
def test_what_is_no_app_id_is_said_to_be_none(app_id: str) -> None:
    assert look(app_id=app_id)["Teams app id"].state == "problem"


def test_a_tenant_is_named_by_its_guid() -> None:
    found = look(tenants=("example.onmicrosoft.com",))["Teams tenants"]

    assert found.state == "problem"
    assert "example.onmicrosoft.com" in found.text


@pytest.mark.parametrize(("url", "state"), [("", "problem"), ("http://127.0.0.1:3978", "note")])
def test_teams_needs_an_address_of_ours(url: str, state: str) -> None:
    assert look(public_url=url)["Teams endpoint"].state == state
