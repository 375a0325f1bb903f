"""``rapport surveys``: which there are, one in full, and whether a template of one's own is right."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.console import fail, say, show_json, show_table, told
from adapters.cli.place import Demo, Json, opened, reading
from bot.cases import forecast, surveys, thresholds, waves
from bot.errors import Refused
from bot.store.unit import Unit
from surveys.errors import SurveyError
from surveys.loader import builtin, load
from surveys.survey import Survey


class Sentiment(StrEnum):
    """Whether tone and themes are read out of comments."""

    OFF = "off"
    AGGREGATE = "aggregate"


class Reminders(StrEnum):
    """To whom the one reminder of a wave goes."""

    BLIND = "blind"
    TARGETED = "targeted"


app = typer.Typer(no_args_is_help=True, help="Survey templates and the surveys in use.")


@app.command("list")
def list_surveys(json: Json = False, demo: Demo = False) -> None:
    """List the built-in surveys and which of them are in use."""
    with reading(demo=demo) as store:
        used = store.read(lambda unit: {s.key: _owner(unit, s.owner_id) for s in unit.surveys.all()})
    rows = [
        {
            "key": survey.key,
            "title": survey.title_in("en"),
            "mode": survey.mode,
            "questions": len(survey.questions),
            "in_use": survey.key in used,
            "owner": used.get(survey.key, ""),
        }
        for survey in builtin().values()
    ]
    if json:
        show_json(rows)
        return
    table = [(r["key"], r["title"], r["mode"], r["questions"], r["owner"] or "not in use") for r in rows]
    show_table(("Key", "Title", "Mode", "Items", "Owner"), table, "There is no survey.")


@app.command()
def show(
    key: Annotated[str, typer.Argument(help="Key of a built-in survey, such as pulse.")], json: Json = False
) -> None:
    """Show a survey with the source and licence of each item."""
    survey = builtin().get(key)
    if survey is None:
        fail(f"There is no survey “{key}”. There are: {', '.join(builtin())}.")
    items = [
        {"key": q.key, "type": q.type, "stem": q.stem_in("en"), "direction": q.direction, "source": q.source}
        for q in survey.questions
    ]
    if json:
        show_json({"key": survey.key, "version": survey.version, "mode": survey.mode, "items": items})
        return
    say(
        f"{survey.title_in('en')} ({survey.key}, version {survey.version}, {survey.mode}, about {survey.seconds} s)"
    )
    show_table(
        ("Item", "Question", "Source"), [(i["key"], i["stem"], i["source"]) for i in items], "No items."
    )


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A template (.toml).", exists=True, dir_okay=False)],
    json: Json = False,
) -> None:
    """Check a template of your own; errors name file, key and line."""
    with told():
        try:
            survey: Survey = load(file.read_text("utf-8"), file.name)
        except UnicodeDecodeError:
            fail(f"{file.name} is not text in UTF-8. Save it as UTF-8 and try again.")
        except SurveyError as error:
            fail(str(error))
    if json:
        show_json({"file": file.name, "key": survey.key, "items": len(survey.questions)})
        return
    say(f"{file.name} is right: {survey.title_in('en')}, {len(survey.questions)} items.")


@app.command()
def start(
    key: Annotated[str, typer.Argument(help="Key of a built-in survey.")],
    owner: Annotated[str, typer.Option(help="HR id of the person who answers for the results.")],
    first: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of the first wave.")
    ] = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Put a survey into use. Its first wave opens on the first date of its rhythm from then on."""

    def work(unit: Unit) -> tuple[date, date | None]:
        person = unit.people.by_external(owner)
        if person is None:
            raise Refused("refused.no_owner", survey=key)
        survey = waves.set_up(unit, key, person.id, first.date() if first else unit.now.date())
        ahead = forecast.coming(unit, survey)
        return survey.first_on, ahead.day if ahead else None

    with opened(demo=demo) as store:
        since, opens = store.write(work)
    if json:
        show_json({"key": key, "owner": owner, "first_on": since, "opens_on": opens})
        return
    say(f"{key} is in use from {since} on.{f' Its next wave opens on {opens}.' if opens else ''}")


@app.command()
def reminders(
    kind: Annotated[
        Reminders, typer.Argument(help="blind: to everybody. targeted: to who has not answered.")
    ],
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Choose who is reminded in waves that open from now on; blind looks up nobody. It is written to the audit log."""
    blind = kind is Reminders.BLIND
    with opened(demo=demo) as store:
        store.write(lambda unit: surveys.remind_blindly(unit, "command", blind=blind))
    if json:
        show_json({"reminders": kind})
        return
    say(f"Reminders go to {'everybody' if blind else 'those who have not answered'}, from the next wave on.")


@app.command()
def sentiment(
    how: Annotated[
        Sentiment, typer.Argument(help="off: comments are not read. aggregate: at the close, in groups.")
    ],
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Choose whether tone and themes are read out of comments of waves that open from now on. Off until you do."""
    with opened(demo=demo) as store:
        store.write(lambda unit: surveys.read_comments(unit, "command", how))
    if json:
        show_json({"sentiment": how})
        return
    read = (
        "are read at the close, in groups," if how is Sentiment.AGGREGATE else "are not read out of comments,"
    )
    say(f"Tone and themes {read} from the next wave on.")


@app.command("thresholds")
def raise_thresholds(
    scores: Annotated[int | None, typer.Option(help="Fewest answers behind a score.")] = None,
    comments: Annotated[int | None, typer.Option(help="Fewest answers behind comments.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Don't ask; with --json nothing is changed without it.")
    ] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Show the thresholds, or ask for more answers in waves that open from now on. There is no way back down."""
    asked = scores is not None or comments is not None
    if asked and not yes and not json and not typer.confirm("Thresholds only go up. Raise them?"):
        fail("Nothing was changed.")
    if asked and json and not yes:
        fail("Nothing was changed: with --json add --yes.")
    with opened(demo=demo) as store:
        held = store.write(lambda unit: thresholds.raised(unit, "command", scores, comments))
    if json:
        show_json({"scores": held[0], "comments": held[1]})
        return
    say(
        f"From {held[0]} answers for scores and {held[1]} for comments{', from the next wave on' if asked else ''}."
    )


def _owner(unit: Unit, number: int) -> str:
    person = unit.people.get(number)
    return person.name if person else ""
