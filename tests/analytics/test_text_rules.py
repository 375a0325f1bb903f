import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text.rules import ENGLISH, Rule, apply

# For each rule: what it must read (with the sign found), and what it must leave alone.
EXAMPLES: dict[str, tuple[dict[str, int], list[str]]] = {
    "cannot-be-better": ({"It could not be better": 1, "never been happier": 1}, ["It could be better", "better than ever"]),
    "cannot-be-worse": ({"The food can not get any worse": -1}, ["It could get worse"]),
    "not-bad": ({"This is not a bad idea": 1, "I am not unhappy": 1, "not too terrible": 1}, ["bad", "not good", "not a good and bad day"]),
    "sarcasm": ({"Great, another meeting": -1, "wonderful, yet another tool": -1}, ["great team", "another great day", "great to have another colleague"]),
    "thanks-for-nothing": ({"Well, thanks for nothing": -1}, ["thanks for the laptop"]),
    "no-thanks": ({"No thanks": 0, "no, thank you": 0}, ["thank you"]),
    "hard-work": ({"your hard work": 0, "very hard-working people": 0, "she worked really hard": 0}, ["The work is hard", "hard to reach"]),
    "laughter": ({"lol this": 0, "hahaha": 0}, ["lollipop", "Hamburg"]),
    "hedge": ({"kind of boring": 0}, ["a kind manager", "sort the list"]),
    "okay": ({"It was ok": 0}, ["token", "booking"]),
    "no-complaints": (
        {"no issues so far": 0, "without any problems": 0, "nothing to complain about": 0, "nothing to improve": 0, "not a problem": 0},
        ["many problems", "no laptop", "issues everywhere"],
    ),
    "too-many": ({"Too many tools": -1, "way too much work": -1, "not too many meetings": 0}, ["too much fun", "many tools"]),
    "not-enough": (
        {"hardly any support from HR": -1, "lack of feedback": -1, "not enough training": -1, "no information": -1},
        ["no help needed", "good support", "no meetings"],
    ),
    "could-be-better": ({"could be better": -1, "Onboarding should be clearer": -1, "you can do better": -1}, ["it is better", "could be even better"]),
    "wish": (
        {"I wish onboarding was clearer": -1, "I wish that my manager had time": -1, "we wish we had known": -1},
        ["I wish you all the best", "I wish I could give six stars"],
    ),
    "not-working": (
        {"Website is not working": -1, "The printer does not really work": -1, "It stopped working": -1},
        ["I am not working on Fridays", "she is not working today", "it works"],
    ),
    "nobody-answered": ({"Nobody answered my questions": -1, "no one ever listens": -1, "never got told": -1}, ["somebody answered", "nobody left"]),
    "not-heard": (
        {"Management does not listen": -1, "the training never happened": -1, "decided without asking us": -1},
        ["I do not know", "never mind", "without a plan"],
    ),
    "leaving": (
        {"I am thinking about leaving": -1, "I want to quit": -1, "looking for another job": -1},
        ["leaving the office at five", "thinking about lunch", "looking for a desk"],
    ),
    "solved": ({"IT fixed my problem": 1, "solved every single issue": 1, "the bugs were fixed": 1}, ["a problem", "a fixed desk"]),
    "gain": (
        {"I learned a lot": 1, "it saves me two hours": 1, "exactly what I needed": 1, "keep it up": 1, "it never saves us time": -1},
        ["to learn", "save the file", "what I need", "keep the badge"],
    ),
    "still-waiting": ({"still waiting for a laptop": -1, "I waited two weeks": -1, "it takes weeks": -1, "it took forever": -1}, ["waiting room", "weeks of fun"]),
    "arrived-late": ({"The laptop arrived late": -1, "my badge came two days late": -1, "it never arrived too late": 0}, ["see you later", "a late lunch"]),
    "drowning": ({"I am drowning in work": -1, "we are swamped": -1, "I am not snowed under": 0}, ["swimming in the lake"]),
    "strain": ({"overworked and underpaid": -1, "burnt out": -1, "overwhelming": -1, "out of date": -1, "micromanaging": -1, "I am not stressed": 0}, ["working late", "the press"]),
    "meagre": (
        {"low salary": -1, "less annual increments": -1, "the pay is too low": -1, "below market": -1, "slow growth": -1},
        ["a good salary", "the pay is good", "salary", "low noise"],
    ),
    "pressure": (
        {"long working hours": -1, "work pressure": -1, "office politics": -1, "a hectic week": -1, "not hectic": 0},
        ["hours", "politics is my subject", "air pressure"],
    ),
    "no-balance": (
        {"no work-life balance": -1, "poor work life balance": -1, "work life balance is not there": -1, "job security is less": -1},
        ["good work-life balance", "job security"],
    ),
    "balance": ({"work-life balance": 1, "flexible hours": 1, "job security": 1}, ["balance sheet", "security guard"]),
    "slighted": ({"I was ignored": -1, "a toxic team": -1, "left out": -1, "goals are unclear": -1, "not chaotic": 0}, ["unclear whether we met", "I ignored the manual"]),
    "gratitude": ({"Thank you": 1, "I really appreciate it": 1, "not appreciated": -1}, ["I would appreciate an answer"]),
    "valued": ({"I feel valued": 1, "I felt very supported": 1, "I do not feel valued": -1}, ["a valued added tax", "the format is supported"]),
    "helpful": ({"helpful colleagues": 1, "it went smoothly": 1, "HR was not helpful": -1}, ["please help", "a smooth surface"]),
}  # fmt: skip


