"""A chat workspace as its people use it: everything that is done goes through dispatch, as events."""

from collections.abc import Mapping
from itertools import count

from bot import dispatch, jobs
from bot.cases import delivery, roster
from bot.cases.delivery import Send
from bot.store.states import Lease, Outcome
from bot.store.store import Store
from bot.talk.cards import Action, Card
from bot.talk.events import (
    ButtonPressed,
    CommandUsed,
    Event,
    FormSent,
    HomeOpened,
    Invalid,
    Nothing,
    Profile,
    Reply,
    Source,
)
from bot.talk.fallback import violations
from bot.talk.platform import Receipt
from surveys.formats import Choice
from tests.bot.cases.welcoming import fields, offered
from tests.fakes import FakeClock


class Chat:
    """A workspace whose users are ``profiles``; what each sees last is kept."""

    def __init__(
        self, store: Store, clock: FakeClock, profiles: list[Profile], organisation: int = 1
    ) -> None:
        self.store, self.clock, self.organisation = store, clock, organisation
        self.profiles = {profile.user: profile for profile in profiles}
        self.sees: dict[str, Card] = {}
        self._events = count(1)

    # --- what people do ---

    def types(self, user: str, name: str, text: str = "") -> Card:
        profile = self.profiles[user] if name == "claim" else None
        return self._shown(user, CommandUsed(self._source(user), name, text, profile))

    def opens_home(self, user: str) -> Card:
        return self._shown(user, HomeOpened(self._source(user)))

    def presses(self, user: str, label: str) -> Card:
        """Press the button with this label on the card that the user sees."""
        return self.acts(user, offered(self.sees[user])[label])

    def acts(self, user: str, action: Action) -> Card:
        return self._shown(user, ButtonPressed(self._source(user), action))

    def submits(self, user: str, **values: str) -> Card:
        """Send the form that the user sees; a choice is named by its label, a field left out goes as it stands."""
        form = self.sees[user]
        assert form.submit is not None, form.title
        asks = fields(form)
        assert values.keys() <= asks.keys(), (values.keys(), asks.keys())
        sent = {key: ask.value for key, ask in asks.items()} | {
            key: _value(asks[key].response, text) for key, text in values.items()
        }
        return self._shown(user, FormSent(self._source(user), form.submit.action, sent))

    def _source(self, user: str) -> Source:
        return Source(platform="slack", workspace="T1", user=user, event=f"e{next(self._events)}")

    def _shown(self, user: str, event: Event) -> Card:
        reply: Reply = dispatch.handle(self.store, event)
        assert not isinstance(reply, Invalid | Nothing), reply
        assert violations(reply.card) == [], reply.card
        self.sees[user] = reply.card
        return reply.card

    # --- what the machine does ---

    def reads_its_roster(self) -> roster.Taken:
        return roster.take(self.store, self.organisation, "slack", "T1", list(self.profiles.values()))

    def works(self) -> Mapping[str, list[Card]]:
        """Run what is due and send what may be sent; return the cards that arrive, by user."""
        for job in jobs.JOBS:
            ran = jobs.attempt(job, self.store)
            assert not ran.error, ran
        arrived: dict[str, list[Card]] = {}
        for user, card in self._sent():
            assert violations(card) == [], card
            self.sees[user] = card
            arrived.setdefault(user, []).append(card)
        return arrived

    def _sent(self) -> list[tuple[str, Card]]:
        now = self.clock.now()
        lease = Lease(f"t{next(self._events)}", now, now.replace(year=now.year + 1))
        tickets = self.store.write(lambda unit: delivery.claim(unit, 1, 100, lease, None), self.organisation)
        if not tickets:
            return []
        decisions = self.store.read(lambda unit: delivery.prepare(unit, 1, lease), self.organisation)
        assert all(not isinstance(each, delivery.Broken) for each in decisions), decisions
        sends = [each for each in decisions if isinstance(each, Send)]
        outcomes = [
            Outcome(each.ticket, "sent", Receipt(f"D{each.address.user}", each.ticket.id)) for each in sends
        ]
        holds = [each for each in decisions if isinstance(each, delivery.Hold)]
        first = [
            each.ticket.person_id
            for each in holds
            if isinstance(each.verdict, delivery.Later) and each.verdict.wants_first_contact
        ]
        outcomes += [delivery.held(each) for each in holds]
        self.store.write(lambda unit: delivery.record(unit, 1, outcomes, introduce=first), self.organisation)
        return [(each.address.user, each.card) for each in sends]


def _value(response: object, text: str) -> str:
    if not isinstance(response, Choice):
        return text
    return next(option.value for option in response.options if option.label == text)
