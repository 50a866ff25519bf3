"""A report's folder is whole or as it was."""

import threading
from pathlib import Path

import pytest

from crm_strategy.errors import ReportError
from crm_strategy.report.publish import built_aside, only_run


@pytest.fixture
def final(tmp_path: Path) -> Path:
    """The folder of a good report."""
    folder = tmp_path / "reports" / "acme" / "2026-Q3"
    folder.mkdir(parents=True)
    (folder / "report.en.html").write_bytes(b"good")
    return folder


def build(final: Path, content: bytes, end: BaseException | None = None) -> None:
    with built_aside(final) as new:
        (new / "report.en.html").write_bytes(content)
        if end is not None:
            raise end


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_whole_report_takes_the_place_of_the_last_one(final: Path):
    with built_aside(final) as new:
        (new / "report.en.html").write_bytes(b"better")
        assert contents(final) == {"report.en.html": b"good"}
    assert contents(final) == {"report.en.html": b"better"}
    assert left_in(final.parent) == ["2026-Q3"]


@pytest.mark.parametrize("end", [ReportError("failed"), KeyboardInterrupt(), SystemExit(1)])
def test_a_run_that_ends_otherwise_leaves_the_last_report_byte_for_byte(final: Path, end):
    with pytest.raises(type(end)):
        build(final, b"half", end)
    assert contents(final) == {"report.en.html": b"good"}
    assert left_in(final.parent) == ["2026-Q3"]


def test_an_interrupt_between_the_two_renames_puts_the_last_report_back(final: Path, monkeypatch):
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        if ".building-" in self.name:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build(final, b"better")
    assert contents(final) == {"report.en.html": b"good"}
    assert left_in(final.parent) == ["2026-Q3"]


def test_what_a_killed_run_left_is_put_right_by_the_next_one(final: Path):
    final.rename(final.with_name(".2026-Q3.old-1"))
    final.with_name(".2026-Q3.building-1").mkdir()
    with pytest.raises(ReportError), built_aside(final):
        raise ReportError("failed")
    assert contents(final) == {"report.en.html": b"good"}
    assert left_in(final.parent) == ["2026-Q3"]


def test_an_old_report_beside_a_whole_new_one_is_removed(final: Path):
    final.with_name(".2026-Q3.old-1").mkdir()
    build(final, b"better")
    assert left_in(final.parent) == ["2026-Q3"]


def test_a_full_disk_is_told_with_its_remedy(final: Path):
    with pytest.raises(ReportError) as told, built_aside(final):
        raise OSError(28, "No space left on device")
    assert str(told.value) == (
        "The report can't be written to reports/acme/2026-Q3: No space left on device.\n"
        "Free some space, or choose another folder with --out."
        " The last good report is as it was."
    )
    assert contents(final) == {"report.en.html": b"good"}


def test_a_file_in_the_place_of_the_reports_folder_is_told(tmp_path: Path):
    (tmp_path / "reports").write_bytes(b"a file")
    with (
        pytest.raises(ReportError) as told,
        only_run(tmp_path / "reports" / "acme", on_wait=lambda: None),
    ):
        pass
    assert str(told.value) == (
        "The report can't be written to " + f"{tmp_path.name}/reports/acme: Not a directory.\n"
        "A file stands where a folder is needed: move it, or choose another with --out."
        " The last good report is as it was."
    )


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path, monkeypatch):
    def refused(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refused)  # root may write anywhere
    with (
        pytest.raises(ReportError) as told,
        only_run(tmp_path / "reports" / "acme", on_wait=lambda: None),
    ):
        pass
    assert str(told.value).splitlines()[1] == (
        "Close its files, allow writing there, or choose another folder with --out."
        " The last good report is as it was."
    )


def test_the_second_run_of_a_client_says_so_and_waits(tmp_path: Path):
    waiting = threading.Event()
    order: list[str] = []

    def second() -> None:
        with only_run(tmp_path / "acme", on_wait=waiting.set):
            order.append("second")

    with only_run(tmp_path / "acme", on_wait=lambda: None):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
