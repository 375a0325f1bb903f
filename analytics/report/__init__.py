"""`/roi-report`: what can honestly be said about one rollout in one department, as data."""

from __future__ import annotations

from analytics.report.build import build
from analytics.report.codec import UnreadableReport, from_json, to_json
from analytics.report.ethics import AuditState, Coarse, Decided, Ethics, Model, Practice, coarse, released
from analytics.report.inputs import (
    Context,
    DataSource,
    Gap,
    Intervention,
    NoRollout,
    RoiInputs,
    Rollout,
    Scale,
    focus_of,
)
from analytics.report.model import DECISION_SHEETS, Direction, Kind, RoiReport
from analytics.report.voiced import Theme, Voiced, most_frequent

__all__ = [
    "DECISION_SHEETS",
    "AuditState",
    "Coarse",
    "Context",
    "DataSource",
    "Decided",
    "Direction",
    "Ethics",
    "Gap",
    "Intervention",
    "Kind",
    "Model",
    "NoRollout",
    "Practice",
    "RoiInputs",
    "RoiReport",
    "Rollout",
    "Scale",
    "Theme",
    "UnreadableReport",
    "Voiced",
    "build",
    "coarse",
    "focus_of",
    "from_json",
    "most_frequent",
    "released",
    "to_json",
]
