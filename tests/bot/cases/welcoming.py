"""A company in which people start: everybody's cards and buttons, as dispatch and delivery would join them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import select

from bot.cases import delivery, onboarding
from bot.commands import ACTIONS, COMMANDS
from bot.errors import Refused
from bot.store.tables import Delivery, Enrolment, StepRun
from bot.store.unit import Unit
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Facts, Note, Table, Text, taps
from bot.talk.events import Invalid, Nothing, OpenForm, Reply
from bot.talk.fallback import violations
from tests.town import Town

MONDAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Company(Town):
    """A town in which journeys run; organisation time is UTC unless said otherwise."""

    def staffed(self, people: int = 4) -> tuple[int, list[int]]:
        """Let a department have a head and colleagues; return both."""
        head, *others = self.has("Support", people, head=True)
        return head, others

    def newcomer(self, starts_on: date = MONDAY, path: str = "Support", **about: object) -> int:
        return self.has(path, 1, starts_on=starts_on, **about)[0]

    def cast(self) -> dict[str, int]:
        """Return a head, a buddy, an HR admin who is the contact, and a newcomer on day 1."""
        head, others = self.staffed(2)
        hr = self.has("People", 1)[0]

        def settle(unit: Unit) -> None:
            unit.people.grant(hr, "hr_admin", unit.now)
            unit.organisations.get().contact_id = hr

        self.store.write(settle)
        person = self.newcomer()
        self.day(23)
        self.arrived("journey.buddy")
        return {"head": head, "buddy": others[0], "hr": hr, "new": person}

    def surveyed(self) -> list[int]:
        """Let a department be asked in an open pulse, beside an open place for comments."""
        people = self.has("Support", 6)
        self.runs()
        self.runs("feedback", first_on=date(2026, 11, 1))
        self.opens()
        return people

    def answers_one(self, person: int) -> None:
        """Answer the pulse with one tap."""
        request = shown(self.types(person, "pulse"))
        self.press(person, next(act for act in request.actions() if act.name == "answer.tap"))

    def runs_jobs(self) -> int:
        enrolled = self.store.write(onboarding.enrol_due)
        return enrolled + onboarding.advance_due(self.store)

    def at(self, moment: datetime) -> None:
        self.clock.move_to(moment)
        self.runs_jobs()

    def day(self, day: int, hour: int = 9, minute: int = 0) -> None:
        """Move to a day of November 2026 (above 30: December) and run the jobs."""
        month, day = (11, day) if day <= 30 else (12, day - 30)
        self.at(datetime(2026, month, day, hour, minute, tzinfo=UTC))

    # --- what there is ---

    def enrolment(self, person: int) -> Enrolment | None:
        return self.store.read(lambda unit: unit.enrolments.of(person, "welcome"))

    def steps(self, person: int) -> dict[str, StepRun]:
        enrolment = self.enrolment(person)
        assert enrolment is not None
        return self.store.read(lambda unit: {run.step: run for run in unit.enrolments.steps(enrolment.id)})

    def sent(self, purpose: str, person: int | None = None) -> list[Delivery]:
        """Return what was wanted of a kind, in the order in which it is due."""
        query = select(Delivery).where(Delivery.purpose == purpose).order_by(Delivery.due_at)  # type: ignore[arg-type]  # a column, which SQLModel types as its value
        rows = self.store.read(lambda unit: list(unit.session.exec(query)))
        return [row for row in rows if person is None or row.person_id == person]

    def card(self, row: Delivery) -> Card | None:
        """Build a delivery's card as it would be sent now."""
        return self.store.read(
            lambda unit: delivery.CARDS[row.purpose](self.recipient(unit, row.person_id), row)
        )

    def the_card(self, purpose: str, person: int) -> Card:
        """Return the latest card of a kind for a person, as it would be sent now."""
        card = self.card(self.sent(purpose, person)[-1])
        assert card is not None
        return card

    def arrived(self, purpose: str) -> None:
        def work(unit: Unit) -> None:
            rows = unit.session.exec(select(Delivery).where(Delivery.purpose == purpose)).all()
            for row in rows:
                row.state, row.sent_at = "sent", unit.now
                row.conversation, row.message = f"c{row.person_id}", row.id

        self.store.write(work)

    # --- what people do ---

    def press(self, person: int, action: Action, values: Mapping[str, str] | None = None) -> Reply:
        handler = ACTIONS[action.name]
        return self.store.write(lambda unit: handler(self.caller(unit, person), action, values or {}))

    def types(self, person: int, command: str, text: str = "") -> Reply:
        return self.store.write(lambda unit: COMMANDS[command](self.caller(unit, person), text))

    def tap(self, person: int, card: Card, label: str) -> Reply:
        """Press the button or the option with this label, which must be there."""
        return self.press(person, offered(card)[label])

    def refused(self, person: int, action: Action, values: Mapping[str, str] | None = None) -> str:
        try:
            self.press(person, action, values)
        except Refused as refused:
            return refused.key
        raise AssertionError("was not refused")


def offered(card: Card) -> dict[str, Action]:
    """Return every act of a card by what stands on it."""
    found = {button.label: button.action for button in _buttons(card)}
    for element in card.elements:
        if isinstance(element, Ask) and element.tap is not None:
            options = getattr(element.response, "options", ())
            found |= {option.label: act for option, act in zip(options, taps(element), strict=True)}
    if card.submit is not None:
        found[card.submit.label] = card.submit.action
    return found


def _buttons(card: Card) -> Iterator[Button]:
    for element in card.elements:
        if isinstance(element, Buttons):
            yield from element.items


def text(card: Card) -> str:
    """Return all that a card says, in one string."""
    return "\n".join([card.title, *_said(card), *offered(card), card.fallback])


def _said(card: Card) -> Iterator[str]:
    for element in card.elements:
        match element:
            case Text() | Note():
                yield element.body
            case Facts():
                yield from (part for fact in element.items for part in (fact.label, fact.value, fact.detail))
            case Ask():
                yield element.stem
            case Table():
                yield from (cell for row in element.rows for cell in row)
            case _:
                pass


def cards_of(reply: Reply) -> list[Card]:
    match reply:
        case OpenForm(card=card, replace=receipt):
            return [card, *([receipt] if receipt else [])]
        case Invalid() | Nothing():
            return []
        case _:
            return [reply.card]


def shown(reply: Reply) -> Card:
    return cards_of(reply)[0]


def faults(card: Card) -> list[str]:
    """Return which rules of the house a card breaks, and that it leads to no person if it is a message."""
    ways = {action.name for action in card.actions()} & {"human.ask", "human.pass"}
    mute = [] if ways or card.submit is not None else ["no way to a human"]
    return violations(card) + mute


def fields(card: Card) -> dict[str, Any]:
    return {element.key: element for element in card.elements if isinstance(element, Ask)}
