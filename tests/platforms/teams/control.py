"""Doors for whoever drives a fake in another process: what people see and do, faults, the history.

They are under ``/fake/``, take and give JSON, ask for no password and are served on loopback only:

- ``GET /fake/settings``: ids, secret and addresses that the app needs; ``POST`` sets ``messages_url``, ``limits``;
- ``GET /fake/people`` · ``GET /fake/sees/<user>``: what stands in their chat with the bot, and their dialog;
- ``POST /fake/installs``: everybody who does not have the app gets it; gives whom the app did not hear of;
- ``POST /fake/acts/<user>``: ``{"says": text}``, ``{"presses": label, "on": "dialog" | id}``, ``{"submits": values,
  "with": label, "on": …}``, ``{"installs": true}`` or ``{"uninstalls": true}``; gives the app's answer;
- ``POST /fake/faults``: ``{"call": name, "kind": …, "times": n}``, the other keys as the fields of ``Fault``;
- ``GET /fake/calls`` · ``GET /fake/check``: the history, and the checker's complaints.
"""

from dataclasses import asdict

from aiohttp import web

from tests.platforms.teams.checker import check
from tests.platforms.teams.faults import Fault
from tests.platforms.teams.people import Json
from tests.platforms.teams.person import Person, Seen
from tests.platforms.teams.reach import Answer
from tests.platforms.teams.roll import install_for_all
from tests.platforms.teams.server import FakeTeams


class Control:
    """The doors of one fake."""

    def __init__(self, fake: FakeTeams) -> None:
        self.fake = fake

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/fake/settings", self.settings)
        app.router.add_post("/fake/settings", self.set)
        app.router.add_get("/fake/people", self.people)
        app.router.add_get("/fake/sees/{user}", self.sees)
        app.router.add_post("/fake/installs", self.installs)
        app.router.add_post("/fake/acts/{user}", self.acts)
        app.router.add_post("/fake/faults", self.faults)
        app.router.add_get("/fake/calls", self.calls)
        app.router.add_get("/fake/check", self.check)

    async def settings(self, _request: web.Request) -> web.Response:
        fake = self.fake
        more = {"messages_url": fake.messages_url, "limits": fake.limits.on}
        return web.json_response(needed(fake) | more)

    async def set(self, request: web.Request) -> web.Response:
        wanted: Json = await request.json()
        self.fake.messages_url = wanted.get("messages_url", self.fake.messages_url)
        self.fake.limits.on = wanted.get("limits", self.fake.limits.on)
        return await self.settings(request)

    async def people(self, _request: web.Request) -> web.Response:
        return web.json_response([user.shape() for user in self.fake.users.values()])

    async def sees(self, request: web.Request) -> web.Response:
        person = self.fake.person(request.match_info["user"])
        dialog = person.dialog()
        messages = [_plain(seen) for seen in person.sees()]
        return web.json_response({"messages": messages, "dialog": dialog and _plain(dialog)})

    async def installs(self, _request: web.Request) -> web.Response:
        return web.json_response({"unheard": await install_for_all(self.fake)})

    async def acts(self, request: web.Request) -> web.Response:
        person = self.fake.person(request.match_info["user"])
        try:
            answer = await _act(person, await request.json())
        except LookupError as missing:
            return web.json_response({"error": str(missing)}, status=404)
        said = {"status": answer.status, "body": answer.body, "ms": answer.ms, "failed": answer.failed}
        return web.json_response({**said, "errors": person.errors, "troubles": person.troubles})

    async def faults(self, request: web.Request) -> web.Response:
        asked: Json = await request.json()
        call, times = asked.pop("call"), asked.pop("times", 1)
        self.fake.faults.next(call, Fault(**asked), times=times)
        return web.json_response({"ok": True})

    async def calls(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(call) for call in self.fake.calls])

    async def check(self, _request: web.Request) -> web.Response:
        return web.json_response(check(self.fake))


def needed(fake: FakeTeams) -> dict[str, str]:
    """Return what an app must know to work with a fake, by the names of its settings."""
    return {
        "app_id": fake.app_id,
        "app_secret": fake.secret,
        "tenants": fake.tenant,
        "service_urls": fake.service_url,
        "login_url": fake.login_url,
        "openid_url": fake.openid_url,
    }


async def _act(person: Person, asked: Json) -> Answer:
    match asked:
        case {"says": text}:
            return await person.says(text)
        case {"presses": what}:
            return await person.presses(_place(person, asked.get("on", "")), what)
        case {"submits": values, "with": what}:
            return await person.submits(values, what, _place(person, asked.get("on", "")))
        case {"installs": _}:
            return (await person.installs())[0]
        case {"uninstalls": _}:
            return (await person.uninstalls())[0]
        case _:
            raise LookupError(f"nobody can do {sorted(asked)}")


def _place(person: Person, on: str) -> Seen | None:
    """Return what is named: the dialog, a message by its id, or without a name the last one of the bot."""
    if on == "dialog":
        return person.dialog()
    seen = person.messages() if not on else [one for one in person.sees() if one.id == on]
    return seen[-1] if seen else None


def _plain(seen: Seen) -> Json:
    return {
        "id": seen.id,
        "title": seen.title,
        "words": seen.words,
        "buttons": seen.buttons,
        "fields": sorted(seen.fields),
        "body": seen.body,
    }
