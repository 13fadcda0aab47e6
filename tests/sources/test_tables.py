import csv
import io

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.sources._report import Report
from sarbench.sources.reading import table_records
from sarbench.sources.reading.tables import DELIMITERS, Table, read_table

NAMES = {"image": ("Image Name",), "question": ("Question",), "answer": ("Answer",)}
HEADER = "Image Name,Question,Answer\n"

# Any text that a cell can hold; a NUL is damage, and a lone surrogate is no text.
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
STRAY = st.sampled_from(['b.png,"never closed,2', 'b.png,Where is "it"?,"2', '"b.png",x,"2" and', 'b.png,a","b,"c'])


def read(data: bytes | str, **options: object) -> tuple[Table, Report]:
    report = Report()
    raw = data.encode() if isinstance(data, str) else data
    return read_table(raw, file="vqa.csv", wanted=NAMES, report=report, **options), report  # type: ignore[arg-type]


def answers(table: Table) -> list[str]:
    return [fields["answer"] for _, fields in table]


def written(rows: list[tuple[str, str, str]], delimiter: str = ",", end: str = "\r\n") -> str:
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter, lineterminator=end)
    table.writerow(("Image Name", "Question", "Answer"))
    table.writerows(rows)
    return text.getvalue()


@given(
    st.lists(st.tuples(st.from_regex(r"[a-z0-9]{1,8}\.png", fullmatch=True), CELLS, CELLS), max_size=8),
    st.sampled_from(DELIMITERS),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
@example([("a.png", 'Is "it"\nthere,\r\nor not?', '"'), ("b.png", "", "\n")], ",", "\r\n", "utf-16")
def test_what_csv_writes_reads_back(rows: list[tuple[str, str, str]], delimiter: str, end: str, encoding: str) -> None:
    # The csv module quotes a carriage return only where lines end with one.
    assume(end == "\r\n" or not any("\r" in cell for row in rows for cell in row))
    table, report = read(written(rows, delimiter, end).encode(encoding))
    assert report.counts == {}
    assert [tuple(fields.values()) for _, fields in table] == [tuple(map(str.strip, row)) for row in rows]
    assert [tuple(table.record(number).values()) for number in range(len(table))] == rows


@given(STRAY, st.integers(0, 30), st.sampled_from(["plain", "quoted"]))
def test_neighbours_of_an_unbalanced_quote_survive(stray: str, place: int, style: str) -> None:
    question = "Where is it?" if style == "plain" else '"Where, please, is it?"'
    lines = [f"a{number}.png,{question},{number}" for number in range(30)]
    table, report = read(HEADER + "\n".join([*lines[:place], stray, *lines[place:]]))
    assert answers(table) == [str(number) for number in range(30)]
    assert [number for number, _ in table] == [line for line in range(2, 33) if line != place + 2]
    assert report.skipped == 1
    assert [problem.record for problem in report.problems] == [f"line {place + 2}"]


@given(st.binary(max_size=200))
def test_any_bytes_behind_the_header_are_survived(noise: bytes) -> None:
    table, _ = read(HEADER.encode() + b"a.png,What?,1\n" + noise + b"\nz.png,What?,2\n")
    assert answers(table)[0] == "1"
    assert answers(table)[-1] == "2" or b'"' in noise


@given(st.binary(max_size=60))
def test_any_bytes_are_a_table_or_an_input_error(data: bytes) -> None:
    try:
        table, _ = read(data)
    except InputError:
        return
    assert len(list(table)) == len(table)


def test_quote_that_swallows_fifty_lines_without_image_names_is_given_up() -> None:
    lines = ["x,y,1", 'x,"never closed,2', *["x,y,3"] * 100, 'x,y",4']
    table, report = read(HEADER + "\n".join(lines))
    assert answers(table) == ["1", *["3"] * 100, "4"]
    assert report.counts == {"quotes are unbalanced": 1}


def test_long_cells_with_line_breaks_are_kept_up_to_the_limits() -> None:
    longest = "\n".join(["line"] * 50)
    table, report = read(written([("a.png", longest, "1"), ("b.png", longest + "\nline", "2"), ("c.png", "?", "3")]))
    assert answers(table) == ["1", "3"]
    assert table[0][1]["question"] == longest
    assert set(report.counts) == {"quotes are unbalanced", "record has too few cells"}
    table, report = read(HEADER + f"a.png,{'x' * 100_001},1\nb.png,x,2\n")
    assert (answers(table), report.counts) == (["2"], {"record is too long": 1})


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (b"a.png,caf\xe9,1", "line is not UTF-8"),
        (b'a.png,"caf\xe9, bar",1', "line is not UTF-8"),
        (b"a.png,\0\0\0,1", "line holds NUL bytes"),
        (b"a.png,1", "record has too few cells"),
        (b"a.png,one, two,1", "record has too many cells"),
        (b'a.png,"one","two",1', "record has too many cells"),
        (b'a.png,"He said "hello"",1', "quotes are unbalanced"),
    ],
)
def test_bad_record_is_skipped_alone(bad: bytes, problem: str) -> None:
    table, report = read(HEADER.encode() + b"y.png,What?,7\n" + bad + b"\nz.png,What?,8\n")
    assert answers(table) == ["7", "8"]
    assert report.counts == {problem: 1}
    assert report.problems[0].record == "line 3"


