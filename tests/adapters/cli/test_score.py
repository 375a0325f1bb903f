"""``rapport score``: a file in, a line per row out, the texts themselves never printed."""

import csv
import io
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from adapters.cli import csv_in
from adapters.cli.csv_in import NoColumn, column
from tests.adapters.cli.conftest import Rapport
from tests.canary import WORD, free

HEADER = "row,class,negative,neutral,positive,language,reason"
ROOT = Path(__file__).resolve().parents[3]
COMMAND = "from adapters.cli import main; main()"


@pytest.fixture
def export(folder: Path) -> Path:
    return folder / "export.csv"


def rows(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


def test_each_row_gets_a_line_in_order(rapport: Rapport, export: Path):
    export.write_text(
        "id,text\n1,The team is great\n2,N/A\n3,Das Onboarding war wirklich schlecht\n4,\n5,Too many tools\n"
        "6,Het team is echt heel goed en ik ben er blij mee\n",
        "utf-8",
    )

    done = rapport("score", str(export), "--column", "text")

    found = rows(done.out)
    assert done.code == 0
    assert done.out.splitlines()[0] == HEADER
    assert [(row["row"], row["class"], row["language"], row["reason"]) for row in found] == [
        ("1", "positive", "en", ""),
        ("2", "no content", "", "nothing said"),
        ("3", "negative", "de", "beta"),
        ("4", "no content", "", "nothing said"),
        ("5", "negative", "en", ""),
        ("6", "not scored", "und", "language"),
    ]
    for row in found:
        shares = [row["negative"], row["neutral"], row["positive"]]
        if row["class"] in ("positive", "negative"):
            assert all(len(share) == 5 for share in shares)
            assert sum(map(float, shares)) == pytest.approx(1, abs=0.002)
        else:
            assert shares == ["", "", ""]


def test_an_unclear_row_keeps_its_probabilities(rapport: Rapport, export: Path):
    export.write_text('text\n"I love the team, but the workload is terrible"\n', "utf-8")
    (row,) = rows(rapport("score", str(export), "--column", "text").out)
    assert (row["class"], row["reason"]) == ("unclear", "not sure")
    assert row["negative"]


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Super Team"), ("fr", "Super équipe"), ("es", "Gran equipo, gracias"), ("it", "Ottimo lavoro"), ("pt", "Ótimo trabalho")],
)  # fmt: skip
def test_short_texts_of_a_trial_language_are_read_in_it_if_it_is_said(
    rapport: Rapport, export: Path, language: str, text: str
):
    export.write_text(f'text\n"{text}"\n"xyzzy plugh"\n', "utf-8")
    found = rows(rapport("score", str(export), "--column", "text", "--language", language).out)
    assert [(row["class"], row["language"], row["reason"]) for row in found] == [
        ("positive", language, "beta"),
        ("unclear", language, "beta, not sure"),
    ]


def test_the_text_is_not_echoed(rapport: Rapport, export: Path):
    export.write_text(f"text\n{free('The team is great')}\n", "utf-8")
    done = rapport("score", str(export), "--column", "text")
    assert WORD not in done.all


def test_explaining_adds_the_words_that_carried_the_answer(rapport: Rapport, export: Path):
    export.write_text("text\nThe team is great\nN/A\n", "utf-8")
    done = rapport("score", str(export), "--column", "text", "--explain")
    great, nothing = rows(done.out)
    assert done.out.splitlines()[0] == f"{HEADER},words"
    assert great["words"].split("; ")[0] == "great"
    assert nothing["words"] == ""


def test_taken_as_english_no_language_is_looked_for(rapport: Rapport, export: Path):
    export.write_text("text\nDas Onboarding war wirklich schlecht\n", "utf-8")
    (row,) = rows(rapport("score", str(export), "--column", "text", "--language", "en").out)
    assert row["language"] == "en"
    assert row["class"] != "not scored"


