"""Labelled scales shared by many questions, lowest point first, written in each language.

Points are worded symmetrically around a neutral middle, so that the wording itself favours neither side.
A changed label changes the instrument: give the questions that use it a new version.
"""

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("en", "de", "de-formal")
"""Languages that every built-in text is written in; ``de`` says du, ``de-formal`` says Sie."""

Labels = Mapping[str, tuple[str, ...]]

_SATISFACTION_DE = (
    "Sehr unzufrieden",
    "Eher unzufrieden",
    "Weder zufrieden noch unzufrieden",
    "Eher zufrieden",
    "Sehr zufrieden",
)
_AGREEMENT_DE = (
    "Stimme gar nicht zu",
    "Stimme eher nicht zu",
    "Weder noch",
    "Stimme eher zu",
    "Stimme voll zu",
)

SATISFACTION: Labels = MappingProxyType(
    {
        "en": (
            "Very dissatisfied",
            "Dissatisfied",
            "Neither satisfied nor dissatisfied",
            "Satisfied",
            "Very satisfied",
        ),
        "de": _SATISFACTION_DE,
        "de-formal": _SATISFACTION_DE,
    }
)
AGREEMENT: Labels = MappingProxyType(
    {
        "en": ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"),
        "de": _AGREEMENT_DE,
        "de-formal": _AGREEMENT_DE,
    }
)

SCALES: Mapping[str, Labels] = MappingProxyType({"satisfaction-5": SATISFACTION, "agreement-5": AGREEMENT})
"""Scales a template can name instead of writing its own labels."""

DECLINE: Mapping[str, str] = MappingProxyType(
    {"en": "Prefer not to say", "de": "Keine Angabe", "de-formal": "Keine Angabe"}
)
"""The label of the last option of a choice that may be declined."""
