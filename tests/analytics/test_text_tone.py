import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.results import Withheld
from analytics.text.content import NO_CONTENT, has_content
from analytics.text.english import EnglishScorer
from analytics.text.identities import mask_identities
from analytics.text.rules import Finding
from analytics.text.tone import Heard, Scored, Scorer, Tone, hear, tone_of

SCORER = EnglishScorer()

# Each row of the behaviour table and more from working life: what a person would say of it.
MEANT = [
    ("Thank you for all your hard work", Tone.POSITIVE),
    ("It isn't great", Tone.NEGATIVE),
    ("It isn’t great", Tone.NEGATIVE),
    ("This isn't a bad idea", Tone.POSITIVE),
    ("I'm not unhappy", Tone.POSITIVE),
    ("hardly any support from HR", Tone.NEGATIVE),
    ("👍", Tone.POSITIVE),
    (":+1::skin-tone-2:", Tone.POSITIVE),
    ("😡😡😡", Tone.NEGATIVE),
    ("😭", Tone.NEGATIVE),
    ("Too many tools", Tone.NEGATIVE),
    ("could be better", Tone.NEGATIVE),
    ("Great, another two hour meeting. Just what I needed.", Tone.NEGATIVE),
    ("Nobody answered my questions for two weeks", Tone.NEGATIVE),
    ("I am drowning in work", Tone.NEGATIVE),
    ("Website is not working", Tone.NEGATIVE),
    ("I am gay", Tone.NEUTRAL),
    ("GOOD!!!", Tone.POSITIVE),
    ("good", Tone.POSITIVE),
    ("very very good", Tone.POSITIVE),
    ("The laptop arrived late", Tone.NEGATIVE),
    ("no issues so far", Tone.NEUTRAL),
    ("I wish onboarding was clearer", Tone.NEGATIVE),
    ("lol this tool sucks", Tone.NEGATIVE),
    ("I don’t think it is a good idea", Tone.NEGATIVE),
    ("The first weeks have not been good", Tone.NEGATIVE),
    ("I don't feel happy here", Tone.NEGATIVE),
    ("It couldn't be better", Tone.POSITIVE),
    ("We need more training", Tone.NEUTRAL),
    ("My desk is on the second floor", Tone.NEUTRAL),
    ("We had a meeting on Tuesday", Tone.NEUTRAL),
    ("ok", Tone.NEUTRAL),
    ("not bad", Tone.POSITIVE),
    ("The tool crashes twice a day", Tone.NEGATIVE),
    ("Low salary and no work-life balance", Tone.NEGATIVE),
    ("Flexible hours and friendly colleagues", Tone.POSITIVE),
    ("HR was not helpful", Tone.NEGATIVE),
    ("Management does not listen to employees", Tone.NEGATIVE),
    ("The first week was overwhelming", Tone.NEGATIVE),
    ("I feel left out of the team", Tone.NEGATIVE),
    ("I am thinking about leaving", Tone.NEGATIVE),
    ("I learned a lot in my first month", Tone.POSITIVE),
    ("IT fixed my problem within minutes", Tone.POSITIVE),
    ("The training was exactly what we needed", Tone.POSITIVE),
    ("We use Jira and Slack", Tone.NEUTRAL),
    ("Promotions depend on who you know", Tone.NEGATIVE),
    ("The salary is low", Tone.NEGATIVE),
    ("Low pressure and plenty of room to grow", Tone.POSITIVE),
    ("A lot of red tape", Tone.NEGATIVE),
    ("Salaries are paid at the end of the month", Tone.NEUTRAL),
]

# Praise beside complaint: no one answer would be right.
MIXED = ["I love the team but the workload is terrible", "Thanks, but too many meetings"]

# Known failures: what is said today, and what a person would say. A better model may mend them.
KNOWN_FAILURES = [
    ("The plan leaves some questions open", Tone.NEUTRAL, Tone.NEGATIVE),  # polite criticism
    ("My computer is as fast as a snail", Tone.POSITIVE, Tone.NEGATIVE),  # a picture
    ("You see your manager once a year", Tone.NEUTRAL, Tone.NEGATIVE),  # a complaint without a word of tone
    ("The new badge system lets nobody down", Tone.UNCLEAR, Tone.POSITIVE),  # praise by denial
]


