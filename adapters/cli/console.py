"""Printing for people and for scripts: tables that fit 80 columns, progress, errors that say what to do."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bot.errors import RapportError, Refused
from bot.talk.language import words

DONE, REFUSED, WRONG_USE = 0, 1, 2
WIDTH = 80

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print a line as it is: nothing in it acts as markup."""
    out.print(Text(text))


def warn(text: str) -> None:
    err.print(Text(text))


def fail(text: str, code: int = REFUSED) -> NoReturn:
    """Print why it was refused and what to do, and end."""
    warn(text)
    raise typer.Exit(code)


@contextmanager
def told() -> Iterator[None]:
    """Turn our own errors into one plain sentence and exit code 1; anything else is a mistake of ours."""
    try:
        yield
    except Refused as refused:
        fail(words("en")(refused.key, **refused.values))
    except (RapportError, ValueError) as error:
        fail(str(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fail(f"{where}{error.strerror or 'It could not be read or written'}. Nothing was changed.")
    except KeyboardInterrupt:
        fail("Stopped. What was saved before stays saved.")


def show_json(value: object) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False, indent=2) + "\n")


def show_table(header: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Print rows under a header, or the sentence that stands for none."""
    if not rows:
        say(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in header:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    width = None if out.is_terminal else WIDTH
    out.print(table, width=width)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Show that something longer is going on, and what; silent where nobody watches."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=None)
        yield lambda text: bar.update(task, description=text)


@contextmanager
def counted(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar over ``done`` of ``total``; silent where nobody watches."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _plain(value: Any) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
