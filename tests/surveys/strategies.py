"""Questions of every type, for property tests."""

from hypothesis import strategies as st

from surveys.questions import Direction, Question
from surveys.questions.choice import DECLINED
from surveys.scales import LANGUAGES

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
ORDERED: st.SearchStrategy[Direction] = st.sampled_from(["higher", "lower"])


def question(kind: str, **parts: object) -> Question:
    """Return a plain English question of a type; ``parts`` replace or add fields."""
    common: dict[str, object] = {
        "key": "item",
        "version": 1,
        "type": kind,
        "stem": {"en": "How is it?", "de": "Wie ist es?"},
        "construct": "test",
        "direction": "none",
        "source": "test",
        "licence": "test",
    }
    return Question(**(common | parts))  # type: ignore[arg-type]  # a builder passes fields on by name


def both(*labels: str) -> dict[str, tuple[str, ...]]:
    return {"en": labels, "de": tuple(f"{label} (de)" for label in labels)}


LIKERT = question("likert", direction="higher", labels=both("1", "2", "3", "4", "5"))
RECOMMEND = question("recommend", direction="higher", labels=both("low", "high"))
CHOICE = question("choice", options=("home", "office", DECLINED), labels=both("Home", "Office", "Rather not"))
TEXT = question("text", limit=100)
EXAMPLES = {"likert": LIKERT, "recommend": RECOMMEND, "choice": CHOICE, "text": TEXT}


def stems() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(dict.fromkeys(LANGUAGES, WORDS))


@st.composite
def labels(draw: st.DrawFn, count: int) -> dict[str, tuple[str, ...]]:
    words = st.lists(WORDS, min_size=count, max_size=count, unique=True)
    return {language: tuple(draw(words)) for language in LANGUAGES}


@st.composite
def likert_questions(draw: st.DrawFn) -> Question:
    points = draw(st.integers(2, 11))
    return question("likert", stem=draw(stems()), labels=draw(labels(points)), direction=draw(ORDERED))


@st.composite
def recommend_questions(draw: st.DrawFn) -> Question:
    return question("recommend", stem=draw(stems()), labels=draw(labels(2)), direction="higher")


@st.composite
def choice_questions(draw: st.DrawFn) -> Question:
    options = draw(st.lists(WORDS.filter(lambda word: word != DECLINED), min_size=2, max_size=8, unique=True))
    options += [DECLINED] if draw(st.booleans()) else []
    return question("choice", stem=draw(stems()), options=tuple(options), labels=draw(labels(len(options))))


@st.composite
def text_questions(draw: st.DrawFn) -> Question:
    return question("text", stem=draw(stems()), limit=draw(st.none() | st.integers(1, 2000)))


QUESTIONS = {
    "likert": likert_questions(),
    "recommend": recommend_questions(),
    "choice": choice_questions(),
    "text": text_questions(),
}
any_question = st.one_of(*QUESTIONS.values())
