"""The payloads kept for the adapter's parsers are what the fake sends over the wire."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.platforms.slack.listening import Listener, listening
from tests.platforms.slack.oauth import remove
from tests.platforms.slack.people import Json
from tests.platforms.slack.test_messages import BUTTONS, METADATA
from tests.platforms.slack.test_people_acting import MODAL

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FOLDER = Path(__file__).resolve().parents[2] / "adapters" / "payloads" / "slack"


async def _messages(app: Listener) -> dict[str, Json]:
    lena, kept = app.fake.person("U0LENA0001"), {}
    posted = await app.client.chat_postMessage(
        channel="U0LENA0001", text="Well?", blocks=[BUTTONS], metadata=METADATA, client_msg_id="c-1"
    )
    await app.fake.events.settle()
    kept["own_message"] = app.heard[-1].payload
    await app.client.chat_update(channel=posted["channel"], ts=posted["ts"], text="Changed.")
    await app.fake.events.settle()
    kept["message_changed"] = app.heard[-1].payload
    await lena.presses(lena.messages()[0], "Yes")
    kept["press"] = app.heard[-1].payload
    await lena.says("Good, thank you & <see you>", thread=posted["ts"])
    kept["say"] = app.heard[-1].payload
    app.says = lambda heard: {"text": "x", "blocks": [BUTTONS]} if "command" in heard.payload else None
    await lena.says("/rapport pulse now")
    kept["command"] = app.heard[-1].payload
    await lena.presses(lena.ephemeral()[0], "Yes")
    kept["press_on_ephemeral"] = app.heard[-1].payload
    return kept


async def _views(app: Listener) -> dict[str, Json]:
    lena, kept = app.fake.person("U0LENA0001"), {}
    await lena.opens_home()
    kept["open_home"] = app.heard[-1].payload
    await app.client.views_publish(user_id="U0LENA0001", view={"type": "home", "blocks": [BUTTONS]})
    await lena.presses("home", "Yes")
    kept["press_on_home"] = app.heard[-1].payload
    await lena.uses_shortcut("rapport")
    kept["shortcut"] = app.heard[-1].payload
    view = {**MODAL, "notify_on_close": True}
    await app.client.views_open(trigger_id=app.heard[-1].payload["trigger_id"], view=view)
    await lena.presses("modal", "Yes")
    kept["press_in_modal"] = app.heard[-1].payload
    await lena.submits({"score": "2", "comment": "all good"})
    kept["submit"] = app.heard[-1].payload
    await app.client.views_open(trigger_id=app.heard[-1].payload["trigger_id"], view=view)
    await lena.closes_modal()
    kept["close"] = app.heard[-1].payload
    return kept


async def _lives(app: Listener) -> dict[str, Json]:
    kept = {}
    await app.fake.events.joins(app.fake.users["U0LENA0001"])
    kept["join"] = app.heard[-1].payload
    await app.fake.events.changes(app.fake.users["U0LENA0001"], locale="de-DE")
    kept["change"] = app.heard[-1].payload
    await app.fake.events.changes(app.fake.users["U0LENA0001"], deleted=True)
    kept["leave"] = app.heard[-1].payload
    app.says = lambda _: {"challenge": "x"}
    await app.fake.events.verify()
    kept["verify"] = app.heard[-1].payload
    remove(app.fake, app.fake.team)
    await app.fake.events.settle()
    return kept | {h.payload["event"]["type"]: h.payload for h in app.heard[-2:]}


async def _organisation(app: Listener) -> dict[str, Json]:
    team = app.fake.add_workspace("T0ORG00001", "org-team", enterprise="E0ORG00001")
    app.fake.add_user("W0KOFI0001", workspace=team, name="kofi.mensah")
    app.fake.grant_to(team, "xoxb-org", org_wide=True)
    kofi, kept = app.fake.person("W0KOFI0001"), {}
    await kofi.says("/rapport help")
    kept["command_of_organisation"] = app.heard[-1].payload
    await kofi.uses_shortcut("rapport")
    kept["shortcut_of_organisation"] = app.heard[-1].payload
    await kofi.opens_home()
    kept["open_home_of_organisation"] = app.heard[-1].payload
    return kept


async def examples() -> dict[str, Json]:
    async with listening(clock=FakeClock()) as app:
        app.fake.base = "https://hooks.slack.example"
        app.fake.add_user("U0LENA0001", name="lena.vogt", tz="Europe/Zurich")
        kept = await _messages(app) | await _views(app)
        app.says = lambda _: None
        return kept | await _organisation(app) | await _lives(app)


def test_every_kept_payload_is_what_comes_over_the_wire() -> None:
    found = asyncio.run(examples())
    if os.environ.get("RAPPORT_GOLDEN") == "write":
        for name, payload in found.items():
            text = json.dumps(payload, indent=2, ensure_ascii=False)
            (FOLDER / f"{name}.json").write_text(text + "\n", "utf-8")

    kept = {path.stem: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")}

    assert {name: kept.get(name) for name in found} == found


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("press", "container channel message response_url trigger_id actions state is_enterprise_install"),
        ("press_in_modal", "container view trigger_id actions"),
        ("submit", "view trigger_id response_urls api_app_id"),
        ("command", "command text response_url trigger_id team_domain channel_id user_id"),
        ("say", "event event_id event_time authorizations team_id api_app_id"),
        ("shortcut", "callback_id action_ts trigger_id"),
    ],
)
def test_a_kept_payload_holds_what_slack_documents(name: str, holds: str) -> None:
    payload = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))

    assert set(holds.split()) <= set(payload)
