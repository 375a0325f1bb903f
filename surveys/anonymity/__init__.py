"""Anonymity: who is counted where, what may be stored, what may be shown.

Three steps, all pure: `place` each invited person in a cell at launch; `coarsen` the cells of each question at
close, before anything is stored; pass the `lattice` of figures through the `gate` before anything is shown.
"""

from surveys.anonymity.cells import ORGANISATION, coarsen, lattice, place
from surveys.anonymity.figures import (
    COMMENTS_FLOOR,
    FLOOR,
    Band,
    Count,
    Exact,
    Figure,
    Form,
    Tone,
    balance_points,
    comments_may_show,
    count_bounds,
    count_form,
    release_form,
    respondent_band,
    response_percent,
    round_mean,
    share_percent,
    value_step,
)
from surveys.anonymity.gate import Decision, Reason, Shown, Withheld, gate, nearest_shown, releases
from surveys.anonymity.ledger import Across, Release
from surveys.anonymity.outlook import EXPECTED_RESPONSE, Outlook, detectable_teams

__all__ = [
    "COMMENTS_FLOOR",
    "EXPECTED_RESPONSE",
    "FLOOR",
    "ORGANISATION",
    "Across",
    "Band",
    "Count",
    "Decision",
    "Exact",
    "Figure",
    "Form",
    "Outlook",
    "Reason",
    "Release",
    "Shown",
    "Tone",
    "Withheld",
    "balance_points",
    "coarsen",
    "comments_may_show",
    "count_bounds",
    "count_form",
    "detectable_teams",
    "gate",
    "lattice",
    "nearest_shown",
    "place",
    "release_form",
    "releases",
    "respondent_band",
    "response_percent",
    "round_mean",
    "share_percent",
    "value_step",
]