def test_blank_lines_and_empty_cells_at_the_end_do_no_harm() -> None:
    table, report = read('\n\n image_name ; QUESTION;"Answer";\n\n;;\na.png;x;1;\nb.png;"y";2;;\n;\n')
    assert list(table) == [
        (6, {"image": "a.png", "question": "x", "answer": "1"}),
        (7, {"image": "b.png", "question": "y", "answer": "2"}),
    ]
    assert table.columns == ("image_name", "QUESTION", "Answer", "")
    assert report.counts == {}


def test_line_ends_of_old_machines() -> None:
    assert answers(read("Image Name,Question,Answer\ra.png,x,1\rb.png,y,2")[0]) == ["1", "2"]


def test_best_name_wins_and_columns_of_one_name_stay_apart() -> None:
    data = b"path,Image,extra,extra\na.png,b.png,1,2\n"
    names = {"image": ("image", "path")}
    table = read_table(data, file="c.csv", wanted=names, optional={"split": ("split",)}, report=Report())
    assert list(table) == [(2, {"image": "b.png"})]
    assert table.record(0) == {"path": "a.png", "Image": "b.png", "extra": "1", "extra~1": "2"}
    assert "image" in table
    assert "split" not in table


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "vqa.csv: is empty. Download"),
        (b"\xef\xbb\xbf \r\n\0", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer"),
        (b"<!DOCTYPE html><html>", "holds a web page"),
        (b'[{"a": 1}]', "holds a JSON array"),
        (b'{"a": 1}', "holds a JSON object"),
        (b"PK\x03\x04\x14", "holds a zip archive or an Excel workbook"),
        (b"name,text\n1,2\n", r"no column for image \('Image Name'\), .*; its columns are 'name', 'text'"),
        (b"Image Name,Question,Answer,answer\n", "has the column 'Answer' 2 times"),
    ],
)
def test_unusable_files_are_told_apart(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(data)


def test_lines_are_looked_at_a_fixed_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = 0
    state = table_records._state

    def counting(line: bytes, form: table_records.Form, *, inside: bool) -> str:
        nonlocal looked_at
        looked_at += 1
        return state(line, form, inside=inside)

    monkeypatch.setattr(table_records, "_state", counting)
    table, _ = read(HEADER + ('x,"never closed,1\n' + "y,z,2\n" * 60) * 100)
    assert len(table) == 6000
    assert looked_at <= 100 * table_records.MOST_LINES
