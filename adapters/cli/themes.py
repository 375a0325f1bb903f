"""``rapport themes``: what comments are looked through for; the built-in themes, or an organisation's own."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from adapters.cli.console import fail, say, show_json, show_table, told, warn
from adapters.cli.place import Demo, Json, opened, reading
from analytics.text.theme_checks import Broad
from analytics.text.themes import LANGUAGES, Taxonomy, TaxonomyError
from bot.cases import taxonomies
from bot.cases.taxonomies import BUILTIN, Version
from bot.store.unit import Unit

File = Annotated[Path, typer.Argument(help="Themes (.toml).", exists=True, dir_okay=False)]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask; with --json nothing is changed without it.")]

app = typer.Typer(no_args_is_help=True, help="The themes that comments are looked through for.")


@app.command()
def show(
    number: Annotated[
        int | None, typer.Option("--version", min=0, help="An own version; 0: the built-in themes.")
    ] = None,
    demo: Demo = False,
) -> None:
    """Print the file of the themes in force, to start an own one from: rapport themes show > themes.toml."""
    with reading(demo=demo) as store:
        sys.stdout.write(store.read(lambda unit: taxonomies.text_of(unit, number)))


@app.command()
def check(file: File, json: Json = False) -> None:
    """Check a file of your own; errors name file, line and theme. Nothing is changed."""
    taxonomy, broad = _checked(file)
    if json:
        show_json({"file": file.name, "themes": [theme.key for theme in taxonomy.themes], "broad": broad})
        return
    say(f"{file.name} is right: {len(taxonomy.themes)} themes, each finds its own examples.")
    _warn(broad)


@app.command()
def use(
    file: Annotated[Path | None, typer.Argument(help="Themes (.toml).", exists=True, dir_okay=False)] = None,
    number: Annotated[
        int | None, typer.Option("--version", min=1, help="Instead of a file: an earlier own version.")
    ] = None,
    yes: Yes = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Read waves that open from now on with own themes. Each version is a series of its own; it is audited."""
    if (file is None) == (number is None):
        fail("Name a file, or an earlier version with --version.")
    if file is not None:
        _warn(_checked(file)[1])
    _sure("Figures of themes are not compared with those of other versions. Use these themes?", yes, json)

    def work(unit: Unit) -> int:
        if file is not None:
            return taxonomies.use(unit, "command", file.read_text("utf-8"), file.name)
        taxonomies.use_again(unit, "command", number or BUILTIN)
        return number or BUILTIN

    with opened(demo=demo) as store:
        try:
            version = store.write(work)
        except TaxonomyError as error:
            fail(str(error))
    _done(version, json)


@app.command()
def reset(yes: Yes = False, json: Json = False, demo: Demo = False) -> None:
    """Go back to the built-in themes, for waves that open from now on. Own versions are kept."""
    _sure("Go back to the built-in themes?", yes, json)
    with opened(demo=demo) as store:
        store.write(lambda unit: taxonomies.reset(unit, "command"))
    _done(BUILTIN, json)


@app.command()
def history(json: Json = False, demo: Demo = False) -> None:
    """List your own versions, and which of them is in force."""
    with reading(demo=demo) as store:
        versions = store.read(taxonomies.history)
    if json:
        show_json(versions)
        return
    rows = [(one.number, one.at.date(), _count(one), "yes" if one.in_force else "") for one in versions]
    none = "There are no themes of your own; the built-in ones are in force."
    show_table(("Version", "Since", "Themes", "In force"), rows, none)


def _count(version: Version) -> str:
    return "can't be read by this release" if version.themes is None else str(version.themes)


def _checked(file: Path) -> tuple[Taxonomy, Sequence[Broad]]:
    with told():
        try:
            return taxonomies.checked(file.read_text("utf-8"), file.name)
        except UnicodeDecodeError:
            fail(f"{file.name} is not text in UTF-8. Save it as UTF-8 and try again.")
        except TaxonomyError as error:
            fail(str(error))
    raise AssertionError  # unreachable: told() ends the command


def _warn(broad: Sequence[Broad]) -> None:
    names = dict(zip(LANGUAGES, ("English", "German"), strict=True))
    for one in broad:
        warn(
            f"{one.theme} is very broad: it finds {one.share:.0%} of {names[one.language]} sentences about all kinds of "
            "things. A theme that is everywhere says little."
        )


def _sure(question: str, yes: bool, json: bool) -> None:
    if json and not yes:
        _unchanged("Nothing was changed: with --json add --yes.")
    if not yes and not typer.confirm(question):
        _unchanged("Nothing was changed.")


def _unchanged(why: str) -> NoReturn:
    fail(why)


def _done(version: int, json: bool) -> None:
    if json:
        show_json({"version": version})
        return
    which = "the built-in themes" if version == BUILTIN else f"your own themes, version {version}"
    say(f"Comments are looked through for {which}, from the next wave on.")
