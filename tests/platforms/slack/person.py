"""A human being with a Slack client: what they see, and what their taps and words tell the app."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from tests.platforms.slack import widgets
from tests.platforms.slack.chat import authored, content
from tests.platforms.slack.errors import Refusal
from tests.platforms.slack.events import Events
from tests.platforms.slack.payloads import Payloads, acted
from tests.platforms.slack.people import Channel, Json, Post
from tests.platforms.slack.reach import Answer, Reach
from tests.platforms.slack.views import checked
from tests.platforms.slack.world import World

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class Seen:
    """A message, a modal or a Home tab as it stood when it was looked at."""

    kind: Literal["message", "modal", "home"]
    body: Json
    channel: str = ""
    ephemeral: bool = False

    @property
    def ts(self) -> str:
        return str(self.body.get("ts", ""))

    @property
    def thread(self) -> str:
        return str(self.body.get("thread_ts", ""))

    @property
    def text(self) -> str:
        """The message's ``text``: notifications, screen readers, and what shows where there are no blocks."""
        return str(self.body.get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        return list(self.body.get("blocks") or [])

    @property
    def title(self) -> str:
        """The title of a view, or the first header of a message."""
        given = self.body.get("title")
        if isinstance(given, dict):
            return str(given["text"])
        headers = (b["text"]["text"] for b in self.blocks if b.get("type") == "header")
        return next((str(header) for header in headers), "")

    @property
    def buttons(self) -> list[str]:
        return widgets.labels(self.blocks)

    @property
    def fields(self) -> dict[str, Json]:
        return widgets.fields(self.blocks)

    @property
    def words(self) -> str:
        """Everything that can be read: of a message with blocks the blocks, else its text."""
        read = widgets.readable(self.blocks) if self.blocks else self.text
        return f"{self.title}\n{read}" if self.kind == "modal" else read


class Person:
    """One user in front of their client. What they see are snapshots; pressing an old one is a stale click."""

    def __init__(self, world: World, reach: Reach, events: Events, user: str) -> None:
        self.world = world
        self.reach = reach
        self.events = events
        self.user = world.user(user)
        self.make = Payloads(world, self.user)
        self.errors: dict[str, str] = {}
        """What stands under the fields of the open modal, by block id."""
        self.troubles: list[str] = []
        """What Slack itself complained about: the app was too slow, or answered nonsense."""

    def messages(self, channel: str = "") -> list[Seen]:
        """The conversation with the app (or a channel), oldest first, without what is ephemeral."""
        return [seen for seen in self.sees(channel) if not seen.ephemeral]

    def ephemeral(self, channel: str = "") -> list[Seen]:
        """What only they see, in the conversation with the app or a channel."""
        return [seen for seen in self.sees(channel) if seen.ephemeral]

    def sees(self, channel: str = "") -> list[Seen]:
        """Everything in a conversation that is shown to them."""
        found = self.world.channel(channel) if channel else self.world.open_for(self.user.id)
        if found is None:
            return []
        return [self._seen(found, post) for post in found.posts.values() if self._shown(post)]

    def home(self) -> Seen | None:
        view = self.world.screens.homes.get(self.user.id)
        return None if view is None else Seen("home", deepcopy(view))

    def modal(self) -> Seen | None:
        """The modal on top, if one is open."""
        view = self.world.screens.top(self.user.id)
        return None if view is None else Seen("modal", deepcopy(view))

    async def says(self, text: str, *, channel: str = "", thread: str = "") -> Answer:
        """Write to the app, or use a command if the text begins with a slash."""
        place = self.world.channel(channel) if channel else self.world.dm(self.user)
        if text.startswith("/"):
            return await self._commands(place, text)
        if place.is_dm and not self.world.messages_tab:
            raise Refusal("Sending messages to this app has been turned off.")
        body = self.make.words(place, text, thread)
        self.world.put(place, Post(body))
        event = body | {"channel": place.id, "event_ts": body["ts"], "channel_type": "im"}
        if not place.is_dm:
            event["channel_type"] = "channel"
        return await self.events.first(event, self.user.team)

    async def presses(self, where: Seen | Literal["modal", "home"] | None, what: str) -> Answer:
        """Press a button, or choose an option, by its label or value."""
        seen = where if isinstance(where, Seen) else (self.modal() if where == "modal" else self.home())
        if seen is None:
            raise LookupError(f"there is no {where} to press in")
        block, element, chosen = widgets.pressed(seen.blocks, what)
        action = acted(element, block, chosen, self.world.stamp())
        if seen.kind == "message":
            channel = self.world.channel(seen.channel)
            payload = self.make.pressed_in_message(channel, seen.body, action, ephemeral=seen.ephemeral)
            payload["state"] = widgets.state(seen.blocks, {})
        else:
            payload = self.make.pressed_in_view(seen.body, action)
            payload["view"]["state"] = widgets.state(seen.blocks, seen.body["state"]["values"])
        return self._complains(await self.reach.deliver("interactive", payload))

    def fills(self, values: Mapping[str, str]) -> None:
        """Type into the fields of the open modal, named by block id or label; nothing is sent."""
        view = self._open_modal()
        for name, value in values.items():
            block = _field(view, name)
            element = block["element"]
            typed = view["state"]["values"].setdefault(block["block_id"], {})
            typed[element["action_id"]] = widgets.filled(element, value)

    async def submits(self, values: Mapping[str, str] | None = None) -> Answer:
        """Send the open modal. What Slack checks itself (required, length) stops it before the app hears of it."""
        self.fills(values or {})
        view = self._open_modal()
        state = widgets.state(view["blocks"], view["state"]["values"])
        self.errors = {
            name: sentence
            for name, block in widgets.fields(view["blocks"]).items()
            if (sentence := widgets.refused(block, state["values"][name][block["element"]["action_id"]]))
        }
        if self.errors:
            return Answer(0, None, failed="not_sent")
        view["state"] = state
        answer = await self.reach.deliver("interactive", self.make.submitted(deepcopy(view)))
        return self._acts_on(answer, view)

    async def closes_modal(self, *, clears: bool = False) -> Answer | None:
        """Close the top modal (or all); the app hears of it only if it asked to."""
        view = self._open_modal()
        if clears:
            self.world.screens.clear(self.user.id)
        else:
            self.world.screens.pop(self.user.id)
        self.errors = {}
        if not view["notify_on_close"]:
            return None
        return await self.reach.deliver("interactive", self.make.closed(deepcopy(view), is_cleared=clears))

    async def opens_home(self, tab: Literal["home", "messages"] = "home") -> Answer:
        view = self.world.screens.homes.get(self.user.id) if tab == "home" else None
        event = self.make.home_opened(self.world.dm(self.user), tab, deepcopy(view))
        return await self.events.first(event, self.user.team)

    async def uses_shortcut(self, callback_id: str) -> Answer:
        return self._complains(await self.reach.deliver("interactive", self.make.shortcut(callback_id)))

    def _open_modal(self) -> Json:
        view = self.world.screens.top(self.user.id)
        if view is None:
            raise LookupError("no modal is open")
        return view

    def _shown(self, post: Post) -> bool:
        return post.only_for in {"", self.user.id}

    def _seen(self, channel: Channel, post: Post) -> Seen:
        return Seen("message", deepcopy(post.body), channel.id, ephemeral=bool(post.only_for))

    async def _commands(self, place: Channel, text: str) -> Answer:
        command, _, rest = text.partition(" ")
        answer = await self.reach.deliver("slash_commands", self.make.command(place, command, rest.strip()))
        if not answer.ok:
            why = "operation_timeout" if answer.failed == "http_timeout" else "dispatch_failed"
            return self._complains(answer, f"{command} failed with the error “{why}”")
        said = {"text": answer.body} if isinstance(answer.body, str) else answer.body
        if said and (said.get("text") or said.get("blocks")):
            self._answered(place, said)
        return answer

    def _answered(self, place: Channel, said: Json) -> None:
        """Show what a command's own response says."""
        try:
            text, blocks = content(self.world, said)
        except Refusal as wrong:
            self._complains(Answer(200, said, failed=wrong.code))
            return
        body = authored(self.world, self.make.grant, place) | {"ts": self.world.stamp(), "text": text}
        only_for = "" if said.get("response_type") == "in_channel" else self.user.id
        self.world.put(place, Post(body | ({"blocks": blocks} if blocks else {}), only_for))

    def _acts_on(self, answer: Answer, view: Json) -> Answer:
        """Do with the modal what the app's answer says."""
        said = answer.body if isinstance(answer.body, dict) else {}
        screens, action = self.world.screens, said.get("response_action")
        if not answer.ok:
            return self._complains(answer)
        try:
            match action:
                case None:
                    screens.pop(self.user.id)
                case "clear":
                    screens.clear(self.user.id)
                case "update":
                    screens.change(view["id"], self._new(said))
                case "push":
                    screens.push(self.user.id, self._new(said))
                case "errors":
                    self.errors = _errors(view, said)
                case _:
                    return self._complains(Answer(200, said, answer.ms, "unknown response_action"))
        except Refusal as wrong:
            return self._complains(Answer(answer.status, said, answer.ms, wrong.code))
        self.world.touch()
        return answer

    def _new(self, said: Json) -> Json:
        return checked(self.world, self.make.grant, said, self.user.team, "modal")

    def _complains(self, answer: Answer, sentence: str = TROUBLE) -> Answer:
        if not answer.ok:
            self.troubles.append(sentence)
            self.world.troubles.append(f"{self.user.id}: {sentence} ({answer.failed} {answer.status})")
        self.world.touch()
        return answer


def _field(view: Json, name: str) -> Json:
    fields = widgets.fields(view["blocks"])
    if name in fields:
        return fields[name]
    found = next((block for block in fields.values() if block["label"]["text"] == name), None)
    if found is None:
        raise LookupError(f"there is no field {name!r} among {list(fields)}")
    return found


def _errors(view: Json, said: Json) -> dict[str, str]:
    errors: Any = said.get("errors")
    known = widgets.fields(view["blocks"])
    if not isinstance(errors, dict) or not errors or not set(errors) <= set(known):
        raise Refusal("errors name no field of the form")
    return {str(name): str(sentence) for name, sentence in errors.items()}
