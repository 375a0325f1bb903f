"""Which scorer reads the tone of comments: chosen by a setting, loaded when it is needed."""

from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from adapters.findings import Finding

if TYPE_CHECKING:
    from analytics.text.beta.scorer import Polyglot

Model = Literal["english", "embeddings"]


class Choice(StrEnum):
    """The same for a command line."""

    ENGLISH = "english"
    EMBEDDINGS = "embeddings"


def scorer(model: Model) -> "Polyglot":
    """Load the scorer of this name, the trial languages beside it; raises ``NoEmbeddings`` with what to do if the extra isn't there."""
    from analytics.text.beta.scorer import Polyglot  # noqa: PLC0415 - other commands start without it

    if model == "english":
        return Polyglot()
    from analytics.text.embeddings import EmbeddingScorer  # noqa: PLC0415 - it loads an inference runtime

    return Polyglot(EmbeddingScorer())


def lacking(model: Model) -> list[str]:
    """Say in words what must be installed before this scorer can read; empty: nothing. Loads nothing."""
    if model == "english":
        return []
    from analytics.text.bge import not_installed  # noqa: PLC0415 - only who wants it pays for it

    return not_installed()


def found(model: Model) -> Finding:
    """Load the scorer and say which one reads, or why it can't."""
    from analytics.text.bge import NoEmbeddings  # noqa: PLC0415 - only who wants it pays for it

    try:
        return Finding("tone", "ok", f"Comments in English are read by {scorer(model).version}.")
    except NoEmbeddings as reason:
        return Finding("tone", "problem", str(reason))
