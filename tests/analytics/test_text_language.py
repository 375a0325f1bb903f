import socket
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text.language import ENABLED, UNDETERMINED, language_of, let_go, primary


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("de-formal", "de"),
        ("de_AT", "de"),
        ("EN", "en"),
        ("pt-BR", "pt"),
        ("en_GB.UTF-8", "en"),
        ("", UNDETERMINED),
    ],
)
def test_a_locale_names_its_language(locale: str, language: str):
    assert primary(locale) == language


@pytest.mark.parametrize("profile", ["en", "de-formal", "tr"])
@pytest.mark.parametrize(
    "text", ["ok", "war gut", "nicht sehr gut", "👍👍 :parrot:", "‹name› ‹name› ‹e-mail› super", ""]
)
def test_under_four_words_the_profile_decides(text: str, profile: str):
    assert language_of(text, profile) == primary(profile)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The laptop arrived two weeks late", "en"),
        ("Das Onboarding war schlecht", "de"),
        ("Die Einarbeitung war gut und mein Team ist sehr nett", "de"),
        ("Mon équipe est formidable mais le bureau est trop bruyant", "fr"),
        ("El equipo es muy bueno pero hay demasiadas reuniones", "es"),
        ("Il mio capo non risponde mai alle mie domande", "it"),
        ("A equipe é ótima mas há reuniões demais", "pt"),
    ],
)
@pytest.mark.parametrize("profile", ["en", "de"])
def test_a_sentence_is_recognised_whatever_the_profile_says(text: str, language: str, profile: str):
    assert language_of(text, profile) == language


@pytest.mark.parametrize(
    "text",
    [
        "Ekip çok iyi ama toplantılar çok uzun sürüyor",
        "Het team is heel aardig maar de laptop kwam te laat",
        "Zespół jest świetny ale spotkań jest za dużo",
        "команда хорошая но слишком много встреч",
        "我觉得我的团队很好但是会议太多了",
        "チームはとても良いですが会議が多すぎます",
    ],
)
def test_a_language_that_is_not_enabled_is_undetermined_and_not_the_nearest_enabled_one(text: str):
    assert language_of(text, "en") == UNDETERMINED


def test_enabling_a_language_lets_it_be_found():
    text = "Het team is heel aardig maar de laptop kwam te laat"
    assert language_of(text, "en", ENABLED | {"nl"}) == "nl"


def test_a_foreign_script_without_blanks_is_not_taken_for_a_short_reply():
    assert language_of("很好", "en") == UNDETERMINED
    assert language_of("хорошо", "ru") == "ru"


def test_a_near_tie_goes_to_the_profile():
    text = "super team nice office"
    assert language_of(text, "en") == "en"


@given(st.text(max_size=60), st.sampled_from(["en", "de", "fr-CA", "xx", ""]))
def test_any_text_has_an_enabled_language_or_the_profile_s_or_none(text: str, profile: str):
    assert language_of(text, profile) in ENABLED | {primary(profile), UNDETERMINED}


def test_the_model_comes_with_the_package_and_needs_no_network(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object):
        raise AssertionError("the language model asked the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert language_of("The team is very kind and helpful", "de", frozenset({"en", "de"})) == "en"


def test_the_tables_are_given_back_and_read_again_when_they_are_needed():
    text = "Das Team ist sehr freundlich und hilfsbereit"
    language_of(text, "en")
    tracemalloc.start()
    let_go()
    try:
        before, _ = tracemalloc.get_traced_memory()
        again = language_of(text, "en")
        held, _ = tracemalloc.get_traced_memory()
        let_go()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert again == "de"
    assert held - before > 30e6
    assert after - before < 5e6
