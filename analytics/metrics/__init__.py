"""Every metric Rapport knows; a new one is a module here and its line in ``METRICS``."""

from __future__ import annotations

from typing import Any

from analytics.metrics import (
    favourability,
    item_standing,
    recommend_score,
    response_rate,
    retention,
    separations,
    style_share,
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
        style_share.METRIC,
        item_standing.METRIC,
        separations.METRIC,
        retention.METRIC,
    )
}
