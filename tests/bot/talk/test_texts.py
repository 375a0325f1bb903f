"""The copy lint: what every sentence of every catalogue must and must not be."""

import re
from collections.abc import Iterator

import pytest

from bot.talk.commands import BY_NAME, DECLARED
from bot.talk.language import LOCALES, PLACEHOLDER, catalogue, languages

OURS = ("en", "de", "de-formal")

FEELINGS = r"\b(happy|glad|sorry|excited|sad|we care|love|unfortunately|freue? mich|freuen uns|leider|tut (mir|uns) leid|traurig|gl[üu]cklich)\b"
PRESSURE = r"\b(hurry|last chance|only you (are|have|haven't)|don't miss|act now|you must answer|streak|beeil\w*|letzte chance|nur du (fehlst|hast)|nur sie (fehlen|haben)|verpass\w*|serie von)\b"
PRAISE = r"\b(well done|great job|awesome|amazing|thanks? (so much )?for (answering|your answers?)|super gemacht|toll|großartig|danke (fürs|für (deine|ihre) antwort\w*))\b"
BLAME = r"\b(invalid (input|value)|ung[üu]ltige eingabe|failed to comply|you failed|you forgot|du hast vergessen|fehlerhafte eingabe)\b"
JARGON = r"\b(ATT|DiD|p-value|p-Wert|difference-in-differences|Differenz-von-Differenzen|standard error|Standardfehler|heteroskedastic\w*)\b"
MARKUP = r"\*\*|__|</?[a-z]+>|\]\(|&[a-z]+;|<!"
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
MEASUREMENT = re.compile(r"^(details|methods)\.")

