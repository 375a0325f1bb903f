"""Acts that Rapport's own buttons and forms lead to, done by others, elsewhere, twice, and out of proportion.

Every text that is made carries the code of whoever is said to send it, once it is settled who that is.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from typing_extensions import override

from tests.adapters.slack.mill import VALUES
from tests.adapters.teams.mill import Mill, Thrown
from tests.adapters.teams.tenants import SILENT, Offer, Street
from tests.canary import WORD
from tests.platforms.teams.activities import Activities
from tests.platforms.teams.people import Conversation, Json, User

BY = "XXX"
"""Stands behind the word of the canary until it is known who says it."""

NOBODY, NOWHERE = "00", "Z"
"""The number of a sender who is nobody's colleague there, and the letter of what is in neither tenant."""

HUGE, HUGEST, DEEP = 30_000, 1_200_000, 60


class Forger(Mill):
    """Makes activities of people of a street; those who are silent send none, whatever else is put into their shoes."""

    def __init__(self, street: Street, offers: list[Offer], seed: int) -> None:
        super().__init__(street.fake, seed)
        self.street, self.offers = street, offers
        self.codes = {(h.tenant, user.id): h.code(number) for h, number, user in street.everybody()}
        self.letters = {house.tenant: house.letter for house in street.houses}
        acting = {user.id for _, number, user in street.everybody() if number not in SILENT}
        self.everybody = [user for _, _, user in street.everybody()]
        self.people = [one for one in self.people if one.user.id in acting]
        self._by = {one.user.id: one for one in self.people}
        self._acts += [self._pressed] * 6

    @override
    def thrown(self, number: int) -> Thrown:
        """Return the request of this number; now and then it is the one before it once more, as Teams delivers again."""
        thrown = super().thrown(number)
        return super().thrown(number - 1) if number and self._often(0.03) else thrown

    def _pressed(self, by: Activities, place: Conversation) -> Json:
        """Press a button that was shown to somebody, mostly as they would, with everything filled in somehow."""
        offer = self._pick(*self.offers)
        if self._often(0.7):
            by, place = self._by.get(offer.owner.id, by), offer.place
        data = offer.data | {name: self._filled(one) for name, one in offer.inputs.items()}
        match self._pick("execute", "execute", "submit", "task/fetch", "task/submit"):
            case "execute":
                return by.executed(place, {"verb": "rapport"}, data, offer.message)
            case "submit":
                return by.submitted(place, data, offer.message)
            case name:
                return by.task(place, name, data, offer.message)

    def _filled(self, one: Json) -> Any:
        choices = [choice["value"] for choice in one.get("choices", [])]
        if choices and self._often(0.9):
            return self._pick(*choices)
        return self._pick(self._text(), self._text(), self._pick(*VALUES), True, [self._text()], 7)

    @override
    def _text(self) -> str:
        return super()._text() + BY

    @override
    def _spelled(self, activity: Json) -> tuple[str, str]:
        """Say who it is from, as anybody reads it who believes nothing but the sender and the tenant.

        Where somebody speaks is Teams' to say, and the reply goes there: nobody speaks in a tenant that is not theirs.
        """
        named = (_at(activity, "conversation", "tenantId"), _at(activity, "channelData", "tenant", "id"))
        tenants = {one.lower() for one in named if isinstance(one, str)}
        user = _at(activity, "from", "aadObjectId")
        known = (tenants.pop() if len(tenants) == 1 else "", user if isinstance(user, str) else "")
        code = self.codes.get(known) or self.letters.get(known[0], NOWHERE) + NOBODY
        place = _at(activity, "conversation", "id")
        spoken_in = self.fake.conversations.get(place.partition(";")[0]) if isinstance(place, str) else None
        if spoken_in is not None and known in self.codes and spoken_in.tenant != known[0]:
            activity["conversation"]["id"] = self.fake.personal(self.fake.users[known[1]]).id
        return json.dumps(activity).replace(f"{WORD}{BY}", f"{WORD}{code}"), code

    @override
    def _headers(self, activity: Json) -> Mapping[str, str]:
        """Prove it mostly as Teams does: what is behind the door is meant here, not the door."""
        if self._often(0.1):
            return super()._headers(activity)
        token = self._token(self.fake.app_id, self._url(activity))
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}

    @override
    def _damage(self, payload: Json) -> None:
        if self._often(0.3):
            self._swap(payload)
        else:
            super()._damage(payload)

    def _swap(self, payload: Json) -> None:
        """Put somebody else, or somebody else's, in a place; only people who act become the sender."""
        acting, other = self._pick(*self.people).user, self._pick(*self.everybody)
        place = self._pick(self.fake.personal(other), *self.shared)
        path, what = self._pick(
            (("from",), acting.account()),
            (("from", "aadObjectId"), acting.id),
            (("from", "id"), other.member),
            (("conversation",), place.account()),
            (("conversation", "id"), place.id),
            (("conversation", "conversationType"), self._pick("personal", "channel", "groupChat")),
            (("conversation", "tenantId"), other.tenant),
            (("channelData", "tenant", "id"), other.tenant),
            (("channelData", "tenant"), None),
            (("recipient",), other.account()),
            (("replyToId",), self._pick(*self.offers).message),
            (("value", "action", "data", "rapport"), self._pick(*self.offers).data["rapport"]),
            (("value", "data"), self._pick(*self.offers).data),
            (("value", "from"), other.account()),
            (("value", "userId"), other.id),
            (("membersAdded",), [_member(one) for one in self.everybody]),
        )
        _put(payload, path, what)

    @override
    def _odd(self, was: Any) -> Any:
        if not self._often(0.05):
            return super()._odd(was)
        nested: Any = was
        for _ in range(DEEP):
            nested = [nested]
        return self._pick("x" * HUGE, "\N{GRINNING FACE}" * HUGE, nested, [was] * 500, "x" * HUGEST)


def _at(node: Any, *path: str) -> Any:
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    return node


def _put(node: Any, path: tuple[str, ...], what: Any) -> None:
    *outer, last = path
    found = _at(node, *outer)
    if isinstance(found, dict):
        found[last] = deepcopy(what)  # what is damaged next must not be what Rapport had shown


def _member(user: User) -> Json:
    return {"id": user.member, "aadObjectId": user.id}
