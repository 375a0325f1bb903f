"""What a reply does in Teams: what an invoke is answered with (``answer``), and what is shown after it (``show``).

An invoke's answer is seen by whoever pressed and nobody else. Everything else in a conversation that others read goes
out as a targeted message, or into the person's own chat where Teams refuses that; of figures nothing is ever posted.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, assert_never

from adapters.outbound import patiently
from adapters.teams import answers, limits
from adapters.teams.controls import fits
from adapters.teams.forms import carrying, complained
from adapters.teams.receive import DIALOGS, EXECUTE, Spot, locale, refreshes
from adapters.teams.refusals import NO_ACTIVITY, TOO_LARGE, UNREAD, Rejected
from adapters.teams.render import adaptive, dialog, message, said
from adapters.teams.sdk import Answer
from bot.errors import Disconnected, PlatformError, TryLater, Undeliverable
from bot.logs import get_logger
from bot.talk.cards import Card
from bot.talk.events import Invalid, Nothing, OpenForm, Private, Replace, Reply
from bot.talk.fallback import without_charts
from bot.talk.language import Words, words
from bot.talk.opening import offer

if TYPE_CHECKING:
    from adapters.teams.connector import Connector
    from adapters.teams.references import Reference

Json = dict[str, Any]

SHUT = (Rejected, TryLater, Undeliverable, Disconnected)
"""How Teams refuses a targeted message: we may be shut out of this alone, and of nothing else."""

log = get_logger()


@dataclass(frozen=True, slots=True)
class Stage:
    """The place where the reply to one act is shown.

    ``reference`` says how the person is written to; its conversation is their own, if one is known.
    """

    connector: "Connector"
    reference: "Reference"
    spot: Spot

    def answer(self, reply: Reply) -> Answer | None:
        """Return what an invoke is answered with; a line, or a button of an older client, is no invoke."""
        match self.spot.surface:
            case "card":
                return self._of_card(reply)
            case "dialog":
                return self._of_dialog(reply)
            case _:
                return None

    async def show(self, reply: Reply) -> None:
        """Show what the answer to an invoke does not; what stands beside a reply also where that could not be shown."""
        try:
            await self._shown(reply)
        except PlatformError:
            await self._also(reply)
            raise
        await self._also(reply)

    async def _shown(self, reply: Reply) -> None:
        match self.spot.surface:
            case "card":
                await self._beside_card(reply)
            case "dialog":
                await self._behind_dialog(reply)
            case "submit":
                await self._instead_of_answer(reply)
            case "typed" | "membership":
                await self._in_reply(reply)
            case _:
                assert_never(self.spot.surface)

    # --- a button of a card: the answer takes the card's place for whoever pressed it ---

    def _of_card(self, reply: Reply) -> Answer:
        match reply:
            case Replace(card):
                return answers.card(self._drawn(card))
            case Private(card) if self.spot.shared or self.spot.sent:
                return answers.card(self._drawn(card))
            case Private(card):
                return answers.message(words(card.locale)("teams.below"))
            case OpenForm(card, receipt):
                return answers.card(self._drawn(receipt or self._opening(card)))
            case Invalid(fields):
                form = self._complained(fields)
                return answers.card(self._drawn(form)) if form else answers.message(_sentences(fields))
            case Nothing():
                return answers.message(self._words("teams.done"))
            case _:
                assert_never(reply)

    async def _beside_card(self, reply: Reply) -> None:
        """Make last what the answer has shown, where nobody else reads; show what had no room in it."""
        spot = self.spot
        match reply:
            case Replace(card):
                await self._keep(card)
            case Private(card) if spot.own:
                await self._keep(card)
            case Private(card) if not (spot.shared or spot.sent):
                await self._privately(card)
            case OpenForm(card, receipt) if receipt is not None:
                await self._keep(receipt)
                await self._privately(self._opening(card))
            case _:
                pass

    # --- a dialog ---

    def _of_dialog(self, reply: Reply) -> Answer:
        match reply:
            case Replace(card) if not self.spot.shared:
                return answers.closing(said(card))
            case Replace(card) | Private(card) | OpenForm(card):
                return answers.dialog(self._in_dialog(card))
            case Invalid(fields):
                form = self._complained(fields)
                return answers.dialog(self._in_dialog(form)) if form else answers.closing(_sentences(fields))
            case Nothing():
                return answers.closing(self._words("teams.done"))
            case _:
                assert_never(reply)

    async def _behind_dialog(self, reply: Reply) -> None:
        match reply:
            case Replace(card):
                await self._keep(card)
            case OpenForm(_, receipt) if receipt is not None:
                await self._keep(receipt)
            case _:
                pass

    # --- a button of an older client, whose press is a message: the card itself is replaced ---

    async def _instead_of_answer(self, reply: Reply) -> None:
        match reply:
            case Replace(card):
                await self._replace(card)
            case Private(card) if self.spot.own:
                await self._replace(card)
            case Invalid(fields) if self.spot.own and (form := self._complained(fields)) is not None:
                await self._replace(form)
            case OpenForm(card, receipt) if receipt is not None:
                await self._replace(receipt)
                await self._privately(card)
            case _:
                await self._in_reply(reply)

    # --- a line ---

    async def _in_reply(self, reply: Reply) -> None:
        match reply:
            case Replace(card) | Private(card):
                await self._privately(card)
            case OpenForm(card, receipt):
                if receipt is not None:
                    await self._privately(receipt)
                await self._privately(self._opening(card))
            case Invalid(fields):
                await self._privately(Card("", (), _sentences(fields), locale=self.spot.locale or "en"))
            case Nothing():
                pass
            case _:
                assert_never(reply)

    # --- ways of showing ---

    async def _keep(self, card: Card) -> None:
        """Put a card in the place of the message that was acted upon, for good; the answer has shown it already.

        In a shared conversation everybody would see it. A message that Teams can't find is written anew.
        """
        if self.spot.shared or not self.spot.message:
            return
        try:
            await self._update(card)
        except Rejected as gone:
            if gone.code != NO_ACTIVITY:
                raise
            log.info("teams.message_gone", reason=gone.code)
            await self._privately(card)

    async def _replace(self, card: Card) -> None:
        """Put a card in the place of the message that was acted upon; where that can't be, show it below."""
        if self.spot.shared or not self.spot.message:
            return await self._privately(card)
        try:
            await self._update(card)
        except Disconnected:
            raise
        except PlatformError as shut:
            log.info("teams.not_replaced", reason=str(shut))
            await self._privately(card)

    async def _update(self, card: Card) -> None:
        async def update(activity: Json) -> None:
            await self.connector.update(self._here, self.spot.message, activity)

        await _simplified(card, self._activity, update)

    async def _privately(self, card: Card) -> None:
        """Show a card to this person only."""
        if self.spot.shared:
            await self._targeted(card)
        else:
            await self._post(self._here, card)

    async def _also(self, reply: Reply) -> None:
        """Show what stands beside a reply to this person's eyes only, in a message that vanishes after a day.

        Where Teams has none of that kind it goes into the person's own chat, and nobody else reads that it did.
        """
        if not isinstance(reply, Replace) or reply.beside is None:
            return
        try:
            await self._to_one(reply.beside)
        except SHUT as shut:
            log.info("teams.not_targeted", reason=str(shut))
            if self.spot.shared:
                await self._in_own_chat(reply.beside)
            else:
                await self._post(self._here, reply.beside)

    async def _to_one(self, card: Card) -> None:
        """Show a card in a message that Teams shows to one person, whoever else is there."""
        member = {"id": self.reference.member, "isTargeted": True}

        async def post(activity: Json) -> None:
            await self.connector.post(self._here, {**activity, "recipient": member}, targeted=True)

        await _simplified(card, self._activity, post)

    async def _targeted(self, card: Card) -> None:
        """Show a card to one of several; where Teams does not, in their own chat, and say here that it is there."""
        try:
            await self._to_one(card)
        except SHUT as shut:
            log.info("teams.not_targeted", reason=str(shut))
            key = "teams.in_private" if await self._in_own_chat(card) else "teams.not_private"
            await self._say(words(card.locale)(key))

    async def _in_own_chat(self, card: Card) -> bool:
        """Show a card in the person's own chat with us; False: there is none, and none can be made."""
        to = self.reference
        try:
            if not to.conversation or to.conversation == self.spot.conversation:
                own = await self.connector.create(to.service_url, to.tenant, to.bot, to.member)
                to = replace(to, conversation=own)
            await self._post(to, card)
        except (Rejected, TryLater, Undeliverable) as shut:
            log.info("teams.no_own_chat", reason=str(shut))
            return False
        return True

    async def _post(self, to: "Reference", card: Card) -> None:
        async def post(activity: Json) -> None:
            await self.connector.post(to, activity)

        await _simplified(card, self._activity, post)

    async def _say(self, sentence: str) -> None:
        """Say something that everybody may read: no name, no figure, no topic."""
        await patiently(lambda: self.connector.post(self._here, _plain(sentence)))

    # --- what is shown ---

    @property
    def _here(self) -> "Reference":
        return replace(self.reference, conversation=self.spot.conversation)

    def _opening(self, form: Card) -> Card:
        """Return what stands where a form cannot open by itself: the button to its dialog, or without one the form."""
        again = self.spot.again
        return offer(form, again) if again is not None and fits(again) else form

    def _activity(self, card: Card) -> Json:
        """Return a card as a message of its own."""
        return _carrying(message(card), card, own=True)

    def _drawn(self, card: Card) -> Json:
        """Return a card as it takes the place of the one that was pressed; a form that is a message stays one."""
        return _carrying(adaptive(card), card, own=self.spot.own)

    def _in_dialog(self, card: Card) -> Json:
        return _carrying(dialog(card, self.spot.message), card, own=False)

    def _complained(self, fields: Mapping[str, str]) -> Card | None:
        form = self.spot.form
        return complained(form, self.spot.values, fields) if form is not None else None

    @property
    def _words(self) -> Words:
        return words(self.spot.locale)


