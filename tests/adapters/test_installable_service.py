"""``rapport run`` for many workspaces: what must be set, and the page on which administrators install the app."""

import asyncio
import socket
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from adapters import wiring
from adapters.settings import Settings
from bot.cases import installation
from bot.cases.installation import Setup
from bot.clock import SystemClock
from bot.store import migrate
from bot.store.store import open_store
from tests.adapters.test_service import running

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CLIENT = {
    "slack_client_id": "11.22",
    "slack_client_secret": SecretStr("quiet"),
    "slack_signing_secret": SecretStr("sealed"),
    "slack_mode": "http",
    "public_url": "https://rapport.example.org",
}


def settings(folder: Path, **chosen: object) -> Settings:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    (folder / "keys").mkdir(mode=0o700, exist_ok=True)
    url = SecretStr(f"sqlite:///{folder / 'r.db'}")
    return Settings(
        _env_file=None, database_url=url, keys_dir=folder / "keys", port=port, grace_seconds=2, **chosen
    )


@pytest.mark.parametrize(
    ("without", "sentence"),
    [
        ({"slack_client_secret": SecretStr("")}, "RAPPORT_SLACK_CLIENT_SECRET is missing"),
        ({"slack_signing_secret": SecretStr("")}, "RAPPORT_SLACK_SIGNING_SECRET is missing"),
        ({"public_url": ""}, "RAPPORT_PUBLIC_URL is missing"),
        ({"slack_mode": "socket"}, "RAPPORT_SLACK_MODE=http"),
        ({"slack_bot_token": SecretStr("xoxb-1")}, "not both"),
    ],
)
def test_what_installing_still_needs_is_named(tmp_path: Path, without: dict[str, object], sentence: str):
    assert sentence in " ".join(wiring.missing(settings(tmp_path, **(CLIENT | without))))


def test_with_all_of_it_nothing_is_missing(tmp_path: Path):
    assert wiring.missing(settings(tmp_path, **CLIENT)) == []


def test_the_page_leads_an_administrator_to_slack_with_a_state_of_their_own(tmp_path: Path):
    chosen = settings(tmp_path, **CLIENT)
    migrate.migrate(chosen.database_url.get_secret_value())
    store = open_store(chosen.database_url.get_secret_value(), keys_dir=chosen.keys_dir, clock=SystemClock())
    store.write(lambda unit: installation.create(unit, Setup(name="Firma")))
    store.close()
    seen: list[aiohttp.ClientResponse] = []

    async def story() -> None:
        async with aiohttp.ClientSession() as browser:
            for _ in range(200):
                try:
                    answer = await browser.get(
                        f"http://127.0.0.1:{chosen.port}/slack/install", allow_redirects=False
                    )
                except aiohttp.ClientConnectorError:
                    await asyncio.sleep(0.05)
                else:
                    seen.append(answer)
                    return

    running(wiring.service(chosen), story)

    (answer,) = seen
    assert answer.status == 302
    assert answer.headers["Location"].startswith("https://slack.com/oauth/v2/authorize?")
    assert "11.22" in answer.headers["Location"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
