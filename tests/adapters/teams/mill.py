"""Activities that no Teams would send, made from those that it does: each from a seed and a number."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any
from urllib.parse import quote

from typing_extensions import override

from bot.commands import ACTIONS
from bot.talk.commands import COMMANDS
from tests.adapters.slack.mill import FIELDS, REFS, VALUES
from tests.adapters.slack.strategies import NASTY
from tests.canary import free
from tests.mangling import Mangling
from tests.platforms.teams import FakeTeams
from tests.platforms.teams.activities import Activities
from tests.platforms.teams.people import Conversation, Json

TYPES = (
    "event",
    "messageUpdate",
    "messageDelete",
    "endOfConversation",
    "handoff",
    "typing",
    "command",
    "trace",
)
INVOKES = ("composeExtension/query", "signin/verifyState", "fileConsent/invoke", "message/submitAction", "")
WRONG_CLAIMS: tuple[Mapping[str, Any], ...] = (
    {"aud": "another-app"},
    {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"},
    {"exp": 1},
    {"exp": None},
    {"serviceurl": None},
    {"by": 7},
    {"headers": {"kid": "unheard-of"}},
)


LONGEST_URL = 1_000
"""What a token can name; a longer header is refused before anything of ours sees it."""


@dataclass(frozen=True)
class Thrown:
    """A request as it goes over the wire."""

    body: bytes
    headers: Mapping[str, str]
    sender: str = ""
    """Who is said to send it, where somebody looks into that afterwards."""


class Mill(Mangling):
    """Makes the activities of real acts by people of a fake Teams, and damages them."""

    def __init__(self, fake: FakeTeams, seed: int) -> None:
        self.fake, self.seed = fake, seed
        self.people = [Activities(fake, user) for user in fake.users.values()]
        self.shared: list[Conversation] = []
        for tenant in sorted(fake.tenants):
            members = [user.id for user in fake.users.values() if user.tenant == tenant]
            self.shared += [fake.add_team(*members), fake.add_group_chat(*members)]
        self.random = Random(seed)
        self._token = cache(fake.signing.token)
        self._acts: list[Callable[[Activities, Conversation], Json]] = [
            self._written,
            self._submitted,
            self._submitted,
            self._executed,
            self._executed,
            self._dialog,
            self._membership,
            self._rest,
        ]

    def thrown(self, number: int) -> Thrown:
        """Return the request of this number."""
        self.random = Random(f"{self.seed}:{number}")
        self.fake.random.seed(f"{self.seed}:{number}")
        by = self._pick(*self.people)
        shared = (place for place in self.shared if by.user.id in place.members)
        place = self._pick(*[self.fake.personal(by.user)] * 3, *shared)
        activity = json.loads(json.dumps(self._pick(*self._acts)(by, place)))
        for _ in range(self._pick(0, 0, 1, 1, 2, 5)):
            self._damage(activity)
        text, sender = self._spelled(activity)
        body = self._gnawed(text.encode()) if self._often(0.1) else text.encode()
        return Thrown(body, self._headers(activity), sender)

    def _spelled(self, activity: Json) -> tuple[str, str]:
        """Return an activity as it is sent, and who is said to send it."""
        return json.dumps(activity), ""

    def _written(self, by: Activities, place: Conversation) -> Json:
        said = f"{self._pick('', '/')}{self._pick(*(one.name for one in COMMANDS))} {self._text()}"
        targeted = place.kind != "personal" and self._often(0.3)
        return by.message(place, self._pick(self._text(), said), targeted=targeted)

    def _submitted(self, by: Activities, place: Conversation) -> Json:
        return by.submitted(place, self._data(), self.fake.new_id())

    def _executed(self, by: Activities, place: Conversation) -> Json:
        action = {"verb": self._pick("rapport", "rapport", self._text()), "id": self._text()}
        trigger = self._pick("manual", "automatic", self._text())
        return by.executed(place, action, self._data(), self.fake.new_id(), trigger)

    def _dialog(self, by: Activities, place: Conversation) -> Json:
        return by.task(place, self._pick("task/fetch", "task/submit"), self._data(), self.fake.new_id())

    def _membership(self, by: Activities, place: Conversation) -> Json:
        if self._often(0.5):
            return by.installation(place, self._pick("add", "remove", "add-upgrade", self._text()))
        change = self._pick("membersAdded", "membersRemoved")
        return by.members(place, change, *(other.user for other in self.people[: self._pick(0, 1, 3)]))

    def _rest(self, by: Activities, place: Conversation) -> Json:
        other = by.message(place, self._text()) | {"type": self._pick(*TYPES, self._text())}
        reaction = by.reaction(place, self._pick("like", self._text()), self.fake.new_id())
        return self._pick(other, reaction, by.invoke(place, self._pick(*INVOKES, self._text()), self._data()))

    def _data(self) -> Json:
        parts = self._pick(*ACTIONS), self._pick(*REFS, self._text()), self._pick(*VALUES, self._text())
        carried = ":".join(quote(part, safe="", errors="surrogatepass") for part in parts)
        data = {"rapport": carried if self._often(0.95) else self._text()}
        fields = {name: self._pick(*VALUES, self._text()) for name in FIELDS if self._often(0.4)}
        return data | fields | ({"msteams": {"type": "task/fetch"}} if self._often(0.2) else {})

    @override
    def _text(self) -> str:
        return free(self._pick(*NASTY, *VALUES, "Support", "a quiet week"))

    def _headers(self, activity: Json) -> Mapping[str, str]:
        claims = self._pick(*[{}] * 20, *WRONG_CLAIMS)
        url = self._url(activity)
        known = {name: value for name, value in claims.items() if not isinstance(value, dict)}
        token = self._token(self.fake.app_id, url, **known)
        if len(known) < len(claims):
            token = self.fake.signing.token(self.fake.app_id, url, **claims)
        scheme = self._pick(*["Bearer"] * 60, "bearer", "Basic", "")
        kind = self._pick(*["application/json; charset=utf-8"] * 60, "text/plain", "application/json", "")
        return {"Authorization": f"{scheme} {token}", "Content-Type": kind}

    def _url(self, activity: Json) -> str:
        """Return the address that a token can name: the activity's own, if it is one."""
        said = activity.get("serviceUrl")
        short = isinstance(said, str) and said.isprintable() and len(said) < LONGEST_URL
        return str(said) if short else self.fake.service_url
