"""An organisation's own themes: which are in force, what a wave is read with, and what is shown of earlier ones."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from analytics.text.themes import TaxonomyError, builtin_text
from bot.cases import rehearsal, results, surveys, taxonomies
from bot.cases.theming import UNCLEAR, ThemeItem
from bot.errors import Refused
from bot.store import vault
from bot.store.tables import ThemeVersion
from bot.store.unit import Store
from bot.talk.cards import Note, Table
from bot.talk.fallback import violations
from tests.fakes import FakeClock
from tests.town import Town

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FORTNIGHT = timedelta(days=14)
PAY, FOOD, NOTHING = "the pay is bad", "good food in the canteen", "it is what it is, really"

MONEY = (
    builtin_text().replace('"Pay and benefits"', '"Money"').replace('"Bezahlung und Leistungen"', '"Geld"')
)
CASH = MONEY.replace('"Money"', '"Cash"').replace('en = ["salar*"', 'en = ["cash*", "salar*"')


@pytest.fixture
def town(store: Store, clock: FakeClock) -> Town:
    clock.move_to(MONDAY)
    return Town(store, clock)


@pytest.fixture
def people(town: Town) -> list[int]:
    found = town.has("Support", 40)
    town.runs(owner=found[0])
    return found


def use(town: Town, text: str) -> int:
    return town.store.write(lambda unit: taxonomies.use(unit, "command", text, "mine.toml"))


def fielded(
    town: Town, people: Sequence[int], comments: Sequence[str] = (PAY,) * 20 + (NOTHING,) * 15
) -> int:
    """Open the next wave, let people comment, close it, and return its number."""
    town.opens()
    for person, comment in zip(people, comments, strict=False):
        town.answers(person, job_satisfaction="4", pulse_comment=comment)
    town.clock.move_to(town.wave().closes_at + timedelta(minutes=1))
    town.closes()
    return town.wave().id


def next_time(town: Town, times: int = 1) -> None:
    town.clock.move_to(MONDAY + times * FORTNIGHT)


def table(town: Town, reader: int, wave_id: int) -> Mapping[str, tuple[str, ...]]:
    """Return what the table of themes of a wave says: the theme, and what stands beside it."""

    def shown(unit):
        wave = unit.waves.get(wave_id)
        assert wave is not None
        return results.overview(town.recipient(unit, reader), wave, "")

    tables = [e for e in town.store.read(shown).elements if isinstance(e, Table)]
    rows = [row for one in tables if one.caption == "What people wrote about" for row in one.rows]
    return {name: tuple(rest) for name, *rest in rows}


def series(town: Town, wave_id: int) -> set[str]:
    """Return under which versions the themes of a wave's comments were counted."""
    sums = town.store.read(lambda unit: vault.sums(unit, wave_id))
    items = (ThemeItem.read(row.question) for row in sums)
    return {item.version for item in items if item is not None and item.theme != UNCLEAR}


def note(town: Town, reader: int) -> str:
    shown = town.store.read(lambda unit: surveys.overview(town.caller(unit, reader)))
    assert violations(shown) == []
    return " ".join(element.body for element in shown.elements if isinstance(element, Note))


def audited(town: Town) -> list[dict[str, object]]:
    entries = town.store.read(lambda unit: unit.audit.entries(limit=500))
    return [entry.details for entry in entries if entry.act == "themes.in_force"]


def test_a_wave_after_the_change_has_the_own_themes_and_the_one_before_keeps_its_names(
    town: Town, people: list[int]
):
    first = fielded(town, people)
    use(town, MONEY)
    next_time(town)
    second = fielded(town, people)
    use(town, CASH)
    next_time(town, 2)
    third = fielded(town, people)

    assert [[*table(town, people[0], wave)] for wave in (first, second, third)] == [
        ["Pay and benefits"],
        ["Money"],
        ["Cash"],
    ]
    assert [series(town, wave) for wave in (first, second, third)] == [{"2"}, {"own-1"}, {"own-2"}]


def test_figures_of_two_versions_are_not_compared_and_it_says_so(town: Town, people: list[int]):
    fielded(town, people)
    use(town, MONEY)
    next_time(town)
    changed = fielded(town, people)
    next_time(town, 2)
    again = fielded(town, people)

    assert table(town, people[0], changed)["Money"][1] == "new list of themes, not comparable"
    assert table(town, people[0], again)["Money"][1] == "no more than chance"


