"""From a comment to what HR reads of it, on every platform: each act an event, each card drawn as the platform draws it."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from adapters import PLATFORMS
from bot import dispatch
from bot.store.store import Store
from bot.talk.cards import Action, Card
from bot.talk.events import ButtonPressed, CommandUsed, FormSent, Invalid, Private, Reply, Source
from tests.adapters.rig import renderer
from tests.bot.cases.welcoming import fields, offered, shown, text
from tests.canary import WORD
from tests.fakes import FakeClock
from tests.town import Town

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SAID = ("the pay is bad for this work", "the pay... is too bad!!! 😡", f"the pay is bad, {WORD}")


class Office:
    """People of one organisation on one platform."""

    def __init__(self, store: Store, clock: FakeClock, platform: str) -> None:
        self.town, self.platform = Town(store, clock), platform
        self.people = self.town.has("Support", 30)
        self.town.store.write(self._settle)
        self._events = count(1)

    def _settle(self, unit) -> None:
        workspace = unit.organisations.connect(self.platform, "W1")
        for number in self.people:
            unit.accounts.link(number, workspace.id, f"u{number}")
        unit.people.grant(self.people[-1], "hr_admin", unit.now)

    def _source(self, person: int) -> Source:
        return Source(
            platform=self.platform, workspace="W1", user=f"u{person}", event=f"e{next(self._events)}"
        )

    def types(self, person: int, command: str) -> Card:
        return self._drawn(dispatch.handle(self.town.store, CommandUsed(self._source(person), command, "")))

    def presses(self, person: int, action: Action) -> Card:
        return self._drawn(self.pressed(person, action))

    def pressed(self, person: int, action: Action) -> Reply:
        return dispatch.handle(self.town.store, ButtonPressed(self._source(person), action))

    def submits(self, person: int, form: Card, **values: str) -> Card:
        assert form.submit is not None
        named = {key.replace("_", "-"): value for key, value in values.items()}
        assert named.keys() <= fields(form).keys()
        sent = {key: ask.value for key, ask in fields(form).items()} | named
        reply = dispatch.handle(self.town.store, FormSent(self._source(person), form.submit.action, sent))
        assert not isinstance(reply, Invalid)
        return self._drawn(reply)

    def _drawn(self, reply: Reply) -> Card:
        """Return the card of a reply, which the platform must be able to draw with all that it says."""
        card = shown(reply)
        drawn = json.dumps(renderer(self.platform)(card), ensure_ascii=False)
        assert all(label.replace("'", "’") in drawn.replace("'", "’") for label in offered(card))
        return card


@pytest.mark.parametrize("platform", PLATFORMS)
def test_from_the_comment_to_the_judgement(store: Store, clock: FakeClock, platform: str) -> None:
    clock.move_to(MONDAY)
    office = Office(store, clock, platform)
    office.town.runs(owner=office.people[0])
    office.town.opens()
    wave, hr = office.town.wave(), office.people[-1]

    for number, person in enumerate(office.people[:24]):
        form = office.presses(person, Action("answer.open", str(wave.id)))
        if number < 18:
            comment, choice = SAID[number % 3], "" if number % 3 == 2 else "yes"
        else:
            comment, choice = "it is what it is, really", "no"
        office.submits(person, form, job_satisfaction="4", pulse_comment=comment, pulse_comment_quote=choice)
    clock.move_to(wave.closes_at + timedelta(minutes=1))
    office.town.closes()

    assert "In people's words" not in offered(office.types(office.people[0], "results"))
    results = office.types(hr, "results")
    reply = office.pressed(hr, offered(results)["In people's words"])
    assert isinstance(reply, Private)
    assert "Several people wrote about “Pay and benefits”, with more complaint than praise." in text(
        reply.card
    )
    first = office.presses(hr, offered(reply.card)["Read quotes"])
    second = office.presses(hr, offered(first)["That's right"])
    quoted = text(first) + text(second)
    assert "“The pay is bad for this work.”" in quoted
    assert "“The pay. Is too bad.”" in quoted
    assert WORD not in quoted

    form = office.presses(hr, offered(second)["Read differently"])
    judged = office.submits(hr, form, theme="workload", tone="negative")
    assert "HR says: Workload and hours, complaint." in text(judged)
    report = office.presses(hr, Action("model_report.open"))
    assert "50%" in text(report)
    assert store.read(lambda unit: unit.audit.verify()) is None
