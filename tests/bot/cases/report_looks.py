"""Real reports as cards, for the platforms to draw: with a figure, as a decision sheet, and how fairly it was measured.

Their charts are golden in a card of their own.
"""

from dataclasses import replace
from datetime import date

from analytics.report import Theme, Voiced, build
from bot.cases import report_card, report_ethics
from bot.cases.report_words import View
from bot.talk.cards import Card
from bot.talk.fallback import without_charts
from bot.talk.language import words
from tests.bot.cases import report_kinds

VOICED = Voiced(
    6,
    date(2026, 7, 6),
    (
        Theme("workload", 0.32, 0.2, 0.46, {"en": "Workload and hours", "de": "Arbeitslast und Zeiten"}),
        Theme("tools", 0.2, 0.11, 0.33, {"en": "Process and tools", "de": "Abläufe und Werkzeuge"}),
    ),
)


def _view(name: str) -> View:
    report = build(replace(report_kinds.inputs()[name], voiced=VOICED))
    return View(report, words("en"), "job-satisfaction", ref="7", hours_by="Ana Ruiz", counts_hours=True)


def figure() -> Card:
    return without_charts(report_card.card(_view("better")))


def sheet() -> Card:
    return without_charts(report_card.card(_view("too_early")))


def fairness() -> Card:
    """Return the ethics part with every warning there is."""
    return report_ethics.ethics(_view("better.warned"))
