"""The app package against the rules of the published schema 1.29, written down here as far as we use it."""

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.about_page import PATH, SECTIONS
from adapters.teams.manifest import ABOUT, localisation, manifest, package, version_of
from bot.commands import COMMANDS as BOUND
from bot.talk.commands import BY_NAME, parse
from bot.talk.language import languages
from tests.adapters.schema import FLAG, TEXT, URL, broken

APP = "3f0c9a52-6f0e-4b6a-9a11-0d4a5f3b7c21"
BASE = "https://rapport.example.org"
LANGUAGES = sorted({name.partition("-")[0] for name in languages()})

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TAG = re.compile(r"[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,2}")
SCOPE = re.compile("team|personal|groupChat|copilot")
RULES: Mapping[str, Any] = {
    "$schema": (URL, 2_048),
    "manifestVersion": re.compile(r"1\.29"),
    "version": re.compile(r"\d+\.\d+\.\d+"),
    "id": GUID,
    "localizationInfo": {
        "defaultLanguageTag": TAG,
        "additionalLanguages": (0, 50, {"languageTag": TAG, "file": re.compile(r"[a-z]+\.json")}),
    },
    "developer": {
        "name": (TEXT, 1, 32),
        "websiteUrl": (URL, 2_048),
        "privacyUrl": (URL, 2_048),
        "termsOfUseUrl": (URL, 2_048),
    },
    "name": {"short": (TEXT, 1, 30), "full": (TEXT, 1, 100)},
    "description": {"short": (TEXT, 1, 80), "full": (TEXT, 1, 4_000)},
    "icons": {"color": re.compile(r"color\.png"), "outline": re.compile(r"outline\.png")},
    "accentColor": re.compile(r"#[0-9a-fA-F]{6}"),
    "bots": (
        1,
        1,
        {
            "botId": GUID,
            "scopes": (1, 4, SCOPE),
            "supportsFiles": FLAG,
            "isNotificationOnly": FLAG,
            "supportsTargetedMessages": FLAG,
            "commandLists": (
                1,
                3,
                {
                    "scopes": (1, 4, SCOPE),
                    "triggers": (1, 2, re.compile("mention|slash")),
                    "commands": (1, 12, {"title": (TEXT, 1, 128), "description": (TEXT, 1, 4_000)}),
                },
            ),
        },
    ),
    "validDomains": (0, 16, (TEXT, 1, 2_048)),
    "supportsChannelFeatures": re.compile("tier1"),
}
REQUIRED = {
    "manifestVersion",
    "version",
    "id",
    "developer",
    "name",
    "description",
    "icons",
    "accentColor",
}
PLACE = re.compile(r"bots\[0\]\.commandLists\[([0-2])\]\.commands\[(\d|1[01])\]\.(title|description)")
LONGEST = {"name.short": 30, "name.full": 100, "description.short": 80, "description.full": 4_000}


Pixel = tuple[int, ...]


def drawn(png: bytes) -> tuple[tuple[int, int], list[Pixel]]:
    """Return the size of a picture and its pixels with their opacity; it reads 8-bit RGB and RGBA."""
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind = png[at + 4 : at + 8]
        chunks[kind] = chunks.get(kind, b"") + png[at + 8 : at + 8 + length]
        at += 12 + length
    width, height, depth, colours = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colours) in {(8, 2), (8, 6)}
    size = 4 if colours == 6 else 3
    raw, lines = zlib.decompress(chunks[b"IDAT"]), [bytes(width * size)]
    for row in range(height):
        start = row * (width * size + 1)
        lines.append(unfiltered(raw[start], raw[start + 1 : start + 1 + width * size], lines[-1], size))
    opaque = () if size == 4 else (255,)
    return (width, height), [
        (*line[x : x + size], *opaque) for line in lines[1:] for x in range(0, width * size, size)
    ]


def unfiltered(kind: int, line: bytes, above: bytes, size: int) -> bytes:
    """Undo the filter of one line (PNG specification, section 9)."""
    out = bytearray()
    for at, value in enumerate(line):
        left = out[at - size] if at >= size else 0
        corner = above[at - size] if at >= size else 0
        nearest = min((left, above[at], corner), key=lambda one: abs(left + above[at] - corner - one))
        guess = (0, left, above[at], (left + above[at]) // 2, nearest)[kind]
        out.append((value + guess) % 256)
    return bytes(out)


def made(language: str = "en") -> dict[str, Any]:
    return manifest(APP, BASE, "1.2.3", language=language)


def unpacked(language: str = "en") -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package(APP, BASE, "1.2.3", language=language))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manifest_keeps_the_rules_of_the_published_schema(language: str):
    assert broken(made(language), RULES) == []
    assert made(language).keys() >= REQUIRED


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("manifestVersion",), "1.17"),
        (("name", "short"), "x" * 31),
        (("description", "short"), "x" * 81),
        (("developer", "privacyUrl"), "http://x"),
        (("bots", 0, "commandLists", 0, "commands"), [{"title": f"c{n}"} for n in range(13)]),
        (("bots", 0, "commandLists", 1, "triggers"), ["slashed"]),
        (("devicePermissions",), ["media"]),
    ],
)
def test_a_broken_manifest_is_noticed(path: tuple[Any, ...], value: Any):
    found = made()
    inner: Any = found
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    assert broken(found, RULES)


