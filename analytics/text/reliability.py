"""How often a model errs, as measured when it was made: printed wherever its tones are shown."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

PROVENANCE = ".provenance.json"
"""Each model has a file that ends so."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Shares of labelled texts of domains that the model had not seen.

    Attributes
    ----------
    decided
        Of all texts: not left unclear.
    wrong
        Of those decided.
    reversed
        Of all texts: praise read as complaint, or complaint as praise.
    """

    decided: float
    wrong: float
    reversed: float


@cache
def of(version: str) -> Reliability | None:
    """Return how often one version of a model errs; None: this installation doesn't know that version, or how often."""
    for file in files("analytics.text").iterdir():
        if file.name.endswith(PROVENANCE):
            held: dict[str, Any] = json.loads(file.read_text("utf-8"))
            if held.get("version") == version:
                return parse(held)
    return None


def parse(provenance: dict[str, Any]) -> Reliability | None:
    """Return what a provenance says of errors; None where nothing was measured at the threshold."""
    found = provenance.get("out_of_domain", {}).get("at_threshold")
    if found is None:
        return None
    return Reliability(found["decided"], round(1 - found["right_of_decided"], 3), found["reversed"])
