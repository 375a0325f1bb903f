"""A people file's problems and changes in words, for the terminal and for cards."""

from collections.abc import Iterator

from bot.cases.people_diff import Diff, Part, Sample
from bot.cases.people_entries import PeopleFile, Problem
from bot.cases.people_fields import near_zone
from bot.talk.inert import inert
from bot.talk.language import Words

SHOWN = 80


def problem_line(w: Words, problem: Problem) -> str:
    """Return one problem as a sentence that says where it is and what to do about it."""
    sentence = _sentence(w, problem)
    return w("people.problem.row", row=str(problem.row), sentence=sentence) if problem.row else sentence


def _sentence(w: Words, problem: Problem) -> str:
    near = near_zone(str(problem.values["value"])) if problem.key == "problem.people.time_zone" else ""
    if near:
        return w("problem.people.time_zone_near", value=problem.values["value"], nearest=near)
    return w(problem.key, **problem.values)


def problem_lines(w: Words, file: PeopleFile) -> list[str]:
    """Return every problem that was kept, and how many more there are."""
    lines = [problem_line(w, problem) for problem in file.problems]
    more = file.problem_count - len(file.problems)
    return [*lines, w("people.problem.more", n=more)] if more else lines


def diff_lines(w: Words, diff: Diff) -> list[str]:
    """Return what would change, a line for each kind and a few people under it; the first line sums up."""
    if diff.empty:
        return [w("people.diff.nothing", n=diff.rows)]
    lines = [w("people.diff.headline", n=diff.rows, employed=diff.employed, unchanged=diff.unchanged)]
    for kind, part in diff.parts.items():
        lines += _part_lines(w, kind, part)
    return lines


def notes(w: Words, file: PeopleFile) -> list[str]:
    """Return what was decided about the file without asking: columns left out, ends without a reason."""
    lines = []
    if file.ignored:
        lines.append(w("people.diff.ignored", columns=w.join(list(file.ignored))))
    if file.ends_without_reason:
        lines.append(w("people.diff.ends_without_reason", n=file.ends_without_reason))
    return lines


def _part_lines(w: Words, kind: str, part: Part) -> Iterator[str]:
    yield w(f"people.diff.{kind.replace('field.', 'field-')}", n=part.n)
    for sample in part.samples:
        yield f"  {_shown(sample)}"
    if part.n > len(part.samples):
        yield "  …"


def _shown(sample: Sample) -> str:
    who = f"{inert(sample.external, SHOWN)} {inert(sample.name, SHOWN)}"
    before, after = inert(sample.before, SHOWN), inert(sample.after, SHOWN)
    change = f"{before} → {after}" if before and after else before or after
    return f"{who}: {change}" if change else who
