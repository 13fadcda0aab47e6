from pathlib import Path

import pytest

from sarbench import sources
from sarbench.build import parts
from sarbench.build.parts import SplitJob, read_part, write_part
from sarbench.build.report_state import report_state, restored_report
from sarbench.sources import Report
from tests.build.fake import fake_source, make_rows

ROWS = [*make_rows([2, 1, 3, 1, 1, 4, 2]), *make_rows([1], flags=("odd",))]


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SplitJob:
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"train": ROWS}}))  # type: ignore[arg-type]
    return SplitJob(
        name="fake",
        data_dir=tmp_path,
        config="a",
        split="train",
        options={},
        layout="joined",
        folder=tmp_path / "parts",
        groups=8,
        part_groups=3,
    )


def write(job: SplitJob, *numbers: int) -> None:
    with job.open(Report()) as opened:
        for number in numbers:
            write_part(job, opened, number, tick=lambda rows: None)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_part_depends_on_nothing_but_itself(job: SplitJob, tmp_path: Path) -> None:
    assert list(job.parts) == [0, 1, 2]
    write(job, 0, 1, 2)
    before = contents(job.folder)
    write(job, 2)
    write(job, 1, 0)
    assert contents(job.folder) == before


def test_the_record(job: SplitJob) -> None:
    ticks: list[int] = []
    with job.open(Report()) as opened:
        write_part(job, opened, 2, tick=ticks.append)
    record = read_part(job, 2)
    assert record is not None
    assert (record.rows, record.images, record.simulated, sum(ticks)) == (3, 2, False, 3)
    assert restored_report(record.report).counts == {"odd row": 1}
    assert read_part(job, 0) is None


def test_a_part_that_lost_a_byte_is_not_finished(job: SplitJob) -> None:
    write(job, 0)
    file = next(job.part_folder(0).glob("images-*"))
    file.write_bytes(file.read_bytes()[:-1])
    assert read_part(job, 0) is None


def test_an_error_names_the_part_and_leaves_nothing(job: SplitJob, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sarbench.build.shards._Shard.write", full)
    with pytest.raises(OSError, match="a/train, part-00001: No space left on device"):
        write(job, 1)
    assert list(job.folder.iterdir()) == []


def test_reports_survive() -> None:
    report = Report()
    for number in range(150):
        report.skip(file="a", record=str(number), problem="bad")
    report.flag(file="a", record="x", problem="bad")
    again = restored_report(report_state(report))
    assert again.to_json() == report.to_json()
    assert again.summary() == report.summary()


def test_parts_are_of_some_size() -> None:
    assert parts.PART_GROUPS == 2_000
