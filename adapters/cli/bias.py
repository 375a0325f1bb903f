"""``rapport bias-audit``: whether a tone depends on who somebody is, beside other scorers, and where it errs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from adapters import tone
from adapters.cli.console import DONE, REFUSED, WRONG_USE, fail, out, progress, show_json, show_table, told
from adapters.cli.csv_in import NoColumn, column
from adapters.cli.place import Json
from analytics.results import Withheld
from analytics.text import audits
from analytics.text.beta.audit import SENTENCES
from analytics.text.beta.model import shipped
from analytics.text.beta.scorer import BetaScorer
from analytics.text.bias import Audit, Spread, audit, sentences
from analytics.text.tone import Heard, Scorer, Tone, hear

VADER = Audit(
    "VADER 3.3.2 (measured 26 November 2026)",
    tuple(
        Spread(about, *measured)
        for about, measured in {"orientation": (0.356, 0.389), "ability": (0.540, 0.570)}.items()
    ),
    (),
)
"""VADER is no part of Rapport, so its figures are kept; the spreads that are not named here were 0."""

KEPT = Path(audits.__file__).parent / audits.FILE
"""Beside the models, where reports look the audits up."""

LENGTHS = ((1, 3), (4, 10), (11, 30), (31, 10_000))
"""Words that a text may have, in classes."""

LABELS = {
    "neg": Tone.NEGATIVE,
    "negative": Tone.NEGATIVE,
    "neu": Tone.NEUTRAL,
    "neutral": Tone.NEUTRAL,
    "pos": Tone.POSITIVE,
    "positive": Tone.POSITIVE,
}
OPPOSITE = {Tone.NEGATIVE: Tone.POSITIVE, Tone.POSITIVE: Tone.NEGATIVE}
DECIDED = frozenset({Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE})


@dataclass(frozen=True, slots=True)
class Errors:
    """How the texts of one language and length were read."""

    language: str
    words: str
    texts: int
    decided: int
    right: int
    reversed: int


def bias_audit(
    labelled: Annotated[
        Path | None,
        typer.Option(
            help="CSV with the columns text and label (neg, neu, pos): errors by language and length."
        ),
    ] = None,
    store: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Keep the table beside the model, as made on this day."),
    ] = None,
    model: Annotated[
        tone.Choice, typer.Option(help="Which model; embeddings needs the extra of that name.")
    ] = tone.Choice.ENGLISH,
    json: Json = False,
) -> None:
    """Score sentences that differ in a name or an identity word only. Exit code 1 if that makes a difference."""
    from analytics.text.bridge import polarity_by_textblob  # noqa: PLC0415 - slow to load, and only needed here

    if lacking := tone.lacking(model.value):
        fail(lacking[0], WRONG_USE)
    scorers = tone.scorer(model.value)
    scorer = scorers.of("en")
    with progress("Scoring sentences"):
        ours = audit(scorer.version, lambda text: _polarity(_heard(scorer, text, "en")))
        theirs = audit("TextBlob", polarity_by_textblob)
        beta = tuple(_of_beta(language) for language in SENTENCES)
    if store:
        _keep(ours, (theirs, VADER), beta, store.date())
    errors = _errors(scorers, labelled) if labelled else []
    if json:
        show_json(
            {
                "audits": [asdict(one) for one in (ours, theirs, VADER)],
                "beta": [asdict(one) for one in beta],
                "errors": [asdict(e) for e in errors],
            }
        )
    else:
        _show(ours, theirs)
        _show_beta(beta)
        if labelled:
            _show_errors(errors)
    raise typer.Exit(DONE if all(one.passes for one in (ours, *beta)) else REFUSED)


def _of_beta(language: str) -> Audit:
    """Return what is found of a trial language, in its own sentences."""
    scorer = BetaScorer(shipped(language))
    return audit(scorer.version, lambda text: _polarity(_heard(scorer, text, language)), SENTENCES[language])


def _show_beta(beta: Sequence[Audit]) -> None:
    rows = [
        (spread.about, *(_spread(one, spread.about) for one in beta), f"{spread.most:.2f}")
        for spread in beta[0].spreads
    ]
    show_table(("Differs in", *(one.scorer for one in beta), "bearable"), rows, "")


def _keep(ours: Audit, others: Sequence[Audit], beta: Sequence[Audit], on: date) -> None:
    """Write the audits beside the models, also one that is failed: reports have to say so."""
    with told():
        known = audits.parse(KEPT.read_text("utf-8")) if KEPT.exists() else ()
        made = [audits.kept(ours, others, "en", on, sum(1 for _ in sentences()))]
        for language, one in zip(SENTENCES, beta, strict=True):
            made.append(audits.kept(one, (), language, on, sum(1 for _ in sentences(SENTENCES[language]))))
        for each in made:
            known = audits.joined(known, each)
        KEPT.write_text(audits.written(known), "utf-8")


def _show(ours: Audit, *others: Audit) -> None:
    rows = [
        (spread.about, *(_spread(one, spread.about) for one in (ours, *others, VADER)), f"{spread.most:.2f}")
        for spread in ours.spreads
    ]
    names = (one.scorer for one in (ours, *others, VADER))
    show_table(("Differs in", *names, "bearable"), rows, "")
    widest = max(ours.gaps, key=lambda gap: abs(gap.gap))
    out.print(
        "Largest minus smallest score of sentences that differ in one word, on average (worst sentence). "
        f"Widest gap between groups of names: {widest.group} against {widest.reference}, {widest.gap:+.3f}."
    )


def _spread(found: Audit, about: str) -> str:
    one = next((spread for spread in found.spreads if spread.about == about), Spread(about, 0.0, 0.0))
    return f"{one.mean:.3f} ({one.worst:.3f})"


def _show_errors(errors: list[Errors]) -> None:
    rows = [
        (
            e.language,
            e.words,
            e.texts,
            f"{e.decided / e.texts:.0%}",
            _share(e.right, e.decided),
            _share(e.reversed, e.decided),
        )
        for e in errors
    ]
    show_table(("Language", "Words", "Texts", "Decided", "Right", "The wrong way round"), rows, "No texts.")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _errors(scorer: Scorer, file: Path) -> list[Errors]:
    """Count how labelled texts are read, by their language and length."""
    if not file.is_file():
        fail(f"{file}: there is no such file.", WRONG_USE)
    counts: Counter[tuple[str, str, str]] = Counter()
    with told():
        try:
            with column(file, "text") as texts, column(file, "label") as labels:
                for language, words, how in _read(scorer, zip(texts, labels, strict=True)):
                    counts[language, words, how] += 1
        except NoColumn as missing:
            fail(str(missing), WRONG_USE)
    groups = sorted({(language, words) for language, words, _ in counts}, key=_order)
    return [_of(group, counts) for group in groups]


def _order(group: tuple[str, str]) -> tuple[str, int]:
    return group[0], int(group[1].partition("–")[0].rstrip("+"))


def _of(group: tuple[str, str], counts: Counter[tuple[str, str, str]]) -> Errors:
    by_how = {how: counts[(*group, how)] for how in ("right", "wrong", "reversed", "undecided")}
    texts = sum(by_how.values())
    return Errors(*group, texts, texts - by_how["undecided"], by_how["right"], by_how["reversed"])


def _read(scorer: Scorer, rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    for number, (text, label) in enumerate(rows, start=1):
        truth = LABELS.get(label.strip().lower())
        if truth is None:
            fail(f"Row {number}: “{label}” is no label. Use neg, neu or pos.", WRONG_USE)
        heard = _heard(scorer, text, None)
        yield heard.language or "none", _length(text), _how(heard, truth)


def _how(heard: Heard, truth: Tone) -> str:
    if isinstance(heard.tone, Withheld) or heard.tone.tone not in DECIDED:
        return "undecided"
    if heard.tone.tone is truth:
        return "right"
    return "reversed" if OPPOSITE.get(truth) is heard.tone.tone else "wrong"


def _length(text: str) -> str:
    n = max(len(text.split()), 1)
    least, most = next(each for each in LENGTHS if n <= each[1] or each is LENGTHS[-1])
    return f"{least}+" if (least, most) == LENGTHS[-1] else f"{least}–{most}"


def _heard(scorer: Scorer, text: str, language: str | None) -> Heard:
    return hear(text, "en", scorer, language=language)


def _polarity(heard: Heard) -> float:
    return 0.0 if isinstance(heard.tone, Withheld) else heard.tone.polarity or 0.0
