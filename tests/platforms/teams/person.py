"""A human being with a Teams client: what they see, and what their taps and words tell the bot."""

import asyncio
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.platforms.teams import widgets
from tests.platforms.teams.activities import Activities
from tests.platforms.teams.connector import CARD
from tests.platforms.teams.people import Conversation, Json, Post, User
from tests.platforms.teams.reach import Answer, Reach
from tests.platforms.teams.world import World

UNABLE = "Unable to reach app. Please try again."
WRONG = "Something went wrong. Please try again."

MESSAGE = "application/vnd.microsoft.activity.message"


@dataclass(frozen=True)
class Seen:
    """A message or a dialog as it stood when it was looked at."""

    kind: Literal["message", "dialog"]
    body: Json
    conversation: str = ""
    targeted: bool = False
    cards: list[Json] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.body.get("id", ""))

    @property
    def thread(self) -> str:
        return str(self.body.get("replyToId", ""))

    @property
    def text(self) -> str:
        return str(self.body.get("text", ""))

    @property
    def summary(self) -> str:
        """What notifications show."""
        return str(self.body.get("summary", ""))

    @property
    def card(self) -> Json:
        """Its first card; empty without one."""
        return self.cards[0] if self.cards else {}

    @property
    def title(self) -> str:
        """The title of a dialog, or the first heading of a message."""
        if self.kind == "dialog":
            return str(self.body.get("title", ""))
        texts = (node for node in widgets.nodes(self.card) if node.get("type") == "TextBlock")
        return next((str(node["text"]) for node in texts if node.get("style") == "heading"), "")

    @property
    def buttons(self) -> list[str]:
        return [label for card in self.cards for label in widgets.labels(card)]

    @property
    def fields(self) -> dict[str, Json]:
        return {name: one for card in self.cards for name, one in widgets.inputs(card).items()}

    @property
    def words(self) -> str:
        """Everything that can be read."""
        read = "\n".join(part for part in (self.text, *map(widgets.readable, self.cards)) if part)
        return f"{self.title}\n{read}" if self.kind == "dialog" else read


