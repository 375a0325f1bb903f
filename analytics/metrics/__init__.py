"""Every metric Rapport knows; a new one is a module here and its line in ``METRICS``."""

from __future__ import annotations

from typing import Any

from analytics.metrics import (
    favourability,
    recommend_score,
    response_rate,
    retention,
    separations,
    theme_share,
    tone_balance,
)
from analytics.metrics.metric import Metric

# Any: each metric has its own type of counts, which it names in ``Metric.counts``.
METRICS: dict[str, Metric[Any]] = {
    metric.key: metric
    for metric in (
        recommend_score.METRIC,
        favourability.METRIC,
        response_rate.METRIC,
        tone_balance.METRIC,
        theme_share.METRIC,
        separations.METRIC,
        retention.METRIC,
    )
}