def test_the_package_holds_the_manifest_every_further_language_and_the_icons_and_nothing_else():
    assert sorted(unpacked()) == ["color.png", "de.json", "manifest.json", "outline.png"]
    assert sorted(unpacked("de")) == ["color.png", "en.json", "manifest.json", "outline.png"]
    assert json.loads(unpacked()["manifest.json"]) == made()


def test_the_same_package_has_the_same_bytes():
    assert package(APP, BASE, "1.2.3") == package(APP, BASE, "1.2.3")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_covers_every_text_of_the_manifest_and_no_other(language: str):
    texts = localisation(language)
    lists = made(language)["bots"][0]["commandLists"]

    for place, text in texts.items():
        if found := PLACE.fullmatch(place):
            assert lists[int(found[1])]["commands"][int(found[2])][found[3]] == text
        elif place != "$schema":
            assert 0 < len(text) <= LONGEST[place]
    assert len(texts) == 5 + 2 * sum(len(one["commands"]) for one in lists)


def test_the_icons_have_the_sizes_that_teams_wants_and_the_outline_is_white_on_nothing():
    files = unpacked()
    size, colours = drawn(files["color.png"])
    small, outline = drawn(files["outline.png"])
    seen = [pixel for pixel in outline if pixel[3] > 64]

    assert (size, small) == ((192, 192), (32, 32))
    assert {pixel[3] for pixel in colours} == {255}
    assert 32 < len(seen) < 32 * 32 / 2
    assert {pixel[:3] for pixel in seen} == {(255, 255, 255)}


def test_the_bot_is_personal_first_and_slash_commands_are_for_shared_conversations():
    bot = made()["bots"][0]

    assert bot["scopes"][0] == "personal"
    assert bot["supportsTargetedMessages"] is True
    assert {(*one["scopes"],): one["triggers"] for one in bot["commandLists"]} == {
        ("personal",): ["mention"],
        ("team", "groupChat"): ["slash", "mention"],
    }


def test_every_command_that_is_offered_is_one_that_we_understand():
    for one in made()["bots"][0]["commandLists"]:
        for command in one["commands"]:
            assert parse(command["title"]) == (command["title"], "")
            assert command["title"] in BOUND
            assert command["title"] in BY_NAME


def test_the_addresses_lead_to_pages_of_ours():
    developer = made()["developer"]
    anchors = {urlsplit(developer[name]).fragment for name in ("privacyUrl", "termsOfUseUrl")}

    assert ABOUT == PATH
    assert anchors == {name for name, _, _ in SECTIONS}
    assert made()["validDomains"] == ["rapport.example.org"]


@pytest.mark.parametrize(
    ("app_id", "url", "version", "named"),
    [
        ("", BASE, "1.0.0", "app id"),
        ("rapport", BASE, "1.0.0", "GUID"),
        (APP, "", "1.0.0", "https"),
        (APP, "http://rapport.example.org", "1.0.0", "https"),
        (APP, "https://a@rapport.example.org", "1.0.0", "https"),
        (APP, "https://rapport.example.org:8443", "1.0.0", "443"),
        (APP, BASE, "1.0", "1.2.3"),
        (APP, BASE, "1.0.0-beta", "1.2.3"),
        (APP, BASE, "1.01.0", "1.2.3"),
    ],
)
def test_what_teams_would_refuse_is_refused_with_the_reason(app_id, url, version, named):
    with pytest.raises(ValueError, match=named):
        package(app_id, url, version)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


@given(moments, st.timedeltas(timedelta(minutes=1), timedelta(days=4000)))
def test_a_later_package_has_a_higher_version(now: datetime, later: timedelta):
    def numbers(moment: datetime) -> list[int]:
        return [int(part) for part in version_of(moment).split(".")]

    manifest(APP, BASE, version_of(now))
    assert numbers(now) < numbers(now + later)
