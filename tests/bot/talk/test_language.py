from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.talk import language
from bot.talk.language import languages, words

WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")

FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=%s\\n"

"""


@pytest.fixture
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Three small catalogues of our own, so that these tests do not depend on the real sentences."""

    def entry(key: str, text: str):
        return f'msgid "{key}"\nmsgstr "{text}"\n\n'

    two = PO % "2; plural=(n != 1);"
    plural = 'msgid "people"\nmsgid_plural "people"\nmsgstr[0] "{n} person"\nmsgstr[1] "{n} people"\n'
    everything = "{a}|{b}|{c}|{d}|{e}"
    (tmp_path / "en.po").write_text(
        two + entry("hello", "Hello {name}") + entry("all", everything) + entry("only", "English") + plural
    )
    (tmp_path / "de.po").write_text(
        two + entry("hello", "Hallo {name}") + entry("all", everything) + entry("you", "du")
    )
    (tmp_path / "de-formal.po").write_text(two + entry("you", "Sie"))
    (tmp_path / "pl.po").write_text(
        PO % "3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
        + 'msgid "people"\nmsgid_plural "people"\nmsgstr[0] "{n} osoba"\nmsgstr[1] "{n} osoby"\nmsgstr[2] "{n} osób"\n'
    )
    monkeypatch.setattr(language, "LOCALES", tmp_path)
    caches = (language.catalogue, language.languages, language.words)
    for cache in caches:
        cache.cache_clear()
    yield tmp_path
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize(
    ("locale", "formality", "name"),
    [
        ("en", "du", "en"),
        ("en-US", "sie", "en"),
        ("de", "du", "de"),
        ("de", "sie", "de-formal"),
        ("de_AT", "sie", "de-formal"),
        ("DE-de", "du", "de"),
        ("fr", "du", "en"),
        ("", "du", "en"),
        ("../../etc", "du", "en"),
        ("x!", "sie", "en"),
    ],
)
def test_a_person_gets_the_nearest_catalogue(locale: str, formality: str, name: str):
    assert words(locale, formality).language == name


def test_a_missing_sentence_falls_back_from_sie_to_du_and_then_to_english(catalogues: Path):
    w = words("de", "sie")

    assert w("you") == "Sie"
    assert w("hello", name="Ana") == "Hallo Ana"
    assert w("only") == "English"
    assert words("de")("you") == "du"


def test_one_more_file_is_one_more_language(catalogues: Path):
    assert languages() == ("de", "de-formal", "en", "pl")
    assert [words("pl")("people", n=n) for n in (1, 3, 5, 22)] == ["1 osoba", "3 osoby", "5 osób", "22 osoby"]


def test_the_plural_follows_the_value_named_n(catalogues: Path):
    w = words("en")

    assert [w("people", n=n) for n in (1, 2, 0, 1200, 0.6)] == [
        "1 person",
        "2 people",
        "0 people",
        "1,200 people",
        "0.6 people",
    ]


def test_a_missing_key_or_value_is_a_mistake_of_ours(catalogues: Path):
    w = words("en")

    with pytest.raises(KeyError, match="nowhere"):
        w("nowhere")
    with pytest.raises(KeyError, match="name"):
        w("hello")
    with pytest.raises(KeyError, match="'n'"):
        w("people")
    with pytest.raises(TypeError, match="truth"):
        w("hello", name=True)
    assert "hello" in w
    assert "nowhere" not in w


def test_values_are_written_as_the_locale_writes_them(catalogues: Path):
    values = {"a": 31500, "b": 0.6, "c": date(2026, 12, 7), "d": FRIDAY, "e": "as it is"}

    assert words("en", zone="Europe/Berlin")("all", **values) == "31,500|0.6|7 December|Friday 17:00|as it is"
    assert (
        words("de", zone="Europe/Berlin")("all", **values) == "31.500|0,6|7. Dezember|Freitag 17:00|as it is"
    )


def test_dates_and_hours_stand_in_the_persons_zone_and_locale():
    berlin, london, york = (
        words("de", zone="Europe/Berlin"),
        words("en"),
        words("en-US", zone="America/New_York"),
    )

    assert berlin.moment(FRIDAY) == "Freitag, 27. November, 17:00"
    assert london.moment(FRIDAY) == "Friday, 27 November, 16:00"
    assert york.moment(FRIDAY).replace("\u202f", " ") == "Friday, November 27, 11:00 AM"
    assert london.day(date(2027, 1, 4), year=True) == "4 January 2027"
    assert words("en", zone="Asia/Tokyo").day(FRIDAY) == "28 November"