DU = re.compile(r"\b(du|dich|dir|dein(e|em|en|er|es)?)\b", re.IGNORECASE)
DU_IMPERATIVE = re.compile(
    r"(?<!\bich )\b(nimm|versuch|frag|gib|lies|sieh|tippe?|klicke?|schreibe?|schicke?|öffne|prüfe?|nenne|wähle?|merke?)\b(?! (ich|nach))",
    re.IGNORECASE,
)
SIE = re.compile(r"(?<=[^.!?:;„“\"(\n·] )(Sie|Ihnen|Ihr(e|em|en|er|es)?)\b")
SIE_OPENING = re.compile(
    r"\b(Sie (können|müssen|sehen|bekommen|haben|sind|dürfen|möchten|finden|erhalten)|Ihre Antworten|[A-ZÄÖÜ][a-zäöü]+en Sie)\b"
)
SIE_ALLOWED = re.compile(r"^Sie (enthält|endet|gilt|steht|zählt|bleibt|wird|hat|ist|kommt)")


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Yield each key of a catalogue with each of its forms."""
    for key, forms in catalogue(language).entries.items():
        for form in forms:
            yield key, form


def effective(language: str) -> dict[str, tuple[str, ...]]:
    """Return what a reader of this language gets, formal registers falling back to their language."""
    base = dict(catalogue(language.removesuffix("-formal")).entries)
    return base | dict(catalogue(language).entries)


def found(
    pattern: str | re.Pattern[str], language: str, but: re.Pattern[str] | None = None
) -> list[tuple[str, str]]:
    """Return the texts in which a pattern occurs, except under keys that ``but`` names."""
    compiled = re.compile(pattern, re.IGNORECASE) if isinstance(pattern, str) else pattern
    return [
        (key, text)
        for key, text in texts(language)
        if compiled.search(text) and not (but and but.search(key))
    ]


def names(forms: tuple[str, ...]) -> set[str]:
    """Return the placeholders of a text; a formal address takes the full name for the first one."""
    return {
        "first_name" if name == "full_name" else name for form in forms for name in PLACEHOLDER.findall(form)
    }


def test_our_languages_are_there_and_hold_sentences():
    assert set(OURS) <= set(languages())
    assert len(catalogue("en").entries) > 100


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_keys(language: str):
    assert set(effective(language)) == set(catalogue("en").entries)


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_placeholders(language: str):
    source = catalogue("en").entries
    differing = {
        key: forms for key, forms in effective(language).items() if names(forms) != names(source[key])
    }

    assert not differing


@pytest.mark.parametrize("language", languages())
def test_a_plural_is_a_plural_in_every_language(language: str):
    source = catalogue("en").entries
    own = {len(forms) for forms in catalogue(language).entries.values()} - {1}
    differing = {
        key for key, forms in effective(language).items() if (len(forms) > 1) != (len(source[key]) > 1)
    }

    assert not differing
    assert len(own) <= 1


def test_a_catalogue_names_no_file_that_its_texts_were_written_in():
    assert all("toml" not in (LOCALES / f"{language}.po").read_text().lower() for language in languages())


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    "banned", [FEELINGS, PRESSURE, PRAISE, BLAME, MARKUP, r"!.*!|!!", r"\?\?", r"  ", r"^\s|\s$", r"\.\.\."]
)
def test_no_sentence_feels_presses_praises_blames_or_shouts(banned: str, language: str):
    assert not found(banned, language)


@pytest.mark.parametrize("language", languages())
def test_jargon_stays_in_the_details(language: str):
    assert not found(re.compile(JARGON), language, but=MEASUREMENT)


@pytest.mark.parametrize("language", languages())
def test_at_most_one_emoji_and_none_in_reports(language: str):
    crowded = [text for _, text in texts(language) if len(EMOJI.findall(text)) > 1]
    in_reports = [text for key, text in texts(language) if key.startswith("report.") and EMOJI.search(text)]

    assert not crowded
    assert not in_reports


@pytest.mark.parametrize("language", languages())
def test_no_text_is_longer_than_sixty_words(language: str):
    assert not [key for key, text in texts(language) if len(text.split()) > 60 and not key.endswith(".long")]


@pytest.mark.parametrize("language", languages())
def test_titles_and_buttons_are_short_and_end_without_a_full_stop(language: str):
    titles = [(key, text) for key, text in texts(language) if key.endswith(".title")]
    buttons = [(key, text) for key, text in texts(language) if key.startswith("button.")]

    assert not [item for item in titles if len(item[1].split()) > 6]
    assert not [item for item in buttons if len(item[1].split()) > 7 or len(item[1]) > 60]
    assert not [item for item in titles + buttons if item[1].endswith((".", "!"))]


@pytest.mark.parametrize("language", languages())
def test_a_fallback_is_a_full_sentence(language: str):
    fallbacks = [(key, text) for key, text in texts(language) if key.endswith("fallback")]

    assert fallbacks or language == "de-formal"
    assert not [item for item in fallbacks if len(item[1].split()) < 4 or not item[1].endswith((".", "?"))]


def formal_address(text: str) -> str | None:
    """Return how a text says Sie to its reader, if it does."""
    match = SIE.search(text) or (None if SIE_ALLOWED.search(text) else SIE_OPENING.search(text))
    return match and match[0]


def informal_address(text: str) -> str | None:
    """Return how a text says du to its reader, if it does."""
    match = DU.search(text) or DU_IMPERATIVE.search(text)
    return match and match[0]


def test_du_never_says_sie():
    assert not [(key, formal_address(text)) for key, text in texts("de") if formal_address(text)]


def test_sie_never_says_du():
    said = [
        (key, text)
        for key, forms in effective("de-formal").items()
        for text in forms
        if informal_address(text)
    ]

    assert not said


def test_sie_differs_from_du_wherever_it_is_written():
    du = catalogue("de").entries

    assert not [key for key, forms in catalogue("de-formal").entries.items() if du[key] == forms]


@pytest.mark.parametrize(
    ("text", "formal"),
    [
        ("Hier können Sie antworten.", True),
        ("Ihre Antworten liegen ohne Namen vor.", True),
        ("Sie müssen nichts tun.", True),
        ("Bitte nehmen Sie den Knopf.", True),
        ("Nennen Sie diese Nummer.", True),
        ("Nenne diese Nummer. Sie enthält nichts von deinem Text.", False),
        ("Deine Antworten liegen ohne Namen vor.", False),
        ("Die Umfragen und ihre Termine.", False),
    ],
)
def test_the_lint_tells_the_registers_apart(text: str, formal: bool):
    assert (formal_address(text) is not None) is formal


@pytest.mark.parametrize(
    ("text", "informal"),
    [
        ("Bitte nimm den Knopf.", True),
        ("Das siehst nur du.", True),
        ("Nenne diese Nummer.", True),
        ("Dann frage ich noch einmal.", False),
        ("Dann nenne ich das Datum.", False),
        ("Ich schreibe nur den Testpersonen.", False),
        ("Bitte nehmen Sie den Knopf.", False),
    ],
)
def test_the_lint_finds_du_and_what_is_told_to_a_du(text: str, informal: bool):
    assert (informal_address(text) is not None) is informal


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (FEELINGS, "We are happy to see you."),
        (FEELINGS, "Das geht leider nicht."),
        (PRESSURE, "Last chance to answer."),
        (PRAISE, "Danke für deine Antwort."),
        (BLAME, "Invalid input."),
        (MARKUP, "This is **bold**."),
        (JARGON, "The ATT is 3."),
    ],
)
def test_the_lint_finds_what_it_looks_for(pattern: str, text: str):
    assert re.search(pattern, text, re.IGNORECASE)


@pytest.mark.parametrize("language", languages())
def test_no_sentence_tells_anybody_to_type_a_command_that_belongs_to_somebody_else(language: str):
    """On Slack /feedback is Slack's own, and /people may be any other app's."""
    others = "|".join(re.escape(name) for name in BY_NAME if name not in DECLARED)

    assert not found(rf"(?<![\w/])/({others}|\{{nearest)", language)
