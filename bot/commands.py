"""Binds what people type and press to the case that handles it; a new command or button is one entry in a case."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from bot.cases import (
    answers,
    assistance,
    contact,
    conversation,
    escalation,
    ethics_report,
    feedback,
    golive,
    home,
    installation,
    model_report,
    onboarding,
    own_journey,
    preferences,
    privacy,
    quote_cards,
    relabelling,
    reports,
    results,
    roles,
    rollouts,
    roster_cards,
    surveys,
    takeover,
    thresholds,
    unreached,
    upload_cards,
)
from bot.cases.context import ActionHandler, CommandHandler

H = TypeVar("H")


def merged(tables: Iterable[Mapping[str, H]]) -> Mapping[str, H]:
    """Return all entries; two cases that claim one name are a mistake of ours, told at start."""
    entries: dict[str, H] = {}
    for table in tables:
        twice = entries.keys() & table.keys()
        if twice:
            raise ValueError(f"bound twice: {', '.join(sorted(twice))}")
        entries |= table
    return MappingProxyType(entries)


COMMANDS: Mapping[str, CommandHandler] = merged(
    (
        feedback.COMMANDS,
        assistance.COMMANDS,
        escalation.COMMANDS,
        installation.COMMANDS,
        own_journey.COMMANDS,
        preferences.COMMANDS,
        privacy.COMMANDS,
        golive.COMMANDS,
        home.COMMANDS,
        reports.COMMANDS,
        results.COMMANDS,
        roles.COMMANDS,
        rollouts.COMMANDS,
        roster_cards.COMMANDS,
        surveys.COMMANDS,
    )
)

ACTIONS: Mapping[str, ActionHandler] = merged(
    (
        answers.ACTIONS,
        contact.ACTIONS,
        conversation.ACTIONS,
        escalation.ACTIONS,
        feedback.ACTIONS,
        home.ACTIONS,
        assistance.ACTIONS,
        installation.ACTIONS,
        model_report.ACTIONS,
        onboarding.ACTIONS,
        preferences.ACTIONS,
        privacy.ACTIONS,
        golive.ACTIONS,
        quote_cards.ACTIONS,
        relabelling.ACTIONS,
        reports.ACTIONS,
        ethics_report.ACTIONS,
        results.ACTIONS,
        roles.ACTIONS,
        rollouts.ACTIONS,
        roster_cards.ACTIONS,
        surveys.ACTIONS,
        takeover.ACTIONS,
        thresholds.ACTIONS,
        unreached.ACTIONS,
        upload_cards.ACTIONS,
    )
)
