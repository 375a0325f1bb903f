"""Which model reads comments, as an operator chooses it."""

import json
from pathlib import Path

import pytest

from adapters import tone
from adapters.cli.console import WRONG_USE
from analytics.text import bge, embeddings
from analytics.text.tone import Scorer
from bot import jobs
from tests.adapters.cli.conftest import Rapport


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the extra."""
    monkeypatch.setattr(bge, "find_spec", lambda name: None)
    embeddings._encoder.cache_clear()  # where the extra is there, it may have been loaded before


def test_the_doctor_says_which_model_reads(firm: Rapport):
    found = {finding["check"]: finding for finding in json.loads(firm("doctor", "--json").out)}
    assert found["tone"]["state"] == "ok"
    assert "english-2" in found["tone"]["text"]


def test_the_doctor_says_what_to_install_for_embeddings(
    firm: Rapport, bare: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("RAPPORT_TONE", "embeddings")
    said = firm("doctor")
    assert said.code == 1
    assert "rapport-bot[embeddings]" in said.all


def test_scoring_by_embeddings_without_the_extra_ends_with_2_and_what_to_do(
    rapport: Rapport, folder: Path, bare: None
):
    folder.joinpath("export.csv").write_text("text\ngood\n", "utf-8")
    said = rapport("score", "export.csv", "--column", "text", "--model", "embeddings")
    assert said.code == WRONG_USE
    assert "RAPPORT_TONE=english" in said.all


def test_the_default_needs_nothing_more(bare: None):
    assert tone.lacking("english") == []
    assert tone.scorer("english").version == "english-2"


def test_the_jobs_read_with_the_scorer_that_was_chosen_and_load_it_only_when_a_wave_closes():
    def broken() -> Scorer:
        raise AssertionError("loaded too early")

    changed = jobs.reading_by(broken)
    assert [job.name for job in changed] == [job.name for job in jobs.JOBS]
    assert [a.name for a, b in zip(changed, jobs.JOBS, strict=True) if a.run is not b.run] == [jobs.CLOSE]
