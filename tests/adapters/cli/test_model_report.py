"""``rapport model-report``: counts and intervals, never words."""

import json

from adapters.cli.place import opened
from bot.cases import waves
from bot.store.tables import Person, Quote, Wave
from bot.store.unit import Unit
from tests.adapters.cli.conftest import Rapport
from tests.canary import free


def test_without_judgements_it_says_where_to_begin(firm: Rapport):
    done = firm("model-report")

    assert done.code == 0
    assert "Nothing is judged yet" in done.out
    assert json.loads(firm("model-report", "--json").out) == {"theme": [], "tone": []}


def test_it_counts_by_theme_and_tone_with_intervals_and_warns_of_few(firm: Rapport):
    with opened() as store:
        store.write(lambda unit: _judged(unit, [("pay", "negative")] * 3 + [("team", "neutral")]))

    done = firm("model-report")

    assert done.code == 0
    assert "75% (30% to 95%)" in done.out
    assert "fewer than 20" in done.out
    (theme,) = json.loads(firm("model-report", "--json").out)["theme"]
    assert theme == {
        "by": "themes/1",
        "read_as": "pay",
        "judged": 4,
        "right": 3,
        "precision": 0.75,
        "low": 0.3006,
        "high": 0.9544,
    }
    assert free("secret") not in done.all


def _judged(unit: Unit, said: list[tuple[str, str]]) -> None:
    """Keep quotes that were read as pay and complaint, each judged as somebody says."""
    day, owner = unit.now.date(), unit.number("person")
    person = Person(
        organisation_id=unit.organisation_id, id=owner, external="p1", name="Person 1", starts_on=day
    )
    unit.people.add(person)
    wave = Wave(
        organisation_id=unit.organisation_id,
        id=unit.number("wave"),
        survey_id=waves.set_up(unit, "pulse", owner, day).id,
        local_date=day,
        state="released",
        opens_at=unit.now,
        closes_at=unit.now,
        results_on=day,
        k_scores=5,
        k_comments=10,
        mode="anonymous",
        blind_reminders=False,
        owner=person.name,
        title={},
        questions=[],
    )
    unit.waves.add(wave)
    unit.session.add_all(
        Quote(
            organisation_id=unit.organisation_id,
            id=f"{number:032x}",
            wave_id=wave.id,
            theme="pay",
            tone="negative",
            taxonomy="themes/1",
            model="english-1",
            text=free("secret"),
            judged_theme=theme,
            judged_tone=tone,
        )
        for number, (theme, tone) in enumerate(said)
    )
