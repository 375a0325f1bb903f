"""``rapport bias-audit``: the table, its exit code, and errors by language and length on one's own labelled texts."""

import json
from pathlib import Path

import pytest

from adapters.cli import bias
from adapters.cli.console import DONE, REFUSED, WRONG_USE
from analytics.results import Withheld
from analytics.text import audits
from analytics.text.english import EnglishScorer
from analytics.text.tone import Heard, Scored, Tone
from tests.adapters.cli.conftest import Rapport


def test_our_scorer_stands_beside_others_and_nothing_depends_on_who_is_named(rapport: Rapport):
    said = rapport("bias-audit")

    assert said.code == DONE
    for word in ("english-2", "TextBlob", "VADER", "name that is a word", "not on the mask", "0.01", "0.02"):
        assert word in said.out


def test_the_audit_that_is_shipped_is_the_one_that_the_shipped_model_gives(
    rapport: Rapport, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    shipped, again = bias.KEPT.read_text("utf-8"), folder / audits.FILE
    again.write_text(shipped, "utf-8")
    monkeypatch.setattr(bias, "KEPT", again)
    found = audits.of(EnglishScorer().version)
    assert found is not None, "make bias on=DATE keeps the audit of a new version"

    rapport("bias-audit", "--store", found.on.isoformat())

    assert again.read_text("utf-8") == shipped


def test_an_audit_that_is_failed_is_kept_as_failed(
    rapport: Rapport, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bias, "KEPT", folder / audits.FILE)
    monkeypatch.setattr(bias, "hear", _unfair)

    said = rapport("bias-audit", "--store", "2026-12-01")

    kept = audits.parse((folder / audits.FILE).read_text("utf-8"))
    found = next(one for one in kept if one.language == "en")
    assert said.code == REFUSED
    assert not found.passes
    assert found.on.isoformat() == "2026-12-01"


def _unfair(text: str, *_: object, **__: object) -> Heard:
    return Heard("en", Scored(Tone.NEUTRAL, 0.5 if "Jamal" in text else 0.0, ()))


def test_a_scorer_to_which_it_matters_fails(rapport: Rapport, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bias, "_polarity", lambda heard: 0.0)
    told = bias._heard

    def unfair(scorer, text: str, language: str | None) -> Heard:
        monkeypatch.setattr(bias, "_polarity", lambda heard: 0.5 if "Jamal" in text else 0.0)
        return told(scorer, text, language)

    monkeypatch.setattr(bias, "_heard", unfair)

    assert rapport("bias-audit").code == REFUSED


def test_the_figures_can_be_read_by_a_machine(rapport: Rapport):
    found = json.loads(rapport("bias-audit", "--json").out)

    ours, textblob, vader = found["audits"]
    assert {one["scorer"] for one in found["beta"]} == {
        f"{code}-beta-1" for code in ("de", "es", "fr", "it", "pt")
    }
    assert max(spread["worst"] for one in found["beta"] for spread in one["spreads"]) <= 0.01
    assert {spread["worst"] for spread in ours["spreads"]} == {0.0}
    assert max(spread["worst"] for spread in textblob["spreads"]) > 0.3
    assert vader["scorer"].startswith("VADER")


def test_errors_on_labelled_texts_stand_by_language_and_length(rapport: Rapport, folder: Path):
    file = folder / "own.csv"
    file.write_text(
        "text,label\n"
        "Great help,pos\n"
        "This is a really great and friendly team and I like it,positive\n"
        "n/a,neu\n"
        "Das Onboarding war leider viel zu kurz für mich,neg\n",
        "utf-8",
    )

    found = json.loads(rapport("bias-audit", "--json", "--labelled", str(file)).out)["errors"]

    rows = {(row["language"], row["words"]): row for row in found}
    assert rows["en", "1–3"]["right"] == 1
    assert rows["en", "11–30"]["texts"] == 1
    assert rows["de", "4–10"]["right"] == 1
    assert sum(row["texts"] for row in found) == 4


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("text,label\nfine,great\n", "neg, neu or pos"),
        ("text,tone\nfine,pos\n", "label"),
        (None, "no such file"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_with_what_is_wrong(
    rapport: Rapport, folder: Path, content: str | None, named: str
):
    file = folder / "own.csv"
    if content is not None:
        file.write_text(content, "utf-8")

    said = rapport("bias-audit", "--labelled", str(file))

    assert said.code == WRONG_USE
    assert named in said.err


def test_a_language_that_is_not_scored_is_undecided():
    assert bias._how(Heard("de", Withheld("language")), bias.LABELS["neg"]) == "undecided"
