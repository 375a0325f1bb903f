"""The page's words for what it does not know: the demo, and how Slack and Teams look. None knows the other: this translates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never, cast

from adapters.demo.controls import DemoControls
from adapters.demo.personas import Persona
from adapters.local.behind import Curtain, Move, PersonView, Progress, Role, Row, Surface
from bot.talk.cards import Card


@dataclass(slots=True)
class PageControls:
    """The demo's controls in the page's own words; filled in once the engine stands."""

    inner: DemoControls | None = None

    async def now(self) -> datetime:
        return await self._demo.now()

    async def people(self) -> Sequence[PersonView]:
        return [_view(persona) for persona in await self._demo.people()]

    async def advance(self, to: datetime, progress: Progress) -> datetime:
        return await self._demo.advance(to, progress)

    async def curtain(self, person: str) -> Curtain:
        behind = await self._demo.curtain(person)
        return Curtain(
            stored=_rows(behind.stored),
            deliveries=_rows(behind.deliveries),
            wave=_rows(behind.wave),
            gate=_rows(behind.gate),
            lock=behind.lock,
            moves=tuple(Move(label, to) for label, to in behind.moves),
            hint=behind.hint,
        )

    @property
    def _demo(self) -> DemoControls:
        if self.inner is None:
            raise RuntimeError("the demo is not open yet")
        return self.inner


def _view(persona: Persona) -> PersonView:
    role = cast("Role", persona.role)
    return PersonView(
        persona.id,
        persona.name,
        role,
        persona.department,
        persona.locale,
        persona.headline,
        persona.featured,
        persona.language,
        persona.zone,
    )


def _rows(pairs: Sequence[tuple[str, str]]) -> tuple[Row, ...]:
    return tuple(Row(label, value) for label, value in pairs)


def as_slack(card: Card, surface: Surface) -> dict[str, Any]:
    """Show a card as Slack would, without being connected to it: its text, and its blocks or its view."""
    from adapters.slack import render  # noqa: PLC0415 -- only who looks pays for it

    match surface:
        case "message":
            shown = render.message(card)
            return {"text": shown.text, "blocks": shown.blocks}
        case "modal":
            return {"text": card.fallback, "view": render.modal(card)}
        case "home":
            return {"text": card.fallback, "view": render.home(card)}
        case _:
            assert_never(surface)


def as_teams(card: Card, surface: Surface) -> dict[str, Any]:
    """Show a card as Teams would, without being connected to it: its text, and its Adaptive Card or its dialog."""
    from adapters.teams import render  # noqa: PLC0415 -- only who looks pays for it

    if surface == "modal":
        return {"text": card.fallback, "dialog": render.dialog(card)}
    return {"text": card.fallback, "card": render.adaptive(card)}