def read(key: str, text: str) -> list[float]:
    return [finding.value for finding in apply(ENGLISH, text)[1] if finding.rule == key]


def test_every_rule_has_its_own_examples():
    assert sorted(EXAMPLES) == sorted(rule.key for rule in ENGLISH)


@pytest.mark.parametrize(
    ("key", "text", "sign"),
    [(k, text, sign) for k, (fires, _) in EXAMPLES.items() for text, sign in fires.items()],
)
def test_a_rule_reads_its_phrase(key: str, text: str, sign: int):
    values = read(key, text)
    assert values
    assert {(value > 0) - (value < 0) for value in values} == {sign}


@pytest.mark.parametrize(
    ("key", "text"), [(k, text) for k, (_, silent) in EXAMPLES.items() for text in silent]
)
def test_a_rule_leaves_other_phrases_alone(key: str, text: str):
    assert not read(key, text)


@pytest.mark.parametrize("text", [text for fires, silent in EXAMPLES.values() for text in (*fires, *silent)])
def test_passing_over_rules_whose_pieces_a_text_lacks_changes_nothing(text: str):
    searched = [replace(rule, needs=("",)) for rule in ENGLISH]
    assert apply(ENGLISH, text) == apply(searched, text)


def test_what_a_rule_has_read_is_taken_out_of_the_text():
    rest, findings = apply(ENGLISH, "Too many tools, but hard work is fun")
    assert rest == "‹said› tools, but ‹said› work is fun"
    assert [finding.words for finding in findings] == ["hard", "Too many"]


def test_a_not_reaches_its_own_clause_only():
    assert read("strain", "I am not happy, I am stressed") == [-0.5]
    assert read("strain", "not happy because I am stressed") == [-0.5]
    assert read("strain", "not really stressed") == [0.0]


def test_a_negated_finding_says_so_in_its_words():
    assert apply(ENGLISH, "I do not feel valued")[1][0].words == "not feel valued"


@given(
    st.lists(
        st.sampled_from(
            [
                "not",
                "too",
                "many",
                "help",
                "ok",
                "lol",
                "work",
                "hard",
                "thank",
                "you",
                "no",
                "problem",
                "I",
                "wish",
                "was",
            ]
        ),
        max_size=30,
    )
)
def test_findings_keep_within_the_scale_and_only_misleading_rules_find_zero_unnegated(words: list[str]):
    values = {rule.key: rule for rule in ENGLISH}
    for finding in apply(ENGLISH, " ".join(words))[1]:
        rule: Rule = values[finding.rule]
        assert -1 <= finding.value <= 1
        assert finding.value == rule.value or (rule.negatable and finding.words.startswith("not "))


@pytest.mark.parametrize(
    "piece", ["no ", "not ", "too ", "very ", "wish it ", "ha", "a ", "work hard ", "never a ", "was "]
)
def test_the_longest_reply_of_hostile_words_is_read_in_no_time(piece: str):
    started = time.perf_counter()
    apply(ENGLISH, (piece * 2_000)[:2_000])
    assert time.perf_counter() - started < 0.5