class Person:
    """One user in front of their client. What they see are snapshots; pressing an old one is a stale click.

    ``old``: their client knows no ``Action.Execute`` and takes its fallback. ``dialogs``: whether it knows any; one that
    does not sends a message where a dialog is asked for.
    """

    def __init__(self, world: World, reach: Reach, user: User) -> None:
        self.world = world
        self.reach = reach
        self.user = user
        self.make = Activities(world, user)
        self.old = False
        self.dialogs = True
        self.errors: dict[str, str] = {}
        """What stands under the fields that were sent last, by their ids."""
        self.troubles: list[str] = []
        """What Teams itself complained about: the bot was too slow, or answered nonsense."""
        self.told: list[str] = []
        """Sentences that answered a press, over the card or in a dialog."""
        self._dialog: Seen | None = None
        self._typed: dict[str, str] = {}

    def messages(self, place: str = "") -> list[Seen]:
        """The bot's messages in the conversation with it (or another), oldest first, without what is targeted."""
        return [seen for seen in self.sees(place) if not seen.targeted and seen.body.get("by") == ""]

    def targeted(self, place: str = "") -> list[Seen]:
        """What only they see in a conversation."""
        return [seen for seen in self.sees(place) if seen.targeted]

    def sees(self, place: str = "") -> list[Seen]:
        """Everything in a conversation that is shown to them, their own words too."""
        found = self.world.conversation(place) if place else self.world.open_for(self.user.id)
        if found is None or self.user.id not in found.members:
            return []
        return [self._seen(found, post) for post in found.posts.values() if self._shown(post)]

    def dialog(self) -> Seen | None:
        """The dialog that is open."""
        return self._dialog

    async def says(self, text: str, *, place: str = "", thread: str = "", targeted: bool = False) -> Answer:
        """Write to the bot; elsewhere it is mentioned or, ``targeted``, called by a slash command."""
        found = self._place(place)
        activity = self.make.message(found, text, thread=thread, targeted=targeted)
        self.world.put(found, Post({**activity}, self.user.id, self.user.id if targeted else ""))
        return self._heard(await self.reach.deliver(activity))

    writes = says

    async def presses(self, where: Seen | Literal["dialog"] | None, what: str) -> Answer:
        """Press a button by its title (or what it carries); the fields are sent along, once they are right."""
        seen = self._dialog if where == "dialog" else where
        if seen is None:
            raise LookupError(f"there is no {where} to press in")
        card, action = _action(seen, what)
        if self.old and action["type"] == "Action.Execute":
            action = action.get("fallback") or {}
            if not isinstance(action, dict) or action.get("type") != "Action.Submit":
                raise LookupError(f"an old client can't press {what!r}")
        held: dict[str, str] = {}
        if action.get("associatedInputs", "auto") != "none":
            held = widgets.values(card, self._typed)
            self.errors = widgets.refused(card, held)
            if self.errors:
                return Answer(0, None, failed="not_sent")
        data = {**(action.get("data") or {}), **held}
        match action["type"]:
            case "Action.Execute":
                return await self._executes(seen, action, data)
            case "Action.Submit":
                return await self._submits(seen, data)
            case other:
                raise LookupError(f"{other} tells the bot nothing")

    def fills(self, values: Mapping[str, str], on: Seen | None = None) -> None:
        """Type into the fields of the open dialog, or of a message; nothing is sent."""
        seen = on or self._dialog
        if seen is None:
            raise LookupError("no dialog is open")
        for name, value in values.items():
            card = next((one for one in seen.cards if name in _names(one)), seen.card)
            found = widgets.field(card, name)
            self._typed[found] = widgets.filled(widgets.inputs(card)[found], value)

    async def submits(self, values: Mapping[str, str], what: str, on: Seen | None = None) -> Answer:
        """Fill in the open dialog, or the form in a message, and press the button that sends it."""
        self.fills(values, on)
        return await self.presses(on or "dialog", what)

    def closes_dialog(self) -> None:
        """Close the dialog; the bot hears nothing of it."""
        self._dialog = None
        self._typed.clear()

    async def installs(self, place: str = "") -> list[Answer]:
        """Install the app, for themselves or in a team: two events at once, in an order that nobody promises (T14)."""
        if not place:
            self.user.installed, self.user.blocked = True, False
        return await self._both("add", "membersAdded", self._place(place))

    async def uninstalls(self, place: str = "") -> list[Answer]:
        """Remove the app; if it is their own, what it posts from now on is refused."""
        if not place:
            self.user.installed = False
        return await self._both("remove", "membersRemoved", self._place(place))

    async def joins(self, place: str) -> Answer:
        """Join a team or a group chat that has the app."""
        found = self.world.conversation(place)
        found.members.append(self.user.id)
        return await self.reach.deliver(self.make.members(found, "membersAdded", self.user, bot=False))

    async def leaves(self, place: str) -> Answer:
        found = self.world.conversation(place)
        found.members.remove(self.user.id)
        return await self.reach.deliver(self.make.members(found, "membersRemoved", self.user, bot=False))

    async def opens(self) -> Answer:
        """Install the app, if need be, and return the first answer: how a person comes to the bot."""
        return (await self.installs())[0] if not self.user.installed else Answer(0, None)

    async def _both(self, action: str, change: str, place: Conversation) -> list[Answer]:
        """Tell that the app was installed or removed; in a team nobody else comes or goes with it."""
        moved = [self.user] if place.kind == "personal" else []
        events = [self.make.installation(place, action), self.make.members(place, change, *moved)]
        if self.world.random.random() < 0.5:
            events.reverse()
        return await asyncio.gather(*(self.reach.deliver(event) for event in events))

    def blocks(self) -> None:
        """Block the bot: it hears nothing of it, and its next message is refused."""
        self.user.blocked = True

    async def reacts(self, seen: Seen, kind: str = "like") -> Answer:
        place = self.world.conversation(seen.conversation)
        return self._heard(await self.reach.deliver(self.make.reaction(place, kind, seen.id)))

    async def _executes(self, seen: Seen, action: Json, data: Json) -> Answer:
        place = self.world.conversation(seen.conversation)
        answer = await self.reach.deliver(self.make.executed(place, action, data, seen.id))
        said = answer.body
        if not answer.ok or not isinstance(said, dict) or set(said) < {"statusCode", "type", "value"}:
            return self._complains(answer, UNABLE)
        if said["statusCode"] != 200:
            return self._complains(answer, WRONG)
        if said["type"] == CARD and isinstance(said["value"], dict):
            if wrong := self.world.validate(said["value"]):
                return self._complains(answer, "; ".join(wrong))
            place.posts[seen.id].views[self.user.id] = said["value"]
        elif said["type"] == MESSAGE and isinstance(said["value"], str):
            self.told.append(said["value"])
        else:
            return self._complains(answer, WRONG)
        return self._done(answer)

    async def _submits(self, seen: Seen, data: Json) -> Answer:
        place = self.world.conversation(seen.conversation)
        if seen.kind == "dialog":
            return self._task(await self.reach.deliver(self.make.task(place, "task/submit", data)), seen)
        if self.dialogs and (data.get("msteams") or {}).get("type") == "task/fetch":
            fetch = self.make.task(place, "task/fetch", data, seen.id)
            return self._task(await self.reach.deliver(fetch), seen)
        return self._done(self._heard(await self.reach.deliver(self.make.submitted(place, data, seen.id))))

    def _task(self, answer: Answer, seen: Seen) -> Answer:
        """Do with the dialog what the bot's answer says; without anything said it closes."""
        if not answer.ok:
            return self._complains(answer, UNABLE)
        said = answer.body if isinstance(answer.body, dict) else {}
        match said.get("task"):
            case None if seen.kind == "dialog":
                self._dialog = None
            case {"type": "message", "value": str(sentence)}:
                self.told.append(sentence)
                self._dialog = None
            case {"type": "continue", "value": {"card": {"contentType": str(kind), "content": dict(card)}}}:
                wrong = [] if kind == CARD else [kind]
                if wrong := wrong + self.world.validate(card):
                    return self._complains(answer, "; ".join(wrong))
                shown = said["task"]["value"]
                self._dialog = Seen("dialog", shown, seen.conversation, cards=[deepcopy(card)])
            case _:
                return self._complains(answer, WRONG)
        return self._done(answer)

    def _place(self, place: str) -> Conversation:
        return self.world.conversation(place) if place else self.world.personal(self.user)

    def _shown(self, post: Post) -> bool:
        return not post.deleted and post.only_for in {"", self.user.id}

    def _seen(self, place: Conversation, post: Post) -> Seen:
        body = deepcopy(post.body) | {"by": post.by}
        attached = (one.get("content") for one in body.get("attachments") or [] if one["contentType"] == CARD)
        cards = [card for card in attached if isinstance(card, dict)]
        if self.user.id in post.views:
            cards = [deepcopy(post.views[self.user.id])]
        return Seen("message", body, place.id, bool(post.only_for), cards)

    def _heard(self, answer: Answer) -> Answer:
        return answer if answer.ok else self._complains(answer, "Sorry, my bot code is having an issue.")

    def _done(self, answer: Answer) -> Answer:
        self._typed.clear()
        self.world.touch()
        return answer

    def _complains(self, answer: Answer, sentence: str) -> Answer:
        self.troubles.append(sentence)
        self.world.troubles.append(f"{self.user.id}: {sentence} ({answer.failed} {answer.status})")
        self.world.touch()
        return answer


def _action(seen: Seen, what: str) -> tuple[Json, Json]:
    """Return an action that can be pressed, with the card it stands in."""
    missing: Any = None
    for card in seen.cards:
        try:
            return card, widgets.pressed(card, what)
        except LookupError as error:
            missing = error
    raise missing or LookupError(f"there is no card to press {what!r} in")


def _names(card: Json) -> set[str]:
    return {name for key, one in widgets.inputs(card).items() for name in (key, str(one.get("label", "")))}
