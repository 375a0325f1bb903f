"""Installing over HTTP: one administrator, one browser, one use, ten minutes."""

import json
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from adapters.slack.manifest import SCOPES
from adapters.slack.oauth import COOKIE, LIFE, MOST, OAuth, States, granted
from adapters.slack.tokens import OneToken
from adapters.slack.web import Wire
from bot.errors import Disconnected, Unsure
from bot.store.store import Store
from bot.talk.language import words
from tests.adapters.slack.office import BASE, Office, told
from tests.canary import Watch
from tests.fakes import MONDAY, FakeClock
from tests.platforms.slack.faults import reset

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

W = words("en")


def title(what: str, **values: str) -> str:
    return f"<h1>{W(f'slack.install.{what}.title', **values)}</h1>".replace("'", "&#x27;")


def test_an_administrator_installs_the_app_and_it_can_write(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        at.fake.add_user("U1")
        consent = await at.browser.opens("/slack/install")
        back = await at.browser.opens(consent.location)
        page = await at.browser.opens(back.location)
        posted = await at.platform.web.call(at.fake.team, "chat.postMessage", channel="U1", text="Hello.")

        assert consent.status == HTTPStatus.FOUND
        assert consent.query["redirect_uri"] == f"{BASE}/slack/oauth_redirect"
        assert consent.query["scope"].split(",") == [*SCOPES]
        assert page.status == HTTPStatus.OK
        assert title("done", name="Made Up") in page.text
        assert f"app={at.fake.app_id}&amp;team={at.fake.team}" in page.text
        assert posted["ok"]
        assert at.acts() == ["workspace.connected", "workspace.installed"]

    told(store, clock, story)


def test_the_cookie_is_for_this_server_over_tls_and_for_no_script(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        consent = await at.browser.opens("/slack/install")
        cookie = consent.cookies[COOKIE]
        page = await at.browser.opens(f"/slack/oauth_redirect?code=c&state={consent.query['state']}")

        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", "600")
        assert len(cookie.value) == len(consent.query["state"]) == 43  # 32 random bytes
        assert cookie.value != consent.query["state"]
        assert page.cookies[COOKIE]["max-age"] == "0"

    told(store, clock, story)


def test_every_page_is_plain_and_passes_its_address_on_to_nobody(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        for page in (await at.browser.opens("/slack/oauth_redirect"), await at.browser.installs()):
            assert page.headers["Content-Security-Policy"].startswith("default-src 'none';")
            assert page.headers["Referrer-Policy"] == "no-referrer"
            assert page.headers["Cache-Control"] == "no-store"
            assert "<script" not in page.text

    told(store, clock, story)


def test_a_callback_that_is_opened_again_changes_nothing(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        consent = await at.browser.opens("/slack/install")
        cookie = at.browser.cookies[COOKIE]
        back = (await at.browser.opens(consent.location)).location
        first = await at.browser.opens(back)
        at.browser.cookies[COOKIE] = cookie  # as somebody would who had copied it
        again = await at.browser.opens(back)

        assert first.status == HTTPStatus.OK
        assert again.status == HTTPStatus.BAD_REQUEST
        assert title("stale") in again.text
        assert at.exchanges() == ["ok"]

    told(store, clock, story)


@pytest.mark.parametrize("cookie", [None, "", "guessed", "é" * 40])
def test_another_browser_cannot_finish_what_this_one_began(
    store: Store, clock: FakeClock, cookie: str | None
) -> None:
    async def story(at: Office) -> None:
        back = await at.browser.begins()
        other = at.other_browser()
        if cookie is not None:
            other.cookies[COOKIE] = cookie
        page = await other.opens(back)
        late = await at.browser.opens(back)

        assert (page.status, late.status) == (HTTPStatus.BAD_REQUEST, HTTPStatus.BAD_REQUEST)
        assert at.exchanges() == []
        assert store.organisation_of("slack", at.fake.team) is None

    told(store, clock, story)


def test_somebody_elses_link_does_not_connect_in_my_browser(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        theirs = await at.other_browser().begins()
        await at.browser.opens("/slack/install")
        page = await at.browser.opens(theirs)

        assert page.status == HTTPStatus.BAD_REQUEST
        assert at.exchanges() == []

    told(store, clock, story)


@pytest.mark.parametrize(("after", "status"), [(LIFE - timedelta(seconds=1), 200), (LIFE, 400)])
def test_after_ten_minutes_one_has_to_start_again(
    store: Store, clock: FakeClock, after: timedelta, status: int
) -> None:
    async def story(at: Office) -> None:
        back = await at.browser.begins()
        clock.advance(after)
        page = await at.browser.opens(back)

        assert page.status == status

    told(store, clock, story)


@pytest.mark.parametrize(
    "query", ["", "code=c", "state=x&code=c", "state=&code=", "state=%ff&error=access_denied"]
)
def test_a_callback_that_nobody_began_leads_nowhere(store: Store, clock: FakeClock, query: str) -> None:
    async def story(at: Office) -> None:
        page = await at.browser.opens(f"/slack/oauth_redirect?{query}")

        assert page.status == HTTPStatus.BAD_REQUEST
        assert f'href="{BASE}/slack/install"' in page.text
        assert at.exchanges() == []

    told(store, clock, story)


def test_who_does_not_agree_connects_nothing(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        at.fake.installs.agrees = False
        page = await at.browser.installs()

        assert page.status == HTTPStatus.FORBIDDEN
        assert title("denied") in page.text
        assert at.exchanges() == []
        assert store.organisation_of("slack", at.fake.team) is None

    told(store, clock, story)


def test_a_redirect_address_that_slack_does_not_know_keeps_nothing(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        back = await at.browser.begins()
        (code,) = at.fake.installs.codes.values()
        code.redirect_uri = "https://elsewhere.example.org/slack/oauth_redirect"
        page = await at.browser.opens(back)

        assert page.status == HTTPStatus.BAD_GATEWAY
        assert title("failed") in page.text
        assert at.exchanges() == ["bad_redirect_uri"]
        assert store.organisation_of("slack", at.fake.team) is None

    told(store, clock, story)


@pytest.mark.parametrize("code", ["", "guessed", "x" * 600])
def test_a_code_that_slack_did_not_give_keeps_nothing(store: Store, clock: FakeClock, code: str) -> None:
    async def story(at: Office) -> None:
        state = (await at.browser.opens("/slack/install")).query["state"]
        page = await at.browser.opens(f"/slack/oauth_redirect?code={code}&state={state}")

        assert page.status == HTTPStatus.BAD_GATEWAY
        assert store.organisation_of("slack", at.fake.team) is None

    told(store, clock, story)


def test_an_organisation_installs_as_a_whole_under_its_own_id(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        for team in ("T2", "T3"):
            at.fake.add_user(f"W{team}", workspace=at.fake.add_workspace(team, team, enterprise="E1"))
        at.fake.installs.team, at.fake.installs.org_wide = "T2", True
        page = await at.browser.installs()
        posted = await at.platform.web.call("E1", "chat.postMessage", channel="WT3", text="Hello.")

        assert page.status == HTTPStatus.OK
        assert title("done", name="Made Up Group") in page.text
        assert f"/manage/E1/integrations/profile/{at.fake.app_id}/workspaces/add" in page.text
        assert posted["ok"]
        assert store.organisation_of("slack", "E1") == 1
        assert store.organisation_of("slack", "T2") is None

    told(store, clock, story)


def test_a_second_workspace_has_to_be_named_by_whoever_runs_the_server(
    store: Store, clock: FakeClock
) -> None:
    async def story(at: Office) -> None:
        await at.browser.installs()
        pages = []
        for team in ("T2", "T3"):
            at.fake.add_workspace(team, team)
            at.fake.installs.team = team
            pages.append(await at.browser.installs())

        assert [page.status for page in pages] == [HTTPStatus.OK, HTTPStatus.FORBIDDEN]
        assert title("refused") in pages[1].text
        assert "T3" in pages[1].text
        assert [store.organisation_of("slack", team) for team in ("T2", "T3")] == [1, None]
        with pytest.raises(Disconnected):
            await at.tokens.token("T3")

    told(store, clock, story, "T2")


def test_a_workspace_of_another_organisation_is_refused(store: Store, clock: FakeClock) -> None:
    store.write(lambda unit: unit.organisations.create("Other", unit.now), 2)

    async def story(at: Office) -> None:
        store.write(lambda unit: unit.organisations.connect("slack", at.fake.team), 2)
        page = await at.browser.installs()

        assert page.status == HTTPStatus.FORBIDDEN
        assert W("refused.workspace.taken") in page.text
        assert store.organisation_of("slack", at.fake.team) == 2
        with pytest.raises(Disconnected):
            await at.tokens.token(at.fake.team)

    told(store, clock, story)


def test_the_pages_speak_the_organisations_language(store: Store, clock: FakeClock) -> None:
    def german(unit) -> None:
        unit.organisations.get().locale = "de-DE"

    store.write(german)

    async def story(at: Office) -> None:
        page = await at.browser.installs()

        assert '<html lang="de">' in page.text
        assert words("de")("slack.install.done.title", name="Made Up") in page.text

    told(store, clock, story)


def test_a_workspace_named_like_markup_writes_no_markup(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        at.fake.home.name = '<img src="https://evil.example.org/x">'
        page = await at.browser.installs()

        assert page.status == HTTPStatus.OK
        assert "<img" not in page.text
        assert "&lt;img" in page.text

    told(store, clock, story)


def test_no_token_code_or_secret_stands_on_a_page_or_in_the_log(
    store: Store, clock: FakeClock, canary: Watch
) -> None:
    async def story(at: Office) -> None:
        at.fake.installs.rotates = True
        back = await at.browser.begins()
        page = await at.browser.opens(back)
        refused = await at.browser.opens(back)
        at.fake.faults.next("oauth.v2.access", reset(after=True))
        lost = await at.browser.installs()

        codes = [*at.fake.installs.codes]
        said = "".join([page.text, refused.text, lost.text, *canary.lines])
        assert lost.status == HTTPStatus.BAD_GATEWAY
        assert "slack.installed" in said
        assert len(at.secrets) == 2
        assert not [s for s in (*at.secrets, *codes, at.fake.client_secret, back) if s in said]

    told(store, clock, story)


def test_if_the_installation_cannot_be_kept_the_page_says_so(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    async def story(at: Office) -> None:
        back = await at.browser.begins()
        for path in store.keys_dir.iterdir():
            path.unlink()
        store.keys_dir.rmdir()
        store.keys_dir.write_text("in the way")
        page = await at.browser.opens(back)

        assert page.status == HTTPStatus.INTERNAL_SERVER_ERROR
        assert title("erred") in page.text
        assert store.organisation_of("slack", at.fake.team) is None

    told(store, clock, story)


def test_looking_at_the_link_without_opening_it_uses_up_nothing(store: Store, clock: FakeClock) -> None:
    async def story(at: Office) -> None:
        back = await at.browser.begins()
        url = f"http://127.0.0.1:{at.browser.port}{back.removeprefix(BASE)}"
        async with at.browser.session.head(url) as looked:
            assert looked.status == HTTPStatus.METHOD_NOT_ALLOWED

        assert (await at.browser.opens(back)).status == HTTPStatus.OK

    told(store, clock, story)


# --- parts ---


def test_however_many_begin_only_so_many_are_remembered_the_newest_among_them(clock: FakeClock) -> None:
    states = States(clock)
    first, *_, last = [states.begin() for _ in range(MOST + 1)]

    assert len(states._waiting) == MOST
    assert [states.redeem(*first), states.redeem(*last)] == [False, True]


def test_only_hashes_are_remembered(clock: FakeClock) -> None:
    states = States(clock)
    state, browser = states.begin()

    assert state.encode() not in str(states._waiting).encode()
    assert browser.encode() not in str(states._waiting).encode()


@pytest.mark.parametrize("base", ["http://rapport.example.org", "rapport.example.org", ""])
def test_an_address_without_tls_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="https"):
        OAuth(
            wire=Wire(),
            client_id="i",
            client_secret="s",
            base_url=base,
            installer=None,
            tokens=OneToken("t"),  # type: ignore[arg-type]  # one token in the place of the store's
        )


ANSWER = {
    "access_token": "xoxb-1",
    "bot_user_id": "U0BOT",
    "team": {"id": "T1", "name": "Made Up"},
    "enterprise": None,
    "is_enterprise_install": False,
}
ODD = [
    {"access_token": ""},
    {"access_token": 1},
    {"bot_user_id": None},
    {"team": None},
    {"team": {"id": "../etc"}},
    {"team": {"id": "T1"}, "is_enterprise_install": True},
    {"expires_in": 43200},
    {"refresh_token": "r"},
    {"refresh_token": "r", "expires_in": -1},
    {"refresh_token": "r", "expires_in": "soon"},
    {"refresh_token": "", "expires_in": 1},
]


@pytest.mark.parametrize("odd", ODD, ids=json.dumps)
def test_an_answer_that_is_none_of_slacks_is_no_installation(odd) -> None:
    assert granted(ANSWER, MONDAY).workspace == "T1"
    with pytest.raises(Unsure, match="malformed"):
        granted(ANSWER | odd, MONDAY)