def test_an_unknown_column_ends_with_code_two_and_says_which_there_are(rapport: Rapport, export: Path):
    export.write_text("id;comment\n1;fine\n", "utf-8")
    done = rapport("score", str(export), "--column", "text")
    assert (done.code, done.out) == (2, "")
    assert done.err.strip() == 'There is no column "text". The file has: "id;comment".'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", 'There is no column "text": the file has no header line.'),
        (b"\x00\x01\xff\xfe\x89PNG", 'There is no column "text"'),
        (("a," * 40 + "b").encode(), "and 29 more"),
    ],
)
def test_a_file_without_the_column_is_refused_whatever_it_is(
    rapport: Rapport, export: Path, content: bytes, sentence: str
):
    export.write_bytes(content)
    done = rapport("score", str(export), "--column", "text")
    assert done.code == 2
    assert sentence in done.err


def test_a_missing_file_and_an_unknown_language_end_with_code_two(rapport: Rapport, export: Path):
    assert rapport("score", "nowhere.csv", "--column", "text").code == 2
    export.write_text("text\nfine\n", "utf-8")
    assert rapport("score", str(export), "--column", "text", "--language", "nl").code == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(export: Path, delimiter: str, encoding: str, end: str):
    lines = [["id", "text"], ["1", "schön – “great”, isn’t it"], ["2", "two\nlines"], ["3", 'a "quote"']]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=end).writerows(lines)
    export.write_bytes(written.getvalue().encode(encoding))

    with column(export, "text") as texts:
        assert list(texts) == [line[1] for line in lines[1:]]


def test_short_rows_are_empty_blank_lines_are_no_rows_and_long_rows_lose_nothing(export: Path):
    export.write_text("id,text\n1\n\n2,fine,more,and more\n", "utf-8")
    with column(export, "text") as texts:
        assert list(texts) == ["", "fine"]


def test_a_megabyte_in_one_field_and_zero_bytes_are_read(rapport: Rapport, export: Path):
    export.write_bytes(b"text\n" + b"good " * 200_000 + b"\nbad\x00 tools\n")
    done = rapport("score", str(export), "--column", "text")
    assert [row["class"] for row in rows(done.out)] == ["positive", "negative"]


def test_a_quote_that_is_never_closed_is_named_and_not_swallowed(
    rapport: Rapport, export: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(csv_in, "LARGEST_FIELD", 1_000)
    export.write_text('text\nfine\n"' + "never closed\n" * 500, "utf-8")
    done = rapport("score", str(export), "--column", "text")
    assert done.code == 1
    assert "Is a quote missing?" in done.err
    assert [row["row"] for row in rows(done.out)] == ["1"]


class Endless(io.RawIOBase):
    """A file that never ends."""

    _line = b"text\n"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        line, Endless._line = Endless._line, b"The team is great\n" * 50
        buffer[: len(line)] = line
        return len(line)


def test_rows_come_out_of_a_file_that_never_ends(monkeypatch: pytest.MonkeyPatch):
    """So that a file of any length fits: nothing is read that isn't asked for yet."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Endless())))
    with column(Path("-"), "text") as texts:
        assert set(islice(texts, 20_000)) == {"The team is great"}


def test_no_column_is_a_value_error_for_whoever_reads_files(export: Path):
    export.write_text("a,b\n", "utf-8")
    with pytest.raises(NoColumn, match='"a", "b"'), column(export, "c"):
        pass


@pytest.mark.process
def test_standard_input_is_scored_and_a_reader_who_leaves_early_is_no_error():
    lines = b"text\n" + b"The team is great\n" * 5_000
    argv = [sys.executable, "-c", COMMAND, "score", "-", "--column", "text", "--language", "en"]
    whole = subprocess.run(argv, input=lines, capture_output=True, check=True, cwd=ROOT)
    assert whole.stdout.count(b",positive,0.") == 5_000
    assert whole.stderr == b""

    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(argv, cwd=ROOT, **pipes) as early:
        assert early.stdin is not None
        assert early.stdout is not None
        assert early.stderr is not None
        early.stdin.write(lines)
        early.stdin.close()
        assert early.stdout.readline().startswith(b"row,class")
        early.stdout.close()
        assert early.stderr.read() == b""
