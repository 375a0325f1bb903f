"""``rapport response-styles``: how people used the scales of a wave, and whether its groups can be compared."""

from dataclasses import asdict
from typing import Annotated

import typer

from adapters.cli.console import REFUSED, fail, out, show_json, show_table
from adapters.cli.place import Demo, Json, reading
from bot.cases import styles
from bot.cases.styling import Part
from bot.store.tables import Reading
from bot.store.unit import Unit

WHOLE = "(whole organisation)"
NAMES: dict[Part, str] = {
    "extreme": "Choose an end in more than half of their answers",
    "agreement": "Agree with more than half of the statements",
    "yes": "Agree with statements and with their opposites",
}
MEANS: dict[Part, str] = {
    "extreme": "Where more people choose the ends, the same opinion gives a favourable share further from the middle.",
    "agreement": "Yes-saying can't be told from content here, because no statement was asked with its opposite.",
    "yes": "These people agree whatever is stated, so their favourable shares are too high where agreeing is good.",
}
DIFFER = (
    "Do not compare these departments with each other: they use the scale differently, beyond chance. "
    "Compare each with its own earlier results."
)
ALIKE = "No difference between departments that chance does not explain. That is no proof that there is none."
ALONE = "Fewer than two departments can be shown, so they are not compared."
NOT_ADJUSTED = (
    "Adjusted figures: withheld, because nobody (or too few people) answered five scales or more in this survey. "
    "With fewer a person's own mean is little else than the answer itself."
)
ADJUSTED = (
    "Adjusted: people who rate the question above the rest of their own answers minus those who rate it below, in "
    "points. It ranks questions within a group; it never says that one group is more content than another."
)


def response_styles(
    wave: Annotated[
        int | None, typer.Option(help="Number of the wave; the latest released one by default.")
    ] = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Say how people used the scales (ends, agreement) and whether departments can be compared."""
    with reading(demo=demo) as store:
        found = store.read(lambda unit: _found(unit, wave))
    if found is None:
        fail("There is no released wave with that number." if wave else "No wave was released yet.", REFUSED)
    if json:
        show_json(_as_json(found))
        return
    if not found.shares:
        out.print("Nothing can be shown of this wave: too few people answered two scales or more.")
        return
    for part, shares in found.shares.items():
        _show(part, shares, found)
    _show_standings(found)


def _found(unit: Unit, number: int | None) -> styles.Styles | None:
    released = (one for one in unit.waves.recent() if one.state == "released" and number in (None, one.id))
    latest = next(released, None)
    return None if latest is None else styles.of_wave(unit, latest)


def _show(part: Part, shares: list[Reading], found: styles.Styles) -> None:
    show_table(("Department", NAMES[part]), [(one.path or WHOLE, _share(one)) for one in shares], "")
    out.print(MEANS[part])
    compared = found.differences[part]
    if compared is None:
        out.print(ALONE)
    else:
        verdict = DIFFER if compared.beyond_chance else ALIKE
        out.print(f"{verdict} (Cochran's Q {compared.q:.1f}, p {compared.p:.3f}, Cohen's h {compared.h:.2f})")
    out.print()


def _show_standings(found: styles.Styles) -> None:
    if not found.standings:
        out.print(NOT_ADJUSTED)
        return
    rows = [
        (one.path or WHOLE, one.question, "–" if one.raw is None else _share(one.raw), _points(one.adjusted))
        for one in found.standings
    ]
    show_table(("Department", "Question", "Favourable, as released", "Adjusted"), rows, "")
    out.print(ADJUSTED)


def _share(one: Reading) -> str:
    if one.value is None or one.low is None or one.high is None:
        return one.band.replace("_", " ") if one.state == "band" else "not shown"
    return f"{one.value:.0%} ({one.low:.0%} to {one.high:.0%})"


def _points(one: Reading) -> str:
    if one.value is None or one.low is None or one.high is None:
        return one.band.replace("_", " ")
    return f"{one.value:+.0f} ({one.low:+.0f} to {one.high:+.0f})"


def _as_json(found: styles.Styles) -> dict[str, object]:
    return {
        "styles": {part: [_row(one) for one in shares] for part, shares in found.shares.items()},
        "differences": {
            part: None if one is None else {**asdict(one), "beyond_chance": one.beyond_chance}
            for part, one in found.differences.items()
            if part in found.shares
        },
        "adjusted": [
            {**_row(one.adjusted), "question": one.question, "raw": one.raw and _row(one.raw)}
            for one in found.standings
        ],
        "adjusted_withheld": None if found.standings else "too_few_items",
    }


def _row(one: Reading) -> dict[str, object]:
    return {
        name: getattr(one, name) for name in ("path", "state", "band", "value", "low", "high", "n", "asked")
    }
