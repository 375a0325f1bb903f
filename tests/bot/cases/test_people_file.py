"""Reading a people file: what is understood, and what is said about everything else."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases import people_file, people_words
from bot.cases.people_entries import PeopleFile
from bot.cases.people_file import COLUMNS, read
from bot.talk.language import words

HEADER = (
    "id,name,email,manager,department,heads,site,time_zone,locale,start_date,end_date,end_reason,share,band"
)
ENGLISH = words("en")


def a_file(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def row(**cells: str) -> str:
    about = {"id": "1", "name": "Ana Ruiz", "department": "Operations/Support", "start_date": "2024-01-31"}
    return ",".join((about | cells).get(column, "") for column in HEADER.split(","))


def keys(file: PeopleFile) -> list[tuple[int, str]]:
    return [(problem.row, problem.key.removeprefix("problem.people.")) for problem in file.problems]


def only_problem(**cells: str) -> str:
    file = read(a_file(row(**cells)))
    assert file.entries == ()
    assert file.problem_count == 1
    assert file.problems[0].row == 2
    return people_words.problem_line(ENGLISH, file.problems[0])


def test_every_documented_column_is_read():
    file = read(
        a_file(
            '7,Ana Ruiz,Ana@Example.org,8," Operations / Support ","Operations;Operations/Support",Bonn,'
            "Europe/Berlin,de-DE,2024-02-29,31.12.2025,voluntary,80 %,B3",
            "8,Bo,,,Operations,,,,,2020-01-01,,,,",
        )
    )

    assert file.problem_count == 0
    ana, bo = file.entries
    assert ana.row == 2
    assert (ana.external, ana.name, ana.email, ana.manager) == ("7", "Ana Ruiz", "ana@example.org", "8")
    assert ana.path == "Operations/Support"
    assert ana.heads == ("Operations", "Operations/Support")
    assert (ana.site, ana.time_zone, ana.locale, ana.band) == ("Bonn", "Europe/Berlin", "de-DE", "B3")
    assert (ana.starts_on, ana.ends_on, ana.reason) == (date(2024, 2, 29), date(2025, 12, 31), "voluntary")
    assert ana.share == 0.8
    assert (bo.email, bo.manager, bo.heads, bo.ends_on, bo.share) == ("", "", (), None, 1.0)


def test_the_documentation_names_every_column():
    documented = HEADER.replace("_", "").split(",")

    assert [column.headers[0] for column in COLUMNS] == documented


def test_the_documentation_s_example_is_a_good_file(documented_example: bytes):
    file = read(documented_example)

    assert file.problem_count == 0
    assert len(file.entries) >= 3
    assert documented_example.decode().splitlines()[0] == HEADER


@pytest.fixture
def documented_example() -> bytes:
    page = (Path(__file__).parents[3] / "docs" / "people-file.md").read_text(encoding="utf-8")
    return page.split("```csv\n")[1].split("```")[0].encode()


@pytest.mark.parametrize(
    "header",
    [
        "ID;Name;E-Mail;Führungskraft;Abteilung;Eintrittsdatum",
        "id;Full Name; e mail ;MANAGER;Department;Start Date",
        "Personalnummer\tName\tMail\tVorgesetzte\tBereich\tEintritt",
        "Employee_ID,name,e-mail,Manager-ID,department_path,hire date",
    ],
)
def test_headers_and_delimiters_are_understood_as_people_write_them(header: str):
    mark = next(mark for mark in ";\t," if mark in header)
    file = read(a_file(mark.join(["1", "Ana", "a@b.example", "", "Support", "2024-01-31"]), header=header))

    assert file.problem_count == 0, file.problems
    assert file.entries[0].email == "a@b.example"
    assert file.entries[0].path == "Support"


def test_a_byte_order_mark_carriage_returns_and_blank_rows_do_not_matter():
    lines = ["\ufeff" + HEADER, row(), "", ",,,,,,,,,,,,,", row(id="2")]
    file = read("\r\n".join(lines).encode())

    assert [(entry.external, entry.row) for entry in file.entries] == [("1", 2), ("2", 5)]


def test_a_file_object_is_read_as_bytes_are():
    assert read(BytesIO(a_file(row()))) == read(a_file(row()))


def test_unknown_columns_are_left_out_and_told():
    file = read(a_file("1,Ana,Support,2024-01-31,90000", header="id,name,department,start_date,Salary"))

    assert file.ignored == ("Salary",)
    assert "Salary" in people_words.notes(ENGLISH, file)[0]


def test_an_end_without_a_reason_is_told_and_counted():
    file = read(
        a_file(row(end_date="2025-01-31"), row(id="2", end_date="2025-01-31", end_reason="Eigenkündigung"))
    )

    assert file.ends_without_reason == 1
    assert [entry.reason for entry in file.entries] == ["", "voluntary"]
    assert "never counts as a resignation" in people_words.notes(ENGLISH, file)[0]


@pytest.mark.parametrize(
    ("cell", "share"),
    [("", 1), ("1", 1), ("0.5", 0.5), ("0", 0), ("100%", 1), ("62.5 %", 0.625)],
)
def test_a_share_is_read_as_a_fraction_or_a_percentage(cell: str, share: float):
    assert read(a_file(row(share=cell))).entries[0].share == share


def test_a_decimal_comma_is_understood_in_a_german_file():
    file = read(b"id;name;department;start_date;share\n1;Ana;Support;31.01.2024;0,8")

    assert file.entries[0].share == 0.8


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"id": ""}, "There is no id"),
        ({"name": " \u200e "}, "There is no name"),
        ({"department": ""}, "There is no department"),
        ({"start_date": ""}, "There is no start date"),
        ({"department": "Operations//Support"}, "has an empty part"),
        ({"department": "/Operations"}, "has an empty part"),
        ({"department": "/".join("abcdefghi")}, "more than 8 levels"),
        ({"department": "x" * 256}, "more than 255 characters"),
        ({"name": "x" * 201}, "more than 200 characters"),
        ({"id": "x" * 65}, "more than 64 characters"),
        ({"email": "ana@"}, "is not an e-mail address"),
        ({"email": "ana ruiz@example.org"}, "is not an e-mail address"),
        ({"email": "a@b.example; c@d.example"}, "is not an e-mail address"),
        ({"start_date": "2024-02-30"}, "There is no day 2024-02-30"),
        ({"start_date": "31.04.2024"}, "There is no day 31.04.2024"),
        ({"start_date": "03/04/2024"}, "one day only"),
        ({"start_date": "1.2.24"}, "one day only"),
        ({"start_date": "1024-01-01"}, "1900 to 2100"),
        ({"start_date": "0000-01-01"}, "There is no day"),
        ({"end_date": "2024-01-30"}, "The last day 2024-01-30 lies before the first day 2024-01-31"),
        ({"end_reason": "voluntary"}, "no end date"),
        ({"end_date": "2025-01-01", "end_reason": "fired"}, "Use one of voluntary"),
        ({"time_zone": "Europe/Berln"}, "Is Europe/Berlin meant?"),
        ({"time_zone": "berlin"}, "Is Europe/Berlin meant?"),
        ({"time_zone": "CEST"}, "Write a city of the zone"),
        ({"time_zone": "../../etc/passwd"}, "is not a time zone"),
        ({"locale": "german"}, "is not a language tag"),
        ({"locale": "xx"}, "is not a language tag"),
        ({"share": "80"}, "Write 0.8 or 80 %"),
        ({"share": "-0.5"}, "is not an employment share"),
        ({"share": "nan"}, "is not an employment share"),
        ({"share": "101 %"}, "is not an employment share"),
        ({"band": "€ 48500"}, "looks like a salary"),
        ({"manager": "99"}, "manager 99 is nobody's id"),
        ({"manager": "1"}, "1 → 1"),
        ({"heads": "Operations/Sales"}, "“Operations/Sales” is to be headed, but nobody is in it"),
        ({"heads": ";".join(f"D{n}" for n in range(51))}, "More than 50 departments"),
    ],
)
def test_a_cell_that_cannot_be_taken_says_its_row_and_what_to_do(cells: dict[str, str], says: str):
    sentence = only_problem(**cells)

    assert sentence.startswith("Row 2: ")
    assert says in sentence


def test_bands_that_are_no_salary_are_taken():
    for band in ("B3", "E13", "TVöD 11", "2024", "T-5"):
        assert read(a_file(row(band=band))).entries[0].band == band


def test_what_must_differ_between_rows_is_compared():
    file = read(a_file(row(email="a@b.example"), row(email="c@d.example"), row(id="2", email="A@B.example")))

    assert keys(file) == [(3, "id_twice"), (4, "email_twice")]


def test_an_address_may_go_on_to_a_successor():
    file = read(
        a_file(
            row(email="desk@b.example", end_date="2024-05-31", end_reason="other"),
            row(id="2", email="desk@b.example", start_date="2024-06-01"),
        )
    )

    assert file.problem_count == 0


def test_a_circle_of_managers_is_named_by_its_ids():
    file = read(
        a_file(
            row(id="a", manager="b"),
            row(id="b", manager="c"),
            row(id="c", manager="a"),
            row(id="d", manager="a"),
        )
    )

    assert keys(file) == [(2, "manager_circle")]
    assert "a → b → c → a" in people_words.problem_line(ENGLISH, file.problems[0])


def test_a_very_long_circle_and_a_very_long_chain_are_managed():
    n = 5000
    chain = [row(id=str(k), manager=str(k + 1) if k < n else "") for k in range(1, n + 1)]
    circle = [*chain[:-1], row(id=str(n), manager="1")]

    assert read(a_file(*chain)).problem_count == 0
    found = read(a_file(*circle))
    assert found.problem_count == 1
    assert len(people_words.problem_line(ENGLISH, found.problems[0])) < 300


def test_two_spellings_of_one_department_are_not_two_departments():
    file = read(
        a_file(
            row(), row(id="2", department="operations/Sales"), row(id="3", department="Operations/support")
        )
    )

    assert keys(file) == [(3, "department_spelling"), (4, "department_spelling")]


def test_a_letter_composed_in_two_ways_is_one_letter():
    file = read(a_file(row(department="Ko\u0308ln"), row(id="2", department="K\u00f6ln")))

    assert [entry.path for entry in file.entries] == ["K\u00f6ln", "K\u00f6ln"]


def test_rows_that_cannot_be_read_do_not_make_others_look_wrong():
    file = read(a_file(row(id="boss", start_date="soon"), row(id="2", manager="boss")))

    assert keys(file) == [(2, "date_form")]


def test_fifty_problems_are_shown_and_all_are_counted():
    file = read(a_file(*(row(id=str(n), start_date="soon") for n in range(70))))

    assert len(file.problems) == 50
    assert file.problem_count == 70
    assert people_words.problem_lines(ENGLISH, file)[-1] == "And 20 more problems."


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        (HEADER.encode(), "holds nobody"),
        (b"a,b,c\n1,2,3", "These columns are missing: id, name, department, start_date"),
        (b"1,Ana,Support,2024-01-31", "These columns are missing"),
        (b"id,ID,name,department,start_date\n", "occur twice: id"),
        (
            a_file(row(), "2,Jos\u00e9", row(id="3")).decode().encode("latin-1"),
            "Row 3: This line is not UTF-8",
        ),
        (a_file(row()).decode().encode("utf-16"), "UTF-16"),
        (a_file(row(), "2,B\0o"), "Row 3: This line holds a zero byte"),
        (a_file(row(), '2,"Bo'), "Row 3: From this row on the file can't be read"),
        (a_file(row(), '2,"B"o,x'), "Row 3: From this row on"),
        (a_file(row(name="x" * 9000)), "Row 2: A cell holds more than 8 KB"),
        (a_file(row(), "x" * 200_000), "Row 3: From this row on"),
        (a_file("," * 70 + "x"), "more than 64 columns"),
        (a_file(row() + ",too,many"), "This row has 16 cells for 14 columns"),
        (b"x" * (people_file.MOST_BYTES + 1), "larger than 20 MB"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "Row 2: This line is not UTF-8"),
        (b"PK\x03\x04\x00\x00", "zero byte"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(data: bytes, says: str):
    file = read(data)

    assert file.entries == ()
    assert file.problem_count == 1
    assert says in people_words.problem_lines(ENGLISH, file)[0]


def test_more_than_200_000_rows_are_refused_before_they_are_looked_at():
    file = read(b"id,name,department,start_date\n" + b"x\n" * 200_001)

    assert keys(file) == [(0, "too_many_rows")]


@pytest.mark.parametrize(
    "name",
    [
        "<!channel>",
        "**Ana** [x](https://evil.example)",
        "<script>alert(1)</script>",
        "=HYPERLINK(0)",
        "@here",
        "ʼ; DROP TABLE person; --",
    ],
)
def test_a_name_is_text_whatever_it_looks_like(name: str):
    assert read(a_file(row(name=name))).entries[0].name == name


def test_marks_that_act_on_the_text_around_them_are_taken_out_of_a_name():
    file = read(a_file(row(name="\u202eana\u2066\x07 \u2028Ru\x1biz")))

    assert file.entries[0].name == "ana Ruiz"


def test_problems_speak_german_as_well():
    file = read(a_file(row(time_zone="Europe/Berln")))

    assert people_words.problem_lines(words("de"), file) == [
        "Zeile 2: „Europe/Berln“ ist keine Zeitzone. Ist Europe/Berlin gemeint?"
    ]


@given(st.binary(max_size=300))
def test_whatever_the_bytes_are_an_answer_comes_back(data: bytes):
    file = read(a_file() + b"\n" + data)

    assert bool(file.entries) != bool(file.problem_count)
    assert people_words.problem_lines(ENGLISH, file) or file.entries


cells = st.text(max_size=12)


@given(st.lists(st.lists(cells, min_size=14, max_size=14), min_size=1, max_size=5))
def test_whatever_stands_in_the_cells_every_problem_has_its_row_and_sentence(table: list[list[str]]):
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in table]
    file = read(a_file(*quoted).replace(b"\0", b"").decode(errors="replace").encode(errors="replace"))

    assert all(line for line in people_words.problem_lines(ENGLISH, file))
    assert file.problem_count >= len(file.problems)
