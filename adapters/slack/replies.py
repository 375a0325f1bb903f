"""What a reply does in Slack: where it is shown, and by which other way when the first is shut.

A form that was submitted is answered in the acknowledgement itself (``answer``); everything else is shown after it
(``show``). Figures go nowhere but into a modal, the Home tab, a direct message or a message for one pair of eyes.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, assert_never
from uuid import uuid4

from adapters.outbound import patiently
from adapters.slack.controls import fits
from adapters.slack.receive import AGAIN, Origin, Spot
from adapters.slack.render import Message, forms, home, modal
from adapters.slack.web import TOO_MUCH, Rejected, Web
from bot.errors import Disconnected, PlatformError, TryLater, Unsure
from bot.logs import get_logger
from bot.talk.cards import Action, Card, Chart, Table
from bot.talk.events import Invalid, Nothing, OpenForm, Private, Replace, Reply
from bot.talk.language import words
from bot.talk.opening import offer

Json = dict[str, Any]
Show = Callable[[Message], Awaitable[object]]

CLEAR: Json = {"response_action": "clear"}

log = get_logger()


@dataclass(frozen=True, slots=True)
class Stage:
    """The place where the reply to one act is shown."""

    web: Web
    spot: Spot

    def answer(self, reply: Reply) -> Json:
        """Return what the acknowledgement carries: for a form that was submitted what becomes of it, else nothing."""
        if not self.spot.submitted:
            return {}
        match reply:
            case Private(card) if not _drawn(card):
                return {"response_action": "update", "view": modal(card, self._origin.encode())}
            case OpenForm(card) | Replace(beside=Card() as card):
                return {"response_action": "update", "view": modal(card, self._origin.encode())}
            case Invalid(fields) if self.spot.asks:
                return {"response_action": "errors", "errors": _under(fields, self.spot.asks)}
            case _:
                return CLEAR

    async def show(self, reply: Reply) -> None:
        """Show what the acknowledgement does not carry."""
        match reply:
            case Replace(card, beside):
                await self._show_replacement(card)
                if beside is not None and not self.spot.submitted:
                    await self._private(beside)
            case Private(card):
                await self._show_privately(card)
            case OpenForm(card, receipt):
                await self._show_form(card, receipt)
            case Invalid(fields):
                await self._show_complaints(fields)
            case Nothing():
                pass
            case _:
                assert_never(reply)

    # --- what each kind of reply does, by where the act came from ---

    async def _show_replacement(self, card: Card) -> None:
        if self.spot.surface == "message" or self.spot.submitted:
            await self._replace(card)
        else:
            await self._show_privately(card)

    async def _show_privately(self, card: Card) -> None:
        match self.spot:
            case Spot(surface="home", trigger=""):
                await self._call("views.publish", user_id=self.spot.user, view=home(card))
            case Spot(surface="home"):
                await (self._direct(card) if _drawn(card) else self._open(card))
            case Spot(surface="modal", submitted=False):
                await self._turn(card)
            case Spot(surface="modal"):
                await (self._direct(card) if _drawn(card) else _nothing())
            case Spot(surface="typed" | "shortcut"):
                await self._direct(card)
            case _:
                await self._private(card)

    async def _show_form(self, card: Card, receipt: Card | None) -> None:
        """Open a form, then put the receipt in the place of what was pressed: the form cannot wait, the receipt can."""
        match self.spot:
            case Spot(surface="modal", submitted=False):
                await self._turn(card)
            case Spot(surface="modal"):
                pass  # the acknowledgement turns the modal into it
            case Spot(trigger=""):
                await self._offer(card)
            case _:
                await self._open(card)
        if receipt is not None:
            await self._show_receipt(receipt)

    async def _show_receipt(self, card: Card) -> None:
        if self.spot.surface in {"message", "modal"}:
            await self._replace(card)
        elif self.spot.surface == "command":
            await self._private(card)
        else:
            await self._direct(card)

    async def _show_complaints(self, fields: Mapping[str, str]) -> None:
        """Say in a line what does not fit, where there is no field to say it under."""
        if not (self.spot.submitted and self.spot.asks):
            await self._say(" ".join(fields.values()))

    # --- ways of showing ---

    async def _open(self, card: Card) -> None:
        """Open a modal with the trigger of the act; if that is no longer good, ask the person to press again."""
        view = modal(card, self._origin.encode())
        try:
            await self.web.call(self.spot.workspace, "views.open", trigger_id=self.spot.trigger, view=view)
        except Disconnected:
            raise
        except PlatformError as error:
            log.warning("slack.not_opened", reason=str(error), error=type(error).__name__)
            await self._say(words(card.locale)("form.not_opened"))

    async def _turn(self, card: Card) -> None:
        """Turn the modal whose button was pressed into a card; if it was closed meanwhile, show the card elsewhere."""
        view = modal(card, self._origin.encode())
        try:
            await self._call("views.update", view_id=self.spot.view, view=view)
        except Rejected as error:
            log.info("slack.modal_gone", reason=str(error))
            if card.submit is None:
                await self._private(card)
            else:
                await self._say(words(card.locale)("form.not_opened"))

    async def _replace(self, card: Card) -> None:
        """Put a card in the place of the message that was acted upon; if there is none, show it privately."""
        if not self._origin.ts:
            await self._private(card)
        else:
            await self._first_open(card, self._instead(), whatever_happens=True)

    def _instead(self) -> Iterator[Show]:
        origin = self._origin
        if origin.response_url:
            yield lambda shown: self._respond(shown, replace_original=True)
        yield lambda shown: self._call("chat.update", channel=origin.channel, ts=origin.ts, **shown.changed)
        yield self._posting()

    async def _private(self, card: Card) -> None:
        await self._first_open(card, self._privately())

    def _privately(self) -> Iterator[Show]:
        """Yield the ways to show something to this person only; never one that others in a channel could read."""
        origin = self._origin
        thread = {"thread_ts": self.spot.thread} if self.spot.thread else {}
        if origin.response_url:
            yield lambda shown: self._respond(
                shown, replace_original=False, response_type="ephemeral", **thread
            )
        if origin.channel:
            yield lambda shown: self._call(
                "chat.postEphemeral", channel=origin.channel, user=self.spot.user, **thread, **shown.new
            )
        yield self._posting()

    async def _direct(self, card: Card) -> None:
        await self._first_open(card, iter([self._posting()]))

    async def _offer(self, card: Card) -> None:
        """Offer the button that opens a form: Slack opens none for a line that was typed."""
        opener = Action(AGAIN, *self.spot.again) if self.spot.again else None
        if opener is None or not fits(opener):
            await self._say(words(card.locale)("form.by_command"))
            return
        await self._direct(offer(card, opener))

    async def _say(self, sentence: str) -> None:
        ways = iter([self._posting()]) if self.spot.surface == "typed" else self._privately()
        await self._first_open(Card("", (), sentence), ways)

    async def _first_open(self, card: Card, ways: Iterator[Show], *, whatever_happens: bool = False) -> None:
        """Show a card by the first way that is open.

        With ``whatever_happens`` the next way is also taken after an answer that leaves us in doubt; else not,
        since the person would see the card twice.
        """
        last: PlatformError = Rejected("no_way")
        for show in ways:
            try:
                return await _simplified(card, show)
            except (Rejected, TryLater) as shut:
                log.info("slack.way_shut", reason=str(shut))
                last = shut
            except Unsure as doubt:
                if not whatever_happens:
                    raise
                last = doubt
        raise last

    def _posting(self) -> Show:
        """Write into the person's own conversation with us, in the thread in which they wrote.

        Whatever is tried again, be it more plainly, goes under the same id: it is one message.
        """
        to = {"channel": self.spot.user}
        if self.spot.surface == "typed":
            to = {"channel": self.spot.channel}
            to |= {"thread_ts": self.spot.thread} if self.spot.thread else {}
        how = {"client_msg_id": str(uuid4()), "unfurl_links": False, "unfurl_media": False}
        return lambda shown: self._call("chat.postMessage", **to, **how, **shown.new)

    async def _respond(self, shown: Message, **how: Any) -> None:
        url = self._origin.response_url
        await patiently(lambda: self.web.respond(url, {**how, **shown.new}))

    async def _call(self, method: str, **arguments: Any) -> None:
        await patiently(lambda: self.web.call(self.spot.workspace, method, **arguments))

    @property
    def _origin(self) -> Origin:
        """The message that the act came from, be it through a modal."""
        spot = self.spot
        return spot.origin if spot.surface == "modal" else Origin(spot.channel, spot.ts, spot.response_url)


async def _nothing() -> None:
    """Show nothing: the acknowledgement has shown it."""


async def _simplified(card: Card, show: Show) -> None:
    """Show a card whole; if Slack refuses it whole, without native charts; if it refuses that, as its one sentence."""
    for form in forms(card):
        try:
            await show(form)
        except Rejected as refused:
            if str(refused) not in TOO_MUCH or not form.blocks:
                raise
        else:
            return


def _drawn(card: Card) -> bool:
    """Whether a card holds what no modal can draw."""
    return any(isinstance(element, Chart | Table) for element in card.elements)


def _under(fields: Mapping[str, str], asks: tuple[str, ...]) -> dict[str, str]:
    """Return each complaint under its field; those of fields that are not there go under the first."""
    under: dict[str, str] = {}
    for name, sentence in fields.items():
        key = name if name in asks else asks[0]
        under[key] = f"{under[key]} {sentence}" if key in under else sentence
    return under
