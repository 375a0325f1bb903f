"""``rapport model-report``: how often theme and tone of quotes were read rightly, as HR has judged."""

from typing import Any

from adapters.cli.console import say, show_json, show_table
from adapters.cli.place import Demo, Json, reading
from analytics.text.precision import FEWEST, Precision
from bot.cases import model_report as cases


def model_report(json: Json = False, demo: Demo = False) -> None:
    """Show of how many judged quotes theme and tone were read rightly, by version, with 95 % intervals."""
    with reading(demo=demo) as store:
        found = store.read(lambda unit: {"theme": cases.by_theme(unit), "tone": cases.by_tone(unit)})
    rows = {kind: [_row(one) for one in each] for kind, each in found.items()}
    if json:
        show_json(rows)
        return
    if not any(rows.values()):
        say("Nothing is judged yet. HR judges quotes in chat: /results, “In people's words”.")
        return
    for kind, each in rows.items():
        if each:
            cells = [(r["read_as"], r["by"], r["judged"], r["right"], _range(r)) for r in each]
            show_table((kind.capitalize(), "Read by", "Judged", "Right", "Precision (95 %)"), cells, "")
    say("Judged are quoted comments only: plain ones, whose authors agreed. Others may be read worse.")
    if any(r["judged"] < FEWEST for each in rows.values() for r in each):
        say(f"Rows of fewer than {FEWEST} judgements say little.")


def _row(one: Precision) -> dict[str, Any]:
    return {
        "by": one.by,
        "read_as": one.read_as,
        "judged": one.judged,
        "right": one.right,
        "precision": round(one.share.value, 4),
        "low": round(one.share.low, 4),
        "high": round(one.share.high, 4),
    }


def _range(row: dict[str, Any]) -> str:
    return f"{row['precision']:.0%} ({row['low']:.0%} to {row['high']:.0%})"
