"""The demo whose chat is imitated in a thread of this process, with the same doors as ``House``.

After each act the clock is asked to stay where it is: that answers once everything is sent and every reply is shown.
"""

import time
from abc import abstractmethod
from collections.abc import Callable, Coroutine, Hashable, Mapping
from typing import Any

from typing_extensions import override

from tests.stories.house import House, Json, Refusal, buttons

Act = Callable[[Any], Coroutine[Any, Any, Any]]


class ImitatedHouse(House):
    """What somebody sees is read back into the JSON of cards that the page has, as far as the stories look at it."""

    fake: Any

    @abstractmethod
    def person(self, who: str) -> Any:
        """Return the human being behind somebody of the company."""

    @abstractmethod
    def seen(self, person: str) -> Mapping[Hashable, Any]:
        """Return what somebody sees, by its place, oldest first; what lies over the chat last."""

    @abstractmethod
    def message(self, seen: Any) -> Json:
        """Return something that is seen as the page would have it, with itself under ``seen``."""

    def settles(self) -> None:
        """Wait until nothing is due any more and every reply is shown; moves of the clock take turns."""
        while True:
            try:
                self.clock(to=self.get("/local/clock")["now"])
            except Refusal as busy:
                if busy.status != 409:
                    raise
                time.sleep(0.02)
            else:
                return

    @override
    def messages(self, person: str) -> list[Json]:
        return [self.message(seen) for seen in self.seen(person).values()]

    @override
    def says(self, person: str, text: str) -> Json:
        self.private |= {text} if " " in text and not text.startswith("/") else set()
        return self._new(person, lambda who: who.says(self.typed(text)))[-1]

    def typed(self, text: str) -> str:
        """Return what has to be typed here for a line or a command."""
        return text

    @override
    def presses(self, person: str, message: Json, label: str) -> list[Json]:
        token = buttons(message)[label]
        return self._new(person, lambda who: who.presses(message["seen"], token))

    @override
    def submits(self, person: str, form: Json, **values: str) -> list[Json]:
        named = {name.replace("_", "-"): value for name, value in values.items()}
        self.private |= {value for value in values.values() if " " in value}
        shown = self._new(person, lambda who: self.sent(who, form, named))
        if errors := self.person(person).errors:
            field, sentence = next(iter(errors.items()))
            raise Refusal(422, {"field": field, "message": sentence})
        return shown

    @abstractmethod
    def sent(self, who: Any, form: Json, values: Mapping[str, str]) -> Coroutine[Any, Any, Any]:
        """Fill in a form and send it."""

    def _new(self, person: str, act: Act) -> list[Json]:
        """Do something, and return what the person sees that they did not see before."""
        before = self.seen(person)
        answer = self.fake.do(act(self.person(person)))
        if not answer.ok:
            raise ConnectionError(answer.failed)
        self.settles()
        after = self.seen(person)
        return [self.message(seen) for place, seen in after.items() if before.get(place) != seen]