def refused(activity: Json) -> Answer | None:
    """Return the answer to an invoke that is nothing to us: a card of old, a client that refreshes one of itself."""
    sentence = words(locale(activity))("teams.stale")
    match activity.get("type"), activity.get("name"):
        case "invoke", str(name) if name == EXECUTE and not refreshes(activity):
            return answers.message(sentence)
        case "invoke", str(name) if name in DIALOGS:
            return answers.closing(sentence)
        case "invoke", _:
            return answers.error(400, "BadRequest", sentence)
        case _:
            return None


def failed(activity: Json) -> Answer | None:
    """Return the answer to an invoke with which we erred."""
    sentence = words(locale(activity))("teams.failed")
    match activity.get("type"), activity.get("name"):
        case "invoke", str(name) if name in DIALOGS:
            return answers.closing(sentence)
        case "invoke", _:
            return answers.error(500, "InternalServerError", sentence)
        case _:
            return None


def _sentences(fields: Mapping[str, str]) -> str:
    return " ".join(fields.values())


def _plain(sentence: str) -> Json:
    return {"type": "message", "text": sentence, "textFormat": "plain"}


def _carrying(drawn: Json, card: Card, *, own: bool) -> Json:
    """Return what was drawn with the form in it, if there is room."""
    carried: Json = carrying(drawn, card, own=own)
    return carried if limits.size(carried) <= limits.MESSAGE else drawn


async def _simplified(
    card: Card, draw: Callable[[Card], Json], show: Callable[[Json], Awaitable[None]]
) -> None:
    """Show a card whole; if Teams refuses it whole, without charts; if it refuses that, as its one sentence."""
    plainer = without_charts(card)
    forms = [draw(card), *([draw(plainer)] if plainer != card else []), _plain(card.fallback)]
    for form in forms:
        try:
            await patiently(partial(show, form))
        except Rejected as refusal:
            if refusal.status not in {UNREAD, TOO_LARGE} or form is forms[-1]:
                raise
            log.info("teams.form_refused", status=refusal.status)
        else:
            return
