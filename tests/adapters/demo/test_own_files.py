from pathlib import Path

import pytest

from adapters.demo.own_files import FileProblems, results, rollouts

HEADER = "department,month,item,n,favourable\n"


def file(folder: Path, text: str | bytes) -> Path:
    path = folder / "results.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_shares_may_be_parts_of_one_or_per_cent(tmp_path):
    rows = results(
        file(
            tmp_path,
            HEADER + "Ops/Support,2026-10,satisfaction,16,0.66\nOps/Stock,2026-10-05,satisfaction,20,71 %\n",
        )
    )

    assert [(r.department, r.month.isoformat(), r.n, r.share) for r in rows] == [
        ("Ops/Support", "2026-10-01", 16, 0.66),
        ("Ops/Stock", "2026-10-01", 20, 0.71),
    ]


def test_semicolons_a_byte_order_mark_and_a_mean_are_read(tmp_path):
    text = "\ufeffDepartment;Month;Item;n;mean;variance\nOps;2026-10;sat;12;3,9;1.2\n"

    (row,) = results(file(tmp_path, text))

    assert (row.mean, row.variance, row.scale) == (3.9, 1.2, (1.0, 5.0))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",2026-10,sat,9,0.5", "needs a path"),
        ("Ops//x,2026-10,sat,9,0.5", "needs a path"),
        ("Ops,October,sat,9,0.5", "not of the form 2026-11"),
        ("Ops,2026-10,,9,0.5", "item needs a name"),
        ("Ops,2026-10,sat,nine,0.5", "not a whole number"),
        ("Ops,2026-10,sat,-9,0.5", "not a whole number"),
        ("Ops,2026-10,sat,9,140", "not between 0 and 1"),
        ("Ops,2026-10,sat,9,nan", "not a usable number"),
        ("Ops,2026-10,sat,9,", "neither favourable nor mean"),
    ],
)
def test_each_problem_names_its_row_and_nothing_is_used(tmp_path, row, problem):
    with pytest.raises(FileProblems) as found:
        results(file(tmp_path, HEADER + "Ops,2026-09,sat,12,0.5\n" + row + "\n"))

    assert "Row 3: " in str(found.value)
    assert problem in str(found.value)
    assert "Nothing was changed." in str(found.value)


def test_the_same_figure_twice_names_both_rows(tmp_path):
    line = "Ops,2026-09,sat,12,0.5\n"

    with pytest.raises(FileProblems, match="same department, month and item as row 2"):
        results(file(tmp_path, HEADER + line + line))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("department,month\nOps,2026-10\n", "lacks item, n"),
        (HEADER, "no row below the header"),
        (HEADER.encode() + b"Ops\xff,2026-10,sat,12,0.5\n", "not UTF-8"),
        (HEADER + "Ops\0,2026-10,sat,12,0.5\n", "NUL"),
        (HEADER + "x" * 9000 + ",2026-10,sat,12,0.5\n", "more than 8 KB"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path, text, problem):
    with pytest.raises(FileProblems) as found:
        results(file(tmp_path, text))

    assert problem in str(found.value)


def test_automations_need_a_purpose_a_date_and_no_negative_cost(tmp_path):
    header = "department,name,purpose,start,monthly_cost\n"
    text = (
        header
        + "Ops,Robots,,2026-01-01,1\nOps,Robots,Less lifting,soon,1\nOps,Robots,Less lifting,2026-01-01,-1\n"
    )

    with pytest.raises(FileProblems) as found:
        rollouts(file(tmp_path, text))

    said = str(found.value)
    assert "Row 2: an automation needs a name and a purpose" in said
    assert "Row 3: the start “soon”" in said
    assert "Row 4: monthly_cost is below zero" in said