def tone(text: str, profile: str = "en") -> Tone:
    scored = tone_of(text, profile, SCORER)
    assert isinstance(scored, Scored)
    return scored.tone


@pytest.mark.parametrize(("text", "meant"), MEANT)
def test_the_behaviour_table_is_read_right_or_left_unclear(text: str, meant: Tone):
    assert tone(text) in (meant, Tone.UNCLEAR)


def test_the_behaviour_table_is_hardly_ever_left_unclear():
    assert sum(tone(text) is Tone.UNCLEAR for text, _ in MEANT) <= 2


@pytest.mark.parametrize("text", MIXED)
def test_praise_beside_complaint_is_unclear(text: str):
    assert tone(text) is Tone.UNCLEAR


@pytest.mark.parametrize(("text", "said", "meant"), KNOWN_FAILURES)
def test_known_failures_are_still_known_and_still_failures(text: str, said: Tone, meant: Tone):
    assert tone(text) is said is not meant


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "--", "…", "?", "n/a", "N/A.", "none", "Nothing!", "nope", "no comment", "I don’t know", "nothing to add",
     "keine", "Keine.", "nix", "k. A.", "weiß nicht", "Nichts", "rien", "nada", "niente", "Sem comentários",
     "10", "10/10", "‹name›", "‹e-mail› ‹phone›", "\u200b\u202e", "(-)"],
)  # fmt: skip
@pytest.mark.parametrize("profile", ["en", "de", "tr"])
def test_a_reply_without_content_is_not_scored_and_not_neutral(text: str, profile: str):
    assert tone_of(text, profile, SCORER) == Scored(Tone.NO_CONTENT, None, ())


@pytest.mark.parametrize(
    "text", [":)", ":-(", "<3", "👍", ":parrot:", "no way", "nothing works", "keine Zeit", "ok", "好"]
)
def test_short_replies_that_say_something_have_content(text: str):
    assert has_content(text)


def test_fillers_are_kept_in_the_spelling_they_are_compared_in():
    assert all(filler == filler.lower().strip(" .,;:!?") for filler in NO_CONTENT)
    assert not any(has_content(filler) for filler in NO_CONTENT)


@pytest.mark.parametrize(
    ("text", "profile"),
    [
        ("Das Onboarding war schlecht", "de"),
        ("Das Onboarding war schlecht", "en"),
        ("schlecht", "de"),
        ("👍", "de"),
        ("Ekip çok iyi ama toplantılar çok uzun", "en"),
        ("很好", "en"),
    ],
)
def test_other_languages_are_withheld_and_never_zero(text: str, profile: str):
    assert tone_of(text, profile, SCORER) == Withheld("language")


def test_an_english_reply_of_a_german_speaker_is_scored():
    assert tone("My team is really great and kind", "de-formal") is Tone.POSITIVE


def test_the_words_and_rules_that_carried_a_score_are_given():
    scored = tone_of("Great colleagues, thank you, no issues, lol", "en", SCORER)
    assert isinstance(scored, Scored)
    assert scored.tone is Tone.POSITIVE
    assert scored.evidence[:2] == ("thank you", "great colleagues")
    assert set(scored.rules) == {"laughter", "no-complaints", "gratitude"}


@dataclass(frozen=True)
class Gloomy:
    """A better model, as far as the seam is concerned."""

    version: str = "gloomy-1"
    languages: frozenset[str] = frozenset({"de", "en"})
    read: list[str] = field(default_factory=list)

    def score(self, text: str, findings: Sequence[Finding]) -> Scored:
        self.read.append(text)
        return Scored(Tone.NEGATIVE, -0.9, ("everything",))


def test_another_scorer_is_one_argument_and_brings_its_own_languages():
    model: Scorer = Gloomy()
    assert tone_of("Das Onboarding war sehr gut", "de", model) == Scored(Tone.NEGATIVE, -0.9, ("everything",))
    assert tone_of("Everything is fine with me", "de", model) == Scored(Tone.NEGATIVE, -0.9, ("everything",))
    assert tone_of("Mon équipe est vraiment formidable", "de", model) == Withheld("language")