def test_the_hour_follows_the_clock_change():
    berlin = words("de", zone="Europe/Berlin")

    assert berlin.hour(datetime(2026, 10, 24, 7, tzinfo=UTC)) == "09:00"
    assert berlin.hour(datetime(2026, 10, 26, 7, tzinfo=UTC)) == "08:00"


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_what_was_written_for_one_zone_is_not_shown_in_another(moment: datetime):
    """Texts are kept, and moments are equal where they are the same instant; so each zone is asked after the other."""
    for zone in ("Europe/Berlin", "Pacific/Auckland", "America/Denver"):
        local = moment.astimezone(ZoneInfo(zone))
        w = words("de", zone=zone)

        for same in (moment, local):
            assert w.hour(same) == f"{local:%H:%M}"
            assert w.day(same).split(".")[0] == str(local.day)
            assert w.weekday(same).startswith(WEEKDAYS[local.weekday()])


def test_a_person_whose_zone_is_unknown_is_told_that_the_hour_is_utc():
    assert words("en", zone="Mars/Olympus").weekday(FRIDAY) == "Friday 16:00 UTC"
    assert words("en", zone="../../etc/passwd").hour(FRIDAY) == "16:00 UTC"
    assert words("en", zone="").hour(FRIDAY) == "16:00 UTC"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        words("en").hour(datetime(2026, 11, 27, 17))  # noqa: DTZ001 - the mistake under test


def test_money_percentages_and_figures_read_as_people_write_them():
    en, de = words("en"), words("de")

    assert en.money(6000, "EUR") == "€6,000"
    assert de.money(6000, "EUR") == "6.000\u00a0€"
    assert en.money(-8000.4, "EUR") == "−€8,000"
    assert de.money(31000, "EUR", signed=True) == "+31.000\u00a0€"
    assert en.money(12.5, "GBP", 2) == "£12.50"
    assert en.percent(0.714) == "71%"
    assert de.percent(0.714, 1) == "71,4\u00a0%"
    assert en.number(5.96, 1, signed=True) == "+6.0"
    assert de.number(-7) == "−7"


def test_a_rounded_nothing_has_no_sign():
    w = words("en")

    assert w.number(-0.2) == "0"
    assert w.number(0.2, signed=True) == "0"
    assert w.money(-0.3, "EUR") == "€0"
    assert w.percent(-0.001) == "0%"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_figure_that_is_none_is_never_shown(value: float):
    with pytest.raises(ValueError, match="not finite"):
        words("en").number(value)


def test_names_are_listed_as_in_a_sentence():
    assert words("en").join(["tools", "pay", "noise"]) == "tools, pay and noise"
    assert words("de").join(["Ana Ruiz", "Ben Ode"]) == "Ana Ruiz und Ben Ode"
    assert words("de").join(["Ana"]) == "Ana"


def test_a_name_with_braces_or_backslashes_is_shown_not_acted_upon(catalogues: Path):
    assert words("en")("hello", name=r"{name} \1 \g<0> {nowhere}") == r"Hello {name} \1 \g<0> {nowhere}"


def test_markup_in_a_name_stays_plain_text(catalogues: Path):
    assert words("en")("hello", name="<!channel> **x** <b>") == "Hello <!channel> **x** <b>"


def test_a_long_name_is_cut_and_a_long_link_is_not(catalogues: Path):
    (catalogues / "en.po").write_text(PO % "2; plural=(n != 1);" + 'msgid "go"\nmsgstr "{name} {link}"\n')
    language.catalogue.cache_clear()
    link = "https://example.org/" + "x" * 200

    name, shown = words("en")("go", name="A" * 500, link=link).split()

    assert (len(name), name[-1], shown) == (80, "…", link)


@given(st.text(), st.sampled_from(["en", "de", "de-formal"]))
def test_whatever_a_value_holds_the_sentence_around_it_stays_whole(text: str, locale: str):
    shown = words(locale)("refused.unknown_command", command=text)
    before, after = words(locale)("refused.unknown_command", command="@").split("@")

    assert shown.startswith(before)
    assert shown.endswith(after)
    shown.encode("utf-8")
