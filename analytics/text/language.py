"""Which language a reply is in. The one module that knows py3langid."""

import re
import unicodedata
from functools import lru_cache
from typing import Protocol

UNDETERMINED = "und"
"""ISO 639-2's code for a language that could not be determined."""

ENABLED = frozenset({"en", "de", "fr", "es", "it", "pt"})
"""Languages a reply is told apart by, unless a workspace enables others."""

FEWEST_WORDS = 4
"""Below this the profile's language is the better guess: identification errs on 15 % of replies of 1-3 words."""

# Languages often met at work beside the enabled ones. They compete, so that a Dutch or Turkish reply is
# "undetermined" and not the enabled language it happens to resemble.
_BYSTANDERS = frozenset(
    {"ar", "bg", "cs", "da", "el", "fi", "he", "hi", "hr", "hu", "ja", "ko", "nl", "no", "pl", "ro"}
    | {"ru", "sk", "sv", "tr", "uk", "vi", "zh"}
)
# A near tie goes to the language of the profile.
_TIE = 0.5

_ENGLISH = """
the and my with this that are they you would there been because our your which should could about what when where
their than these those were has does didn doesn wouldn isn wasn know think want need make made some just really very
people good great much into out him get got if it being only other after before then
"""
_ONLY_ENGLISH = frozenset(_ENGLISH.split())

_NOT_PROSE = re.compile(r"‹[a-z-]+›|:[a-z0-9_+-]{1,40}:|https?://\S+|\S+@\S+")
_WORD = re.compile(r"[^\W\d_]+")


class _Identifier(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


def primary(locale: str) -> str:
    """Return the language of a locale or catalogue name: "de" of "de-formal", "de_AT" or "DE"."""
    return re.split(r"[-_.@]", locale.strip().lower(), maxsplit=1)[0] or UNDETERMINED


def language_of(text: str, profile_language: str, enabled: frozenset[str] = ENABLED) -> str:
    """Return the language code of a cleaned reply, or "und".

    Under four words it is the language of the person's profile, except in a foreign script; else what py3langid
    finds, where a language that is not enabled is "und".
    """
    words = words_of(text)
    profile = primary(profile_language)
    if _is_plainly_english(words):
        return "en"
    foreign = _in_foreign_script("".join(words), profile)
    if len(words) < FEWEST_WORDS and not foreign:
        return profile
    return _identified(" ".join(words), profile, enabled)


def words_of(text: str) -> list[str]:
    """Return the words that tell a language: without links, addresses, shortcodes and masks."""
    return _WORD.findall(_NOT_PROSE.sub(" ", text))


def best_guess(prose: str, sure: float, otherwise: str) -> str:
    """Return the enabled language that words are in with at least this probability, else the other one."""
    best, probability = _identifier(ENABLED | _BYSTANDERS).rank(prose)[0]
    return best if best in ENABLED and probability >= sure else otherwise


def _is_plainly_english(words: list[str]) -> bool:
    """Tell whether two different words that hardly another language has make up a fifth of it.

    Spares most English replies the identifier, which takes as long as all the rest of reading a tone.
    """
    found = [word for word in words if word.lower() in _ONLY_ENGLISH]
    return len(found) >= max(2, len(words) / 5) and len({word.lower() for word in found}) > 1


def let_go() -> None:
    """Give back the 40 MB of tables that the first long reply has read; the next one reads them again, in 0.4 s."""
    _identifier.cache_clear()


def _identified(prose: str, profile: str, enabled: frozenset[str]) -> str:
    ranked = _identifier(enabled | _BYSTANDERS).rank(prose)
    best, probability = ranked[0]
    if dict(ranked).get(profile, 0.0) >= _TIE * probability:
        return profile
    return best if best in enabled else UNDETERMINED


def _in_foreign_script(letters: str, profile: str) -> bool:
    """Tell whether most letters are not Latin although the profile's language is written in Latin letters."""
    if letters.isascii():
        return False
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return profile in ENABLED and 2 * latin < len(letters)


@lru_cache(maxsize=2)  # each holds 40 MB of tables; a process meets one set of enabled languages, rarely two
def _identifier(languages: frozenset[str]) -> _Identifier:
    """Return an identifier that knows these languages only.

    The model is data inside the installed package: NumPy arrays (npz in LZMA), read with ``allow_pickle=False``;
    nothing is unpickled and nothing fetched. Building the identifier from its parts, rather than narrowing the
    ready-made one, lets the weights of the other hundred languages go: about 25 MB.
    """
    # py3langid brings NumPy and 40 MB of tables: paid at the first long reply, not at import.
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - paid at the first long reply
    from py3langid.modelio import load_model  # noqa: PLC0415 - paid at the first long reply

    weights, priors, labels, moves, rows, features = load_model(MODEL_DIR / MODEL_FILE)
    kept = [i for i, label in enumerate(labels) if label in languages]
    identifier: _Identifier = LanguageIdentifier(
        weights[:, kept].copy(),
        priors[kept],
        [labels[i] for i in kept],
        moves,
        features,
        norm_probs=True,
        tk_row=rows,
    )
    return identifier
