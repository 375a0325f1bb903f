"""Installing, rotating and removing the app; many workspaces; organisations."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes import FakeClock
from tests.platforms.slack.listening import Listener, listening

pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),  # slack_sdk 3.47 uses it
]

BACK = "https://app.example.com/slack/oauth_redirect"


async def agreed(app: Listener, **more: str) -> dict[str, list[str]]:
    """Open the page as an administrator and return what the app gets back in its query."""
    query = {"client_id": app.fake.client_id, "scope": "chat:write,users:read", "state": "s1"} | more
    async with aiohttp.ClientSession() as browser:
        url = f"{app.fake.base}/oauth/v2/authorize"
        async with browser.get(url, params={**query, "redirect_uri": BACK}, allow_redirects=False) as page:
            assert page.status == 302
            return parse_qs(urlsplit(page.headers["Location"]).query)


async def exchanged(app: Listener, **more: str) -> dict[str, object]:
    answer = await app.client.oauth_v2_access(
        client_id=app.fake.client_id, client_secret=app.fake.client_secret, **more
    )
    return dict(answer.data)  # type: ignore[arg-type]  # never bytes here


def test_a_code_is_exchanged_once_for_a_token_of_the_scopes_agreed_to() -> None:
    async def story() -> None:
        async with listening() as app:
            other = app.fake.add_workspace("T2", "elsewhere")
            app.fake.installs.team = other.id
            back = await agreed(app)
            granted = await exchanged(app, code=back["code"][0], redirect_uri=BACK)
            with pytest.raises(SlackApiError, match="code_already_used"):
                await exchanged(app, code=back["code"][0])
            client = AsyncWebClient(str(granted["access_token"]), base_url=app.fake.url)

            assert back["state"] == ["s1"]
            assert granted["team"] == {"id": "T2", "name": "Elsewhere"}
            assert granted["scope"] == "chat:write,users:read"
            assert "refresh_token" not in granted
            assert (await client.auth_test())["team_id"] == "T2"
            with pytest.raises(SlackApiError, match="missing_scope"):
                await client.team_info()

    asyncio.run(story())


def test_a_token_sees_its_own_workspace_only() -> None:
    async def story() -> None:
        async with listening() as app:
            other = app.fake.add_workspace("T2", "elsewhere")
            app.fake.add_user("U2", workspace=other)
            with pytest.raises(SlackApiError, match="channel_not_found"):
                await app.client.chat_postMessage(channel="U2", text="x")
            with pytest.raises(SlackApiError, match="user_not_found"):
                await app.client.users_info(user="U2")

    asyncio.run(story())


def test_who_does_not_agree_and_who_is_not_the_app_get_nothing() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.installs.agrees = False
            denied = await agreed(app)
            app.fake.installs.agrees = True
            code = (await agreed(app))["code"][0]

            assert denied == {"error": ["access_denied"], "state": ["s1"]}
            with pytest.raises(SlackApiError, match="bad_client_secret"):
                await app.client.oauth_v2_access(
                    client_id=app.fake.client_id, client_secret="wrong", code=code
                )
            with pytest.raises(SlackApiError, match="bad_redirect_uri"):
                await exchanged(app, code=code, redirect_uri="https://evil.example.com")
            with pytest.raises(SlackApiError, match="invalid_code"):
                await exchanged(app, code="guessed")

    asyncio.run(story())


def test_a_rotating_token_ends_after_twelve_hours_and_its_refresh_token_works_once(clock: FakeClock) -> None:
    async def story() -> None:
        async with listening(clock=clock) as app:
            app.fake.installs.rotates = True
            granted = await exchanged(app, code=(await agreed(app))["code"][0])
            refresh = str(granted["refresh_token"])
            clock.advance(timedelta(hours=13))
            old = AsyncWebClient(str(granted["access_token"]), base_url=app.fake.url)
            with pytest.raises(SlackApiError, match="token_expired"):
                await old.auth_test()
            again = [
                await asyncio.gather(
                    *(exchanged(app, grant_type="refresh_token", refresh_token=refresh) for _ in range(4)),
                    return_exceptions=True,
                )
            ][0]
            new = [one for one in again if isinstance(one, dict)]
            fresh = AsyncWebClient(str(new[0]["access_token"]), base_url=app.fake.url)

            assert granted["expires_in"] == 12 * 3600
            assert len(new) == 1
            assert {str(e.response["error"]) for e in again if isinstance(e, SlackApiError)} == {
                "invalid_refresh_token"
            }
            assert (await fresh.auth_test())["expires_in"] == 12 * 3600

    asyncio.run(story())


def test_an_uninstalled_app_is_told_twice_and_let_in_no_more() -> None:
    async def story() -> None:
        async with listening() as app:
            await app.client.apps_uninstall(
                client_id=app.fake.client_id, client_secret=app.fake.client_secret
            )
            await app.fake.events.settle()
            with pytest.raises(SlackApiError, match="token_revoked"):
                await app.client.auth_test()

            assert {h.payload["event"]["type"] for h in app.heard} == {"app_uninstalled", "tokens_revoked"}

    asyncio.run(story())


def test_a_revoked_token_is_of_no_use() -> None:
    async def story() -> None:
        async with listening() as app:
            revoked = await app.client.auth_revoke()
            with pytest.raises(SlackApiError, match="token_revoked"):
                await app.client.auth_test()

            assert revoked["revoked"] is True

    asyncio.run(story())


def test_an_organisations_token_reaches_its_teams_and_must_name_the_one_it_lists() -> None:
    async def story() -> None:
        async with listening() as app:
            for team in ("T2", "T3"):
                workspace = app.fake.add_workspace(team, f"team-{team}", enterprise="E1")
                app.fake.add_user(f"W{team}", workspace=workspace)
            app.fake.installs.team, app.fake.installs.org_wide = "T2", True
            granted = await exchanged(
                app, code=(await agreed(app, scope="chat:write,users:read,im:write"))["code"][0]
            )
            client = AsyncWebClient(str(granted["access_token"]), base_url=app.fake.url)
            posted = await client.chat_postMessage(channel="WT3", text="x")
            with pytest.raises(SlackApiError, match="missing_argument"):
                await client.users_list()
            listed = await client.users_list(team_id="T3")
            await app.fake.person("WT3").opens_home()

            assert (granted["team"], granted["is_enterprise_install"]) == (None, True)
            assert posted["ok"]
            assert "WT3" in {u["id"] for u in listed["members"]}
            told = next(h.payload for h in app.heard if h.payload["event"]["type"] == "app_home_opened")
            assert told["authorizations"][0] | {"user_id": ""} == {
                "enterprise_id": "E1",
                "team_id": None,
                "user_id": "",
                "is_bot": True,
                "is_enterprise_install": True,
            }

    asyncio.run(story())