def test_who_goes_back_to_a_version_goes_on_with_its_series(town: Town, people: list[int]):
    use(town, MONEY)
    fielded(town, people)
    use(town, CASH)
    next_time(town)
    fielded(town, people)
    town.store.write(lambda unit: taxonomies.use_again(unit, "command", 1))
    next_time(town, 2)
    back = fielded(town, people)

    assert series(town, back) == {"own-1"}
    assert table(town, people[0], back)["Money"][1] == "no more than chance"


def test_what_is_in_force_at_the_launch_of_a_wave_holds_at_its_close(town: Town, people: list[int]):
    use(town, MONEY)
    town.opens()
    use(town, CASH)

    wave = fielded(town, people)

    assert series(town, wave) == {"own-1"}
    assert [*table(town, people[0], wave)] == ["Money"]


def test_own_themes_can_be_left_again_and_their_wave_goes_on_to_be_shown(town: Town, people: list[int]):
    use(town, MONEY)
    own = fielded(town, people)
    town.store.write(lambda unit: taxonomies.reset(unit, "command"))
    next_time(town)
    ours = fielded(town, people)

    assert series(town, ours) == {"2"}
    assert [*table(town, people[0], own)] == ["Money"]
    assert [*table(town, people[0], ours)] == ["Pay and benefits"]


def test_version_numbers_only_rise_and_the_same_file_is_the_same_version(town: Town):
    numbers = [use(town, text) for text in (MONEY, CASH, MONEY)]
    town.store.write(lambda unit: taxonomies.reset(unit, "command"))
    numbers.append(use(town, MONEY.replace("Money", "Means")))

    assert numbers == [1, 2, 1, 3]
    versions = town.store.read(taxonomies.history)
    assert [(one.number, one.themes, one.in_force) for one in versions] == [
        (1, 12, False),
        (2, 12, False),
        (3, 12, True),
    ]


def test_each_change_is_audited_once_with_the_hash_of_the_file(town: Town):
    for text in (MONEY, MONEY, CASH):
        use(town, text)
    for _ in range(2):
        town.store.write(lambda unit: taxonomies.reset(unit, "command"))

    entries = audited(town)
    assert [(entry["version"], entry["before"]) for entry in entries] == [(1, 0), (2, 1), (0, 2)]
    assert len({entry["digest"] for entry in entries}) == 3


def test_a_file_that_is_refused_changes_nothing(town: Town):
    with pytest.raises(TaxonomyError):
        use(town, MONEY.replace("version = 2", "version = 0"))
    with pytest.raises(Refused):
        town.store.write(lambda unit: taxonomies.use_again(unit, "command", 7))

    assert town.store.read(taxonomies.history) == []
    assert audited(town) == []


def test_two_organisations_never_see_each_others_themes(town: Town, store: Store):
    store.write(lambda unit: unit.organisations.create("Two", unit.now), 2)
    use(town, MONEY)
    use(town, CASH)

    assert store.read(taxonomies.history, 2) == []
    assert store.read(taxonomies.text_of, 2) == builtin_text()
    with pytest.raises(Refused):
        store.read(lambda unit: taxonomies.text_of(unit, 1), 2)
    with pytest.raises(Refused):
        store.write(lambda unit: taxonomies.use_again(unit, "command", 1), 2)
    assert store.write(lambda unit: taxonomies.use(unit, "command", CASH, "f"), 2) == 1
    assert [one.number for one in store.read(taxonomies.history)] == [1, 2]


def test_hr_sees_which_themes_are_in_force_and_since_when(town: Town):
    hr = town.has("HR", 1)[0]
    built_in = note(town, hr)
    use(town, MONEY)
    own = note(town, hr)
    town.store.write(lambda unit: surveys.read_comments(unit, "command", "off"))

    assert "Themes: the built-in ones." in built_in
    assert "Themes: your own, version 1, since 23 November." in own
    assert "Themes:" not in note(town, hr)


def test_a_version_that_this_release_can_not_read_closes_a_wave_without_themes(town: Town, people: list[int]):
    def spoiled(unit):
        unit.session.add(ThemeVersion(organisation_id=1, number=9, text="version = 1", at=unit.now))
        unit.organisations.get().themes = 9

    town.store.write(spoiled)

    wave = fielded(town, people)

    assert town.wave().state == "released"
    assert series(town, wave) == set()
    assert table(town, people[0], wave) == {}
    assert [one.themes for one in town.store.read(taxonomies.history)] == [None]


def test_a_consent_to_going_live_does_not_cover_other_themes(town: Town):
    def act(unit):
        return rehearsal.state(unit).act

    before = town.store.read(act)
    use(town, MONEY)

    assert town.store.read(act) != before
