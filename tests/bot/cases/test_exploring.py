"""Words of comments from the close to the card: what is looked through, what passes the gate, what people read."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from analytics.text.themes import builtin
from bot.cases import exploring, results, surveys
from bot.store import vault
from bot.store.tables import Term, Wave
from bot.store.unit import Store
from bot.talk.cards import Card, Note, Table
from surveys.anonymity import Figure, Release
from tests.fakes import FakeClock
from tests.town import Town

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FORTNIGHT = timedelta(days=14)

LOUD, PAY, NOTHING = "the harmonica is loud", "the pay is bad", "it is what it is, really"
CAPTION = "Words that came up more often than before (exploratory)"


@pytest.fixture
def town(store: Store, clock: FakeClock) -> Town:
    clock.move_to(MONDAY)
    return Town(store, clock)


def fielded(town: Town, comments: Sequence[str], people: Sequence[int]) -> None:
    """Open a wave, let people comment, close it, and move on to the next."""
    town.opens()
    for person, comment in zip(people, comments, strict=False):
        town.answers(person, job_satisfaction="4", pulse_comment=comment)
    town.clock.move_to(town.wave().closes_at + timedelta(minutes=1))
    town.closes()
    town.clock.move_to(town.wave().opens_at + FORTNIGHT)


def card(town: Town, reader: int, path: str = "") -> Card:
    return town.store.read(
        lambda unit: results.overview(town.recipient(unit, reader), town.wave_in(unit), path)
    )


def table(town: Town, reader: int, path: str = "") -> list[tuple[str, ...]]:
    named = [e for e in card(town, reader, path).elements if isinstance(e, Table)]
    return [row for one in named if one.caption == CAPTION for row in one.rows]


def kept(town: Town) -> list[Term]:
    return town.store.read(lambda unit: unit.terms.of_wave(town.wave_in(unit).id, "emerging"))


def settled(town: Town, people: int = 60) -> list[int]:
    """Return the people of a town that has had two waves without anything new; the first of them is HR."""
    numbers = town.has("Support", people)
    town.store.write(lambda unit: unit.people.grant(numbers[0], "hr_admin", unit.now))
    town.runs(owner=numbers[0])
    for _ in range(2):
        fielded(town, [NOTHING] * (people - 10), numbers)
    return numbers


def test_a_word_that_comes_up_more_often_than_before_is_shown_with_how_many_wrote_it_at_least(town: Town):
    people = settled(town)
    assert table(town, people[0]) == []

    fielded(town, [LOUD] * 13 + [NOTHING] * 30, people)

    assert [row[:2] for row in table(town, people[0])] == [
        ("harmonica", "at least 10"),
        ("loud", "at least 10"),
    ]
    assert all("times as often" in row[2] for row in table(town, people[0]))
    assert any(
        isinstance(e, Note) and "none of the themes covers" in e.body for e in card(town, people[0]).elements
    )


def test_of_a_department_no_word_is_shown(town: Town):
    people = settled(town)

    fielded(town, [LOUD] * 13 + [NOTHING] * 30, people)

    assert table(town, people[0], "Support") == []


@pytest.mark.parametrize("people_who_wrote", range(5))
def test_a_word_of_fewer_people_than_the_threshold_leaves_no_row(town: Town, people_who_wrote: int):
    people = settled(town)

    fielded(town, [LOUD] * people_who_wrote + [NOTHING] * 40, people)

    assert kept(town) == []


def test_where_the_organisation_asks_for_more_people_a_word_needs_as_many(town: Town):
    people = settled(town)
    town.store.write(lambda unit: setattr(unit.organisations.get(), "k_scores", 9))

    fielded(town, [LOUD] * 8 + [NOTHING] * 40, people)

    assert kept(town) == []


def test_there_is_nothing_to_compare_in_a_first_wave(town: Town):
    people = town.has("Support", 60)
    town.runs(owner=people[0])

    fielded(town, [LOUD] * 20 + [NOTHING] * 30, people)

    assert kept(town) == []
    assert table(town, people[0]) == []


@pytest.mark.parametrize("dissenters", [0, 1])
def test_a_word_that_all_wrote_or_all_but_one_is_not_shown_since_it_would_be_known_of_each(
    town: Town, dissenters: int
):
    people = settled(town)

    fielded(town, [LOUD] * 40 + [NOTHING] * dissenters, people)

    assert kept(town) == []


def test_where_hr_has_not_switched_it_on_no_word_is_looked_for(town: Town):
    people = settled(town)
    town.store.write(lambda unit: surveys.read_comments(unit, "command", "off"))

    fielded(town, [LOUD] * 20 + [NOTHING] * 30, people)

    assert kept(town) == []


def test_comments_that_were_not_to_be_read_are_no_comparison_either(town: Town):
    people = town.has("Support", 60)
    town.store.write(lambda unit: surveys.read_comments(unit, "command", "off"))
    town.runs(owner=people[0])
    fielded(town, [NOTHING] * 50, people)
    town.store.write(lambda unit: surveys.read_comments(unit, "command", "aggregate"))

    fielded(town, [LOUD] * 20 + [NOTHING] * 30, people)

    assert kept(town) == []


def test_names_and_what_a_theme_covers_are_no_words(town: Town):
    people = settled(town)
    town.store.write(lambda unit: setattr(unit.people.get(people[5]), "name", "Zwyssig Abegg"))

    fielded(town, ["ask zwyssig, the harmonica is loud"] * 12 + [PAY] * 12 + [NOTHING] * 20, people)

    words = {word for term in kept(town) for word in term.text.split()}
    assert words == {"harmonica", "loud"}


def test_the_gate_remembers_a_word_with_its_exact_counts_in_the_vault_alone(town: Town):
    people = settled(town)
    fielded(town, [LOUD] * 13 + [NOTHING] * 30, people)

    wave = town.wave()
    item = exploring.item("pulse-comment", "harmonica")
    (remembered,) = town.store.read(lambda unit: vault.releases(unit, wave.survey_id, item))
    assert remembered.counts == [30, 13]
    assert {term.people for term in kept(town)} == {10}


def test_closing_again_after_a_crash_changes_no_word(town: Town):
    people = settled(town)
    fielded(town, [LOUD] * 13 + [NOTHING] * 30, people)
    before = kept(town)
    town.store.write(lambda unit: setattr(town.wave_in(unit), "state", "closed"))

    town.closes()

    assert town.wave().state == "released"
    assert kept(town) == before


# --- the gate, by itself ----------------------------------------------------------------------------------


def wave(number: int = 2, **changed: object) -> Wave:
    about: dict[str, object] = {
        "organisation_id": 1,
        "id": number,
        "local_date": MONDAY.date() + FORTNIGHT * number,
        "k_scores": 5,
        "k_comments": 10,
        "state": "released",
        "sentiment": "aggregate",
        "questions": [{"key": "q", "version": 1}],
    }
    return Wave(**(about | changed))


def word(
    people: int, comments: int, term: str = "harmonica", kind: exploring.Kind = "emerging"
) -> exploring.Candidate:
    return exploring.Candidate(kind, term, term, people, comments, 2.0)


INVITED = dict.fromkeys(range(60), "")


def test_a_word_shown_lately_is_held_against_who_was_asked_since():
    """Nearly everybody answered both times, and one person joined: the second list would be the joiner's."""
    everyone = dict.fromkeys(range(14), "")
    joined = dict.fromkeys(range(15), "")
    earlier = Release(1, Figure("", 14, frozenset(everyone), (9, 5)))
    found = exploring.Found("q", (word(6, 15),))

    assert exploring.passed(wave(), found, joined, {"harmonica": [earlier]}) == []
    assert len(exploring.passed(wave(), found, joined, {})) == 1


