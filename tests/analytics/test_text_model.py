import json
import math
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text.features import NAMES
from analytics.text.identities import mask_identities
from analytics.text.lexicon import Lexicon
from analytics.text.model import FORMAT, Model, WrongFormat, english

SIMPLE = Model(
    "simple-1",
    0.4,
    Lexicon({"good": 0.5}, {}, {}),
    {"good": (-100, 0, 100), "good day": (0, 0, 50), "day_N": (40, 0, 0)},
    tuple(tuple(weight if name == "praise" else 0.0 for name in NAMES) for weight in (-1.0, 0.0, 1.0)),
    (0.1, 0.2, 0.3),
)


def held(**changes: Any) -> str:
    simple = {
        "format": FORMAT, "version": "v", "threshold": 0.4, "bias": [0, 0, 0], "boosters": {"very": 30},
        "figures": {name: [0, 0, 0] for name in NAMES}, "lexicon": {"good": [50], "fine": [0, 40, 60]}, "vocabulary": {"good": [1, 2, 3]}, "phrases": {"red tape": -50}, "sides": {"pay": 1}, "amounts": {"low": -1},
    }  # fmt: skip
    return json.dumps(simple | changes)


def test_probabilities_are_those_of_the_formula():
    scale = 1 / math.sqrt(2)  # two entries hit: "good" and "good day"; "day" is none
    praise = 0.5 / math.sqrt(2)
    sums = [0.1 - praise - 1.0 * scale, 0.2, 0.3 + praise + 1.5 * scale]
    odds = [math.exp(value) for value in sums]

    assert SIMPLE.read("good day").probabilities == pytest.approx([value / sum(odds) for value in odds])


def test_the_words_that_spoke_are_told_with_what_they_spoke_for_strongest_first():
    scale = 1 / math.sqrt(2)
    assert SIMPLE.read("good day").told == (
        ("good", pytest.approx(0.5 + 2 * scale)),
        ("good day", pytest.approx(0.5 * scale)),
    )
    assert SIMPLE.read("not one day").told == (("not day", pytest.approx(-0.4)),)


def test_a_text_of_unknown_words_leaves_the_bias():
    odds = [math.exp(value) for value in SIMPLE.bias]
    assert SIMPLE.read("xyzzy plugh").probabilities == pytest.approx([value / sum(odds) for value in odds])


def test_a_file_is_read_as_it_is_written():
    model = Model.parse(held())
    assert model.lexicon == Lexicon(
        {"good": 0.5}, {"fine": (0.4, 0.6)}, {"very": 0.3}, {"red tape": -0.5}, {"pay": 1}, {"low": -1}
    )
    assert model.vocabulary == {"good": (1, 2, 3)}


@pytest.mark.parametrize("changes", [{"format": FORMAT + 1}, {"figures": {"another": [0, 0, 0]}}])
def test_a_file_for_other_code_is_refused(changes: dict[str, Any]):
    with pytest.raises(WrongFormat):
        Model.parse(held(**changes))


WORDS = ["good", "terrible", "not", "very", "team", "!", "laptop", "😀", "the", "?", "but", "never", "thanks"]


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_probabilities_add_up_and_do_not_change_from_call_to_call(text: str):
    read = english().read(text)
    assert sum(read.probabilities) == pytest.approx(1)
    assert min(read.probabilities) > 0
    assert english().read(text) == read


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_more_praise_in_the_bias_never_makes_praise_less_likely(text: str):
    model = english()
    kinder = replace(model, bias=(model.bias[0], model.bias[1], model.bias[2] + 1))
    assert kinder.read(text).probabilities[2] > model.read(text).probabilities[2]


def test_the_shipped_file_is_small_and_says_where_it_came_from():
    folder = files("analytics.text")
    text = folder.joinpath("english.json").read_text("utf-8")
    provenance = json.loads(folder.joinpath("english.provenance.json").read_text("utf-8"))

    assert len(text.encode()) < 500_000
    assert provenance["version"] == json.loads(text)["version"] == english().version
    assert len(provenance["texts"]) == 11
    assert all(
        part["licence"] and len(part["sha256"]) == 64
        for part in (*provenance["lexicons"], *provenance["texts"].values())
    )


def test_each_word_list_is_named_in_the_notices_that_ship_with_it():
    folder = files("analytics.text")
    notices = folder.joinpath("english.licences.txt").read_text("utf-8")
    parts = json.loads(folder.joinpath("english.provenance.json").read_text("utf-8"))["lexicons"]

    assert {part["licence"] for part in parts} == {"MIT", "PDDL", "CC BY 4.0", "Apache-2.0"}
    assert all(words in notices for words in ("C.J. Hutto", "PDDL", "Bing Liu", "Attribution 4.0"))


def test_no_identity_and_nobody_stands_in_the_shipped_file():
    model = english()
    lexicon = model.lexicon
    words = {part.removesuffix("_N") for entry in model.vocabulary for part in entry.split()}
    words |= {*lexicon.values, *lexicon.sides, *lexicon.amounts}
    words |= {word for phrase in lexicon.phrases for word in phrase.split()}
    persons = {
        "he",
        "she",
        "his",
        "her",
        "john",
        "mary",
        "president",
        "liberal",
        "god",
        "obama",
        "jesus",
        "brother",
        "sister",
    }

    assert [word for word in words if mask_identities(word) != word] == []
    assert words & persons == set()
    assert not any(
        word.startswith(("@", "http")) or any(map(str.isdigit, word)) for word in words - set(lexicon.values)
    )
