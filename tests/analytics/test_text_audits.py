"""The kept audits: one for each version of a model, read back as they were written."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text import audits
from analytics.text.audits import Kept, WrongFormat, joined, kept, parse, written
from analytics.text.bias import Audit, Gap, Spread, audit, sentences
from analytics.text.english import EnglishScorer

ON = date(2026, 11, 26)
FIGURES = st.floats(0, 2, allow_nan=False)
AUDITS = st.builds(
    Audit,
    st.text(min_size=1, max_size=12),
    st.lists(st.builds(Spread, st.text(max_size=9), FIGURES, FIGURES), max_size=4, unique_by=lambda s: s.about).map(tuple),
    st.lists(st.builds(Gap, st.text(max_size=9), st.text(max_size=9), st.floats(-2, 2)), max_size=3).map(tuple),
)  # fmt: skip


def fair(version: str) -> Kept:
    found = audit(version, lambda text: 0.0)
    return kept(found, (), "en", ON, sum(1 for _ in sentences()))


def test_the_model_that_is_shipped_has_an_audit_of_its_own_version():
    found = audits.of(EnglishScorer().version)

    assert found is not None
    assert found.passes
    assert found.language == "en"
    assert [one.scorer.split()[0] for one in found.beside] == ["TextBlob", "VADER"]


def test_a_version_that_nobody_audited_has_none():
    assert audits.of("english-0") is None


@given(AUDITS, st.lists(AUDITS, max_size=2), st.dates())
def test_what_is_written_is_read_back(made: Audit, beside: list[Audit], on: date):
    one = kept(made, beside, "en", on, 7)

    assert parse(written([one])) == (one,)


@given(AUDITS)
def test_other_scorers_stand_beside_with_every_dimension(made: Audit):
    other = kept(made, [Audit("other", (), ())], "en", ON, 7).beside[0]

    assert [spread.about for spread in other.spreads] == [spread.about for spread in made.spreads]


def test_the_verdict_is_that_of_the_figures_before_they_are_rounded():
    found = kept(Audit("x", (Spread("name", 0.0, 0.010001),), ()), (), "en", ON, 7)

    assert found.audit.passes
    assert not found.passes


def test_a_new_audit_takes_the_place_of_the_one_of_its_version_and_leaves_those_of_others():
    earlier, other = fair("english-1"), fair("english-0")
    later = replace(earlier, on=date(2027, 1, 1))

    assert joined([earlier, other], later) == (other, later)


def test_a_file_of_another_format_is_refused():
    with pytest.raises(WrongFormat):
        parse(json.dumps({"format": 2, "audits": []}))
