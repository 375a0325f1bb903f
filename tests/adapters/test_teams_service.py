"""Teams made from the settings: what is missing is said, both chats can be served at once, and its link is HR's to send."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from adapters import wiring
from adapters.settings import Settings
from adapters.wiring import teams
from adapters.wiring.serving import connect
from bot.cases import unreached
from bot.errors import Disconnected, StoreError, TryLater
from bot.store.store import Store
from tests.platforms.fake import FakePlatform

TENANT = "7b1f2a64-0000-4000-8000-000000000001"
APP = "0d5c9f12-0000-4000-8000-0000000000aa"
TEAMS: dict[str, Any] = {
    "teams_app_id": APP,
    "teams_app_secret": SecretStr("quiet"),
    "teams_tenants": f"{TENANT}, 7B1F2A64-0000-4000-8000-000000000002",
}
SLACK: dict[str, Any] = {
    "slack_bot_token": SecretStr("xoxb-made-up"),
    "slack_app_token": SecretStr("xapp-made-up"),
}


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)


def missing(**given: Any) -> str:
    return " ".join(wiring.missing(settings(**given)))


def test_what_is_set_is_enough():
    assert missing(**TEAMS) == ""
    assert missing(**TEAMS, **SLACK) == ""


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"teams_tenants": " , "}, "RAPPORT_TEAMS_TENANTS is missing"),
        ({"teams_app_secret": SecretStr("")}, "RAPPORT_TEAMS_APP_SECRET is missing"),
        (
            {"teams_app_id": "", "teams_insecure_local": True, "host": "10.0.0.1"},
            "RAPPORT_HOST=127.0.0.1 only",
        ),
        ({"teams_paced": False}, "RAPPORT_TEAMS_PACED=false goes with"),
        ({"teams_service_urls": "http://smba.example/"}, "must begin with https://"),
        (
            {"teams_paced": False, "teams_service_urls": "http://127.0.0.1:1/,https://smba.example/"},
            "RAPPORT_TEAMS_PACED=false goes with",
        ),
    ],
)
def test_what_is_missing_is_said(changes, sentence):
    assert sentence in missing(**(TEAMS | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"teams_app_secret": SecretStr(""), "teams_kind": "managed_identity"},
        {"teams_app_id": "", "teams_app_secret": SecretStr(""), "teams_insecure_local": True},
        {"teams_paced": False, "teams_service_urls": "http://127.0.0.1:1/"},
    ],
)
def test_what_is_not_needed_is_not_missed(changes):
    assert missing(**(TEAMS | changes)) == ""


def test_what_slack_lacks_is_said_also_where_teams_is_complete():
    assert "RAPPORT_SLACK_APP_TOKEN" in missing(**TEAMS, slack_bot_token=SecretStr("xoxb-made-up"))


def test_without_any_chat_both_ways_in_are_named():
    said = missing()

    assert "RAPPORT_SLACK_BOT_TOKEN" in said
    assert "RAPPORT_TEAMS_APP_ID" in said


def test_the_secret_may_come_from_a_file(tmp_path, monkeypatch):
    path = tmp_path / "secret"
    path.write_text("quiet\n")
    path.chmod(0o600)
    monkeypatch.setenv("RAPPORT_TEAMS_APP_SECRET_FILE", str(path))

    assert settings(teams_app_id=APP).teams_app_secret.get_secret_value() == "quiet"


def test_people_get_the_app_by_its_own_id_or_the_one_it_is_listed_under():
    assert teams.link(settings(**TEAMS)) == f"https://teams.microsoft.com/l/app/{APP}"
    assert teams.link(settings(**TEAMS, teams_catalogue_id="listed")).endswith("/l/app/listed")
    assert teams.link(settings()) == ""


def test_a_batch_fits_into_its_lease_and_a_message_into_its_time():
    limits = teams.LIMITS

    assert limits.lease.total_seconds() - limits.margin.total_seconds() > limits.timeout_s
    assert limits.rate is None


class Named(FakePlatform):
    """A platform whose workspaces were named; it is out of reach at first, or shut."""

    def __init__(self, *fails: Exception) -> None:
        super().__init__(name="teams")
        self.fails = list(fails)

    async def workspaces(self) -> list[str]:
        if self.fails:
            raise self.fails.pop(0)
        return ["T1", "T2"]


def test_all_named_tenants_are_connected_as_soon_as_the_platform_is_in_reach(store: Store, monkeypatch):
    monkeypatch.setattr("adapters.wiring.serving.CONNECT_AGAIN_S", 0.0)

    asyncio.run(connect(store, Named(TryLater("unreachable"))))

    assert [store.organisation_of("teams", external) for external in ("T1", "T2", "T3")] == [1, 1, None]


def test_a_secret_that_is_refused_stops_the_start_with_what_to_do(store: Store):
    with pytest.raises(StoreError, match="doesn't accept the app's token"):
        asyncio.run(connect(store, Named(Disconnected("invalid_client"))))


def test_both_chats_are_served_at_once_and_the_page_for_hr_has_the_link(store: Store, database, tmp_path):
    store.close()
    where = {"database_url": SecretStr(database), "keys_dir": tmp_path / "keys"}

    service = wiring.service(settings(**TEAMS, **SLACK, **where))
    link = service.store.read(lambda unit: unit.settings.get(f"{unreached.LINK}teams"))
    asyncio.run(_closed(service.platforms["teams"]))
    service.store.close()

    assert list(service.platforms) == ["slack", "teams"]
    assert service.server is not None
    assert service.platforms["teams"] in service.server.mounted
    assert service.platforms["slack"] not in service.server.mounted
    assert link == f"https://teams.microsoft.com/l/app/{APP}"


async def _closed(platform: Any) -> None:
    await platform.aclose()