def test_no_more_than_eight_words_are_shown_the_surest_first():
    words = tuple(word(30 - i, 50, f"word{chr(97 + i)}") for i in range(12))

    passed = exploring.passed(wave(), exploring.Found("q", words), INVITED, {})

    assert [term.text for term, _, _ in passed] == [one.term for one in words[:8]]
    assert [term.place for term, _, _ in passed] == list(range(8))


def test_words_and_topics_have_a_list_each():
    words = tuple(word(30 - i, 50, f"word{chr(97 + i)}") for i in range(8))
    topic = word(20, 50, "cup+tea", kind="topic")

    passed = exploring.passed(wave(), exploring.Found("q", (*words, topic)), INVITED, {})

    assert [(term.kind, term.place) for term, _, _ in passed][-2:] == [("emerging", 7), ("topic", 0)]


def test_a_topic_passes_the_gate_like_a_word():
    nearly_all = word(49, 50, "cup+tea", kind="topic")

    assert exploring.passed(wave(), exploring.Found("q", (nearly_all,)), INVITED, {}) == []


@pytest.mark.parametrize(
    ("people", "k", "said"),
    [(5, 5, 5), (9, 5, 5), (10, 5, 10), (14, 5, 10), (7, 7, 7), (12, 7, 10), (37, 5, 35)],
)
def test_people_are_said_in_steps_of_five_and_never_fewer_than_the_threshold(people: int, k: int, said: int):
    found = exploring.Found("q", (word(people, 50),))

    ((term, _, _),) = exploring.passed(wave(k_scores=k), found, INVITED, {})

    assert term.people == said <= people


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"sentiment": "off"}, "consent"),
        ({"state": "unreadable"}, "never released"),
        ({"local_date": MONDAY.date() - timedelta(days=400)}, "too old"),
        ({"local_date": MONDAY.date() + 3 * FORTNIGHT}, "later"),
        ({"questions": [{"key": "q", "version": 2}]}, "another wording"),
        ({"questions": []}, "not asked"),
    ],
)
def test_which_waves_are_no_comparison(changed: dict[str, object], why: str):
    assert exploring.comparable(wave(), wave(1), "q")
    assert not exploring.comparable(wave(), wave(1, **changed), "q"), why


