"""What goes wrong, on demand: by method and count, or drawn from a seeded plan."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

Kind = Literal["answer", "answer_after", "reset", "reset_after", "hang", "hang_after", "refuse"]

HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True)
class Fault:
    """How a call ends otherwise than it should; ``…_after`` when Slack had already done what was asked."""

    kind: Kind
    status: int = 200
    body: str = ""
    retry_after: str = ""
    code: str = ""
    content_type: str = ""

    @property
    def accepted(self) -> bool:
        return self.kind.endswith("_after")

    @property
    def name(self) -> str:
        return self.code or (str(self.status) if self.kind.startswith("answer") else self.kind.split("_")[0])


def slow_down(retry_after: str = "1") -> Fault:
    """429 with ``Retry-After``, whole seconds as Slack sends them or any other text."""
    return Fault("answer", 429, '{"ok":false,"error":"ratelimited"}', retry_after, "ratelimited")


def unavailable(status: int = 503, body: str = "") -> Fault:
    """A 5xx before anything was done; 502 comes with a page of HTML."""
    return Fault("answer", status, body or (HTML if status == 502 else "upstream error"))


def broken_after(status: int = 500, body: str = "") -> Fault:
    """A 5xx although it was done."""
    return Fault("answer_after", status, body or (HTML if status == 502 else "upstream error"))


def garbled(*, after: bool = False) -> Fault:
    """200 that calls itself JSON and is a page of HTML, as broken proxies answer."""
    return Fault("answer_after" if after else "answer", 200, HTML, content_type="application/json")


def reset(*, after: bool = False) -> Fault:
    """The connection is reset."""
    return Fault("reset_after" if after else "reset")


def hang(*, after: bool = False) -> Fault:
    """No answer ever comes."""
    return Fault("hang_after" if after else "hang")


def refuse(code: str) -> Fault:
    """``ok: false`` with an error code of Slack's."""
    return Fault("refuse", code=code)


Draw = Callable[[str], Fault | None]


class FaultPlan:
    """Faults waiting for their call; ``draw`` decides for calls that none waits for."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)
        self._always: dict[str, Fault] = {}
        self.draw: Draw = nothing

    def next(self, method: str, *faults: Fault, times: int = 1) -> None:
        """Let the next calls of a method end so, one after the other; ``times`` repeats the whole row."""
        self._waiting[method].extend(faults * times)

    def always(self, method: str, fault: Fault | None) -> None:
        """Let every call of a method end so, until it is called again with ``None``."""
        if fault is None:
            self._always.pop(method, None)
        else:
            self._always[method] = fault

    def clear(self) -> None:
        self._waiting.clear()
        self._always.clear()
        self.draw = nothing

    def take(self, method: str) -> Fault | None:
        if self._waiting[method]:
            return self._waiting[method].popleft()
        return self._always.get(method) or self.draw(method)


def nothing(_method: str) -> Fault | None:
    return None


CHAOS: Sequence[Fault] = (
    slow_down(),
    slow_down("0.5"),
    unavailable(500),
    unavailable(502),
    unavailable(503),
    broken_after(500),
    broken_after(503),
    reset(),
    reset(after=True),
)


def seeded(seed: int, share: float, faults: Sequence[Fault] = CHAOS, methods: Collection[str] = ()) -> Draw:
    """Return a plan by which that share of calls fails, of ``methods`` if any are named."""
    random = Random(seed)

    def draw(method: str) -> Fault | None:
        if methods and method not in methods:
            return None
        return random.choice(faults) if random.random() < share else None

    return draw