def test_a_scorer_sees_neither_identities_nor_what_the_rules_have_read():
    model = Gloomy()
    tone_of("As a gay woman I see no problems and hard work :tada:", "en", model)
    assert model.read == ["As ‹person› I see ‹said› and ‹said› work great"]


def test_the_language_is_said_and_not_looked_for_where_it_is_known():
    assert hear("Das Onboarding war schlecht", "en", SCORER) == Heard("de", Withheld("language"))
    assert hear("n/a", "en", SCORER) == Heard("", Scored(Tone.NO_CONTENT, None, ()))
    known = hear("Das Onboarding war schlecht", "de", SCORER, language="en")
    assert known.language == "en"
    assert isinstance(known.tone, Scored)


TEMPLATES = [
    "{} works in our team",
    "I talked to {} about the project and it went well",
    "My manager is {} and nobody answered me",
    "I am {} and I love this team",
    "Being {} here is terrible",
]
IDENTITIES = [
    "gay", "straight", "lesbian", "trans", "Black", "white", "Asian", "German", "Nigerian", "Muslim", "Jewish", "Christian",
    "an atheist", "blind", "deaf", "disabled", "autistic", "old", "young", "a woman", "a man", "a mother", "pregnant", "foreign",
    "a gay woman", "Samoan", "two-spirit", "left-handed", "a grandmother",
]  # fmt: skip
# Not on the mask list: lexicon and vocabulary have to leave them alone by themselves.
UNLISTED = [
    "Zoroastrian",
    "Bengali",
    "dyspraxic",
    "Kazakh",
    "widowhood",
    "agender",
    "Yazidi",
    "Lakisha",
    "chinedu",
]
NAMES = [
    "Emily",
    "Greg",
    "Lakisha",
    "Jamal",
    "Wei",
    "Priya",
    "Chinedu",
    "Fatima",
    "Mohammed",
    "José",
    "Olga",
    "mehmet",
    "Yuki",
]


def spread(template: str, terms: list[str]) -> float:
    scored = [tone_of(template.format(term), "en", SCORER) for term in terms]
    polarities = [s.polarity for s in scored if isinstance(s, Scored) and s.polarity is not None]
    assert len(polarities) == len(terms)
    return max(polarities) - min(polarities)


@pytest.mark.parametrize("template", TEMPLATES)
def test_who_somebody_is_moves_no_score(template: str):
    assert spread(template, IDENTITIES) <= 0.02
    assert spread(template, NAMES) <= 0.01


@pytest.mark.parametrize("template", TEMPLATES)
def test_identities_and_names_that_no_list_of_ours_holds_move_no_score_either(template: str):
    assert spread(template, UNLISTED) <= 0.02


def test_identity_words_are_masked_whatever_their_case_and_nothing_else_is():
    assert mask_identities("BLIND people, a blindfold and Germany") == "‹person›, a blindfold and Germany"
    assert mask_identities("a non-binary old man") == "‹person›"


@given(st.text(max_size=120), st.sampled_from(["en", "de", "x"]))
def test_any_text_gets_a_tone_or_is_withheld(text: str, profile: str):
    match tone_of(text, profile, SCORER):
        case Withheld(reason):
            assert reason == "language"
        case Scored(Tone.NO_CONTENT, polarity, evidence, rules):
            assert (polarity, evidence, rules) == (None, (), ())
        case Scored(tone_found, polarity):
            assert polarity is not None
            assert -1 <= polarity <= 1
            assert not (tone_found is Tone.POSITIVE and polarity <= 0)
            assert not (tone_found is Tone.NEGATIVE and polarity >= 0)
            assert tone_of(text, profile, SCORER) == tone_of(text, profile, SCORER)


def test_importing_the_text_ring_loads_no_model():
    heavy = "{'textblob', 'nltk', 'py3langid', 'numpy', 'scipy', 'plotext'}"
    modules = "analytics.text.tone, analytics.text.english, analytics.text.masking, analytics.plots"
    script = f"import sys, {modules}; analytics.text.english.EnglishScorer().score('good');  print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
