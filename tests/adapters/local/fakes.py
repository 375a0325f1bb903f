"""A company of ten people with a bot that knows a few cards; enough to stand behind the page."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from adapters.local.behind import Curtain, Move, PersonView, Progress, Row
from bot.talk.cards import Card
from bot.talk.events import (
    ButtonPressed,
    CommandUsed,
    Event,
    FormSent,
    Invalid,
    Nothing,
    OpenForm,
    Private,
    Replace,
    Reply,
)
from tests.adapters.local import cards

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)

LENA, TOMAS, MARC, ANA, JUN = "E014", "E120", "E003", "E001", "E044"

PEOPLE = (
    PersonView(LENA, "Lena Krüger", "employee", "Support", "de", "Support · can answer", True, "Deutsch", "Europe/Berlin"),
    PersonView(TOMAS, "Tomás Ortiz", "employee", "Support", "en", "New hire · starts today", True, "English", "Europe/Madrid"),
    PersonView(MARC, "Marc Boyer", "manager", "Support", "en", "Manager · Support", True, "English", "Europe/Paris"),
    PersonView(ANA, "Ana Ruiz", "hr_admin", "People", "en", "HR lead", True, "English", "Europe/Berlin"),
    PersonView("E002", "Olivia Hart", "owner", "Management", "en-GB", "", False, "English", "Europe/London"),
    PersonView("E021", "Ingrid Solberg", "employee", "Finance", "en", "", False, "English", "Europe/Oslo"),
    PersonView(JUN, "Jun Park", "employee", "Warehouse", "en", "", False, "English", "Europe/Berlin"),
    PersonView("E061", "<!channel> **Bo** <b>Öz</b>", "employee", "Sales", "de_DE", "", False, "Deutsch", "Europe/Berlin"),
    PersonView("E062", "\u202eevil\u202c Yael \u05d0\u05d1", "employee", "Sales", "en", "", False, "English", "Europe/Berlin"),
    PersonView("E077", "Maximiliane von Hohenstein-Wartenberg-Lindenthal", "employee", "Operations/Logistics/Returns", "de", "", False, "Deutsch", "Europe/Berlin"),
)  # fmt: skip


@dataclass
class FakeControls:
    """Ten people and a clock that moves as told, in steps that can be watched."""

    at: datetime = MONDAY
    staff: list[PersonView] = field(default_factory=lambda: [*PEOPLE])
    steps: Sequence[str] = ("Opening the pulse", "Writing to 10 people", "8 people answer")
    pause_s: float = 0.0

    async def now(self) -> datetime:
        return self.at

    async def people(self) -> Sequence[PersonView]:
        return tuple(self.staff)

    async def advance(self, to: datetime, progress: Progress) -> datetime:
        if to < self.at:
            raise ValueError("The clock only moves forward.")
        if to > self.at + timedelta(days=400):
            raise ValueError("At most 400 days at a time.")
        for step in self.steps:
            progress(step)
            await asyncio.sleep(self.pause_s)
        self.at = to
        return to

    async def curtain(self, person: str) -> Curtain:
        name = next(view.name for view in self.staff if view.id == person).split()[0]
        return Curtain(
            stored=(
                Row("Name, e-mail", "from the HR file"),
                Row("Department", "Support"),
                Row("Language, zone", "Deutsch, Berlin"),
                Row("Sealed sheet, open wave", "one"),
                Row("Answers of closed waves", "cannot be found any more"),
            ),
            deliveries=(Row("sent", "118"), Row("waiting for 09:00 in Oslo", "2"), Row("uncertain", "0")),
            wave=(Row("Asked", "120"), Row("Answered", "about 65 %"), Row("Closes", "Fri 27 Nov, 17:00")),
            gate=(Row("Will be shown", "company, 6 areas"), Row("Will be withheld", "2 areas")),
            lock=(
                "While the wave is open, answers lie sealed under a key outside the database. At close they are "
                "shuffled, the key is destroyed, and nobody can link them again."
            ),
            moves=() if person == JUN else (Move("Pulse closes", FRIDAY),),
            hint=f"No pulse is open for {name}. Move the clock to Monday 09:00." if person == JUN else "",
        )


class FakeBot:
    """Answers each event with one of the sample cards and keeps what it was asked."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.replies: dict[str, Reply] = {}

    async def handle(self, event: Event) -> Reply:
        self.events.append(event)
        match event:
            case CommandUsed():
                return self.replies.get(event.name) or _command(event)
            case ButtonPressed():
                return self.replies.get(event.action.name) or _pressed(event)
            case FormSent():
                return self.replies.get(event.action.name) or _sent(event)
            case _:
                return Private(
                    _plain("I'm a bot", "I understand buttons and commands. Type /help to see them.")
                )


def _plain(title: str, body: str) -> Card:
    return Card(title, (cards.Text(body),), body)


def _command(event: CommandUsed) -> Reply:
    match event.name, event.text.lower():
        case "roi-report", "warehouse":
            return Private(cards.refusal())
        case "roi-report", _:
            return Private(cards.report())
        case "pulse", _:
            return OpenForm(cards.form())
        case _:
            return Private(_plain("What is stored", "Name, e-mail, department, manager, language."))


def _pressed(event: ButtonPressed) -> Reply:
    match event.action.name:
        case "pulse.tap":
            return OpenForm(cards.form(), replace=cards.receipt())
        case "pulse.change":
            return OpenForm(cards.form())
        case "pulse.skip":
            return Replace(_plain("Not this time", "I won't remind you of this one."))
        case "nothing":
            return Nothing()
        case _:
            return Private(cards.why())


def _sent(event: FormSent) -> Reply:
    if "forbidden" in event.values.get("comment", ""):
        return Invalid({"comment": "Please say it without that word."})
    return Replace(cards.receipt())


async def ready() -> Sequence[str]:
    return ()
