"""The options of a question in the words in which every platform shows them, and the act that each of them is."""

from collections.abc import Sequence

from bot.talk.cards import Action
from surveys.formats import Option, ResponseFormat, Scale


def wordless(options: Sequence[Option]) -> bool:
    """Whether the options show their values only, such as 0 to 10."""
    return all(option.label == option.value for option in options)


def ends(response: ResponseFormat) -> str:
    """Say what the ends of a scale of bare numbers mean; empty where its options say so themselves."""
    if not (isinstance(response, Scale) and response.options and wordless(response.options)):
        return ""
    first, last = response.options[0], response.options[-1]
    both = ((first.label, response.low_label), (last.label, response.high_label))
    return " · ".join(f"{label}: {meaning}" for label, meaning in both if meaning.strip())


def with_ends(scale: Scale) -> tuple[Option, ...]:
    """Return the options of a scale; where they are bare numbers the first and the last say what they mean."""
    if not wordless(scale.options) or len(scale.options) < 2:
        return scale.options
    first, *between, last = scale.options
    return (_meaning(first, scale.low_label), *between, _meaning(last, scale.high_label))


def different(options: Sequence[Option]) -> list[Option]:
    """Return the options, each value once, the first of those that share one."""
    return [*{option.value: option for option in reversed(options)}.values()][::-1]


def chosen(tap: Action, option: Option) -> Action:
    """Return the act of choosing this option by one tap."""
    return Action(tap.name, tap.ref, option.value)


def _meaning(option: Option, words: str) -> Option:
    return Option(option.value, f"{option.label}: {words}") if words.strip() else option
