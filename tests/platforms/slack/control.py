"""Doors for whoever drives a fake in another process: what people see and do, faults, the history.

They are under ``/fake/``, take and give JSON, ask for no password and are served on loopback only:

- ``GET /fake/settings``: tokens, secrets and addresses that the app needs; ``POST`` sets ``events_url``, ``limits``;
- ``GET /fake/people`` · ``GET /fake/sees/<user>``: messages, ephemeral ones, modal and Home;
- ``POST /fake/acts/<user>``: ``{"says": text, "thread": ts}``, ``{"presses": label, "on": "modal" | "home" | ts}``,
  ``{"submits": values}``, ``{"opens_home": true}`` or ``{"uses_shortcut": id}``; gives the app's answer;
- ``POST /fake/faults``: ``{"method": name, "kind": …, "times": n}``, the other keys as the fields of ``Fault``;
- ``GET /fake/calls`` · ``GET /fake/check``: the history, and the checker's complaints.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict

from aiohttp import web

from tests.platforms.slack.checker import check
from tests.platforms.slack.faults import Fault
from tests.platforms.slack.people import Json
from tests.platforms.slack.person import Person, Seen
from tests.platforms.slack.reach import Answer
from tests.platforms.slack.server import FakeSlack

Door = Callable[[web.Request], Awaitable[web.Response]]


class Control:
    """The doors of one fake."""

    def __init__(self, fake: FakeSlack) -> None:
        self.fake = fake

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/fake/settings", self.settings)
        app.router.add_post("/fake/settings", self.set)
        app.router.add_get("/fake/people", self.people)
        app.router.add_get("/fake/sees/{user}", self.sees)
        app.router.add_post("/fake/acts/{user}", self.acts)
        app.router.add_post("/fake/faults", self.faults)
        app.router.add_get("/fake/calls", self.calls)
        app.router.add_get("/fake/check", self.check)

    async def settings(self, _request: web.Request) -> web.Response:
        fake = self.fake
        return web.json_response(
            {
                "api_url": fake.url,
                "events_url": fake.events_url,
                "team": fake.team,
                "bot_token": fake.bot_token,
                "app_token": fake.app_token,
                "signing_secret": fake.signing_secret,
                "client_id": fake.client_id,
                "client_secret": fake.client_secret,
                "limits": fake.limits.on,
            }
        )

    async def set(self, request: web.Request) -> web.Response:
        wanted: Json = await request.json()
        self.fake.events_url = wanted.get("events_url", self.fake.events_url)
        self.fake.limits.on = wanted.get("limits", self.fake.limits.on)
        return await self.settings(request)

    async def people(self, _request: web.Request) -> web.Response:
        shapes = [user.shape(self.fake.moment(), locale=True) for user in self.fake.users.values()]
        return web.json_response(shapes)

    async def sees(self, request: web.Request) -> web.Response:
        person = self.fake.person(request.match_info["user"])
        home, modal = person.home(), person.modal()
        return web.json_response(
            {
                "messages": [_plain(seen) for seen in person.messages()],
                "ephemeral": [_plain(seen) for seen in person.ephemeral()],
                "home": home and _plain(home),
                "modal": modal and _plain(modal),
            }
        )

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
        method, times = asked.pop("method"), asked.pop("times", 1)
        self.fake.faults.next(method, Fault(**asked), times=times)
        return web.json_response({"ok": True})

    async def calls(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(call) for call in self.fake.calls])

    async def check(self, _request: web.Request) -> web.Response:
        return web.json_response(check(self.fake))


async def _act(person: Person, asked: Json) -> Answer:
    match asked:
        case {"says": text}:
            return await person.says(text, thread=asked.get("thread", ""))
        case {"presses": what}:
            return await person.presses(_place(person, asked.get("on", "")), what)
        case {"submits": values}:
            return await person.submits(values)
        case {"uses_shortcut": name}:
            return await person.uses_shortcut(name)
        case {"opens_home": _}:
            return await person.opens_home()
        case _:
            raise LookupError(f"nobody can do {sorted(asked)}")


def _place(person: Person, on: str) -> Seen | None:
    """Return what is named: the modal, the Home tab, a message by its ts, or without a name the last message."""
    if on in {"modal", "home"}:
        return person.modal() if on == "modal" else person.home()
    seen = [one for one in person.sees() if on in {"", one.ts}]
    return seen[-1] if seen else None


def _plain(seen: Seen) -> Json:
    return {
        "ts": seen.ts,
        "title": seen.title,
        "words": seen.words,
        "buttons": seen.buttons,
        "fields": sorted(seen.fields),
        "body": seen.body,
    }
