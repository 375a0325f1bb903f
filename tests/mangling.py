"""What a platform would never send, made from what it does: seeded, and so again and again."""

import copy
from abc import ABC, abstractmethod
from random import Random
from typing import Any

Json = dict[str, Any]

NUMBERS = (0, 1, -1, 2**31, 2**63, 10**400, 0.5, -0.0, 1e308)
MOST_BYTES_CHANGED = 8


class Mangling(ABC):
    """Draws from ``random``, and damages JSON and bytes by it."""

    random: Random

    @abstractmethod
    def _text(self) -> str:
        """Return something that somebody could write."""

    def _often(self, share: float) -> bool:
        return self.random.random() < share

    def _pick(self, *among: Any) -> Any:
        return self.random.choice(among)

    def _damage(self, payload: Json) -> None:
        """Take something away, or put something odd in its place, anywhere."""
        node: Any = payload
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                return
            key = self.random.choice(keys)
            inner = node[key]
            if isinstance(inner, dict | list) and inner and self._often(0.7):
                node = inner
                continue
            if self._often(0.3):
                del node[key]
            else:
                node[key] = self._odd(inner)
            return

    def _odd(self, was: Any) -> Any:
        return self._pick(
            None,
            self._often(0.5),
            self._pick(*NUMBERS),
            self._text(),
            "",
            [],
            {},
            [copy.deepcopy(was)],
            {"id": copy.deepcopy(was), "type": "x"},
            str(was),
            [[[[{"a": None}]]]] * 3,
        )

    def _gnawed(self, body: bytes) -> bytes:
        gnawed = bytearray(body)
        for _ in range(self.random.randint(1, MOST_BYTES_CHANGED)):
            at = self.random.randrange(len(gnawed) + 1)
            gnawed[at : at + self._pick(0, 1, 1, 40)] = self._pick(
                b"", self.random.randbytes(1), b"%00", b'"', b"{", b"&", b"\\ud800", b"\xff", b"%ff", b"="
            )
        return bytes(gnawed)
