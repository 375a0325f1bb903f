"""Which language a text of few words is in where nobody's profile says so: in a file of replies, for instance."""

from analytics.text.language import FEWEST_WORDS, best_guess, words_of
from analytics.text.model import english

_SURE = 0.5


def likely(cleaned: str) -> str:
    """Return the language that a cleaned text of one to three words is likely in; "en" for any other one.

    Identification alone errs on every sixth of them. So it is believed only where fewer than half of the words are
    among those that the English model has met.
    """
    words = words_of(cleaned)
    if not 0 < len(words) < FEWEST_WORDS:
        return "en"
    model = english()
    met = sum(word in model.vocabulary or word in model.lexicon.values for word in map(str.lower, words))
    return "en" if 2 * met >= len(words) else best_guess(" ".join(words), _SURE, "en")