# --- topics -----------------------------------------------------------------------------------------------

SUBJECTS = (
    "harmonica trumpet violin cello bassoon clarinet oboe tuba drummer piano",
    "badger otter weasel marten lynx beaver hedgehog squirrel rabbit hare",
    "walnut hazel almond chestnut acorn pecan cashew pistachio raisin currant",
    "granite marble basalt gneiss quartz feldspar obsidian limestone slate flint",
    "violet orchid tulip daisy crocus peony dahlia lilac jasmine lavender",
    "dragon goblin wizard sorcerer unicorn mermaid gnome troll phoenix griffin",
    "trousers jacket sweater mitten scarf sandal blouse stocking apron bonnet",
    "planet comet meteor galaxy nebula asteroid eclipse orbit telescope quasar",
    "saucepan kettle teapot ladle whisk skillet colander grater spatula tongs",
    "anchor rudder mast keel galley harbour jetty lagoon schooner sailor",
    "hammer chisel pliers wrench screwdriver hacksaw mallet anvil crowbar spanner",
    "falcon heron pelican swallow magpie cuckoo starling blackbird robin nightingale",
)


def test_topics_of_a_large_wave_are_found_and_kept_with_their_stability_in_steps():
    rng = random.Random(1)
    subjects = [subject.split() for subject in SUBJECTS]
    comments = [" and the ".join(rng.sample(rng.choice(subjects), 5)) for _ in range(2200)]
    texts = exploring.Texts("q", comments, [])

    (found,) = exploring.explore(wave(), "en", [texts], builtin())
    passed = exploring.passed(wave(), found, dict.fromkeys(range(4000), ""), {})

    assert 5 <= len(passed) <= 8
    for term, _, _ in passed:
        assert term.kind == "topic"
        assert 0.5 <= term.value <= 1
        assert term.people % 5 == 0
        assert len({i for i, own in enumerate(subjects) for w in term.text.split(", ") if w in own}) == 1


@pytest.mark.parametrize("role", ["", "owner"])
def test_words_are_for_hr_alone(town: Town, role: str):
    people = settled(town)
    if role:
        town.store.write(lambda unit: unit.people.grant(people[1], role, unit.now))

    fielded(town, [LOUD] * 13 + [NOTHING] * 30, people)

    assert table(town, people[0]) != []
    assert table(town, people[1]) == []


def test_topics_are_shown_to_hr(town: Town):
    people = settled(town)
    fielded(town, [NOTHING] * 40, people)
    row = {"organisation_id": 1, "wave_id": town.wave().id, "question": "pulse-comment", "kind": "topic"}
    town.store.write(
        lambda unit: unit.terms.add([Term(**row, place=0, text="cup, tea", people=40, value=0.7)])
    )

    tables = [e for e in card(town, people[0]).elements if isinstance(e, Table)]
    (shown,) = [
        one for one in tables if one.caption == "Words that were often written together (exploratory)"
    ]
    assert shown.rows == (("cup, tea", "at least 40", "at least 70%"),)
