"""Which notebooks run, how their failures read, and what their outputs keep quiet about."""

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from crm_strategy.errors import ReportError
from crm_strategy.report.chapters import left_out, packaged_notebooks, read_chapters
from crm_strategy.report.discretion import discretion
from crm_strategy.report.execution import Run, Setting, run_chapters
from crm_strategy.report.kernels import Kernels
from crm_strategy.report.progress import Lines, Quiet
from tests.report.small_workbook import write_notebook


def run(
    root: Path, kernels: Kernels, *, languages=("en",), progress: Quiet | None = None, text=""
) -> list[Run]:
    setting = Setting(
        parameters={"params": "params/acme.yml", "period": "2026-Q3"},
        root=root,
        kernels=kernels,
        jobs=2,
        progress=progress or Quiet(),
        discreet=discretion(text, root),
    )
    done = run_chapters(read_chapters(root), languages, setting)
    return [run for _, runs in done for run in runs]


def said(run: Run) -> str:
    return "".join(
        output.get("text", "") for cell in run.notebook.cells for output in cell.get("outputs", [])
    )


def test_chapters_run_in_every_language_with_params_and_period(tmp_path: Path, kernels):
    write_notebook(tmp_path, "00_one", "print(params, period, language)")
    write_notebook(tmp_path, "01_two", "print(params, period, language)")
    runs = run(tmp_path, kernels, languages=("en", "ru"))
    assert [(run.chapter.name, run.language, said(run)) for run in runs] == [
        ("00_one", "en", "params/acme.yml 2026-Q3 en\n"),
        ("01_two", "en", "params/acme.yml 2026-Q3 en\n"),
        ("00_one", "ru", "params/acme.yml 2026-Q3 ru\n"),
        ("01_two", "ru", "params/acme.yml 2026-Q3 ru\n"),
    ]


def test_progress_is_one_line_a_chapter(tmp_path: Path, kernels, capsys):
    write_notebook(tmp_path, "03_segments", "1")
    lines = Lines()
    lines.expect(1)
    run(tmp_path, kernels, progress=lines)
    begun, _, seconds = capsys.readouterr().err.partition(", ")
    assert begun == "[1/1] 03_segments (en)"
    assert seconds.endswith(" s\n")


def test_a_failing_chapter_is_told_with_cell_message_and_remedy(tmp_path: Path, kernels):
    write_notebook(
        tmp_path, "03_segments", "1 + 1", "\nopen(f'/tmp/{1}/{2}')", heading="Segments: who?"
    )
    with pytest.raises(ReportError) as told:
        run(tmp_path, kernels)
    assert str(told.value) == (
        "notebooks/03_segments.ipynb (Segments: who?), code cell 3:\n"
        "    open(f'/tmp/{1}/{2}')\n"
        "FileNotFoundError: [Errno 2] No such file or directory: '1/2'\n"
        "Open the notebook in JupyterLab, set params to params/acme.yml and run it up to this"
        " cell; when it runs, make the report again."
    )


def test_a_message_of_ours_is_shown_as_it_is(tmp_path: Path, kernels):
    write_notebook(
        tmp_path,
        "01_goals",
        "from crm_strategy.errors import DataError\n"
        "raise DataError('orders.csv: no rows.\\nExport it again.')",
    )
    with pytest.raises(ReportError) as told:
        run(tmp_path, kernels)
    assert str(told.value) == (
        "notebooks/01_goals.ipynb (A heading), code cell 2:\n"
        "    from crm_strategy.errors import DataError\n"
        "orders.csv: no rows.\n"
        "Export it again."
    )


def test_a_chapter_that_fails_in_both_languages_is_told_once(tmp_path: Path, kernels):
    write_notebook(tmp_path, "01_goals", "1 / 0")
    with pytest.raises(ReportError) as told:
        run(tmp_path, kernels, languages=("en", "ru"))
    assert str(told.value).count("ZeroDivisionError: division by zero") == 1


def test_a_kernel_that_ends_by_itself_is_told(tmp_path: Path):
    write_notebook(tmp_path, "01_goals", "import os; os._exit(9)")
    with Kernels() as kernels, pytest.raises(ReportError) as told:
        run(tmp_path, kernels)
    assert str(told.value) == (
        "notebooks/01_goals.ipynb (A heading) stopped: Kernel died\n"
        "Its kernel ended by itself, mostly for want of memory: run again with --jobs 1."
    )


def test_outputs_hold_neither_secrets_nor_absolute_paths(tmp_path: Path, kernels, monkeypatch):
    monkeypatch.setenv("CRM_DATABASE", "pa/ss w0rd")
    picture = "A" * 200 + "/tmp/"
    write_notebook(
        tmp_path,
        "01_goals",
        "import os, sys, urllib.parse",
        "secret = os.environ['CRM_DATABASE']",
        "print(secret, urllib.parse.quote(secret, safe=''))",
        "print(os.getcwd() + '/params/acme.yml', os.path.expanduser('~/x'), sys.prefix + '/lib')",
        "print('24/7, и/или', '/tmp/z.csv')",
        f"print({picture!r}, end='')",
    )
    (done,) = run(tmp_path, kernels, text="engine: clickhouse://u:${CRM_DATABASE}@host")
    assert said(done).splitlines() == [
        "${CRM_DATABASE} ${CRM_DATABASE}",
        "params/acme.yml x lib",
        "24/7, и/или z.csv",
        picture,
    ]
    assert str(tmp_path) not in str(done.notebook)
    assert "pa/ss" not in str(done.notebook)


def test_an_executed_chapter_holds_no_trace_of_its_run(tmp_path: Path, kernels):
    write_notebook(tmp_path, "01_goals", "1")
    first, second = run(tmp_path, kernels), run(tmp_path, kernels)
    assert first[0].notebook.metadata["crm_strategy"] == {"chapter": "01_goals"}
    for done in (*first, *second):
        for cell in done.notebook.cells:
            cell.pop("id")
    assert first[0].notebook == second[0].notebook


def test_the_packaged_notebooks_run_when_the_workbook_has_none(tmp_path: Path):
    chapters = read_chapters(tmp_path)
    packaged = sorted(path.stem for path in packaged_notebooks().glob("*.ipynb"))
    assert [chapter.name for chapter in chapters] == packaged
    assert {(chapter.origin, chapter.differs) for chapter in chapters} == {("packaged", False)}


def test_an_analysts_edit_and_a_notebook_of_their_own_count(tmp_path: Path):
    shutil.copytree(packaged_notebooks(), tmp_path / "notebooks")
    first, last, *_ = sorted((tmp_path / "notebooks").glob("*.ipynb"))
    edited = nbformat.read(first, as_version=4)
    edited.cells.append(new_code_cell("1"))
    nbformat.write(edited, first)
    last.unlink()
    write_notebook(tmp_path, "20_own", "1")
    write_notebook(tmp_path, "draft", "1")
    chapters = read_chapters(tmp_path)
    assert {chapter.origin for chapter in chapters} == {"workbook"}
    assert [chapter.name for chapter in chapters if chapter.differs] == [first.stem, "20_own"]
    assert left_out(chapters) == [last.stem]


def test_running_a_notebook_by_hand_is_no_edit(tmp_path: Path):
    shutil.copytree(packaged_notebooks(), tmp_path / "notebooks")
    first = min((tmp_path / "notebooks").glob("*.ipynb"))
    ran = nbformat.read(first, as_version=4)
    for cell in ran.cells:
        if cell.cell_type == "code":
            cell.execution_count = 1
            cell.outputs = [nbformat.v4.new_output("stream", text="ran\n")]
    nbformat.write(ran, first)
    assert not any(chapter.differs for chapter in read_chapters(tmp_path))


def test_a_notebook_without_parameters_cell_is_refused(tmp_path: Path):
    path = write_notebook(tmp_path, "07_own", "1")
    notebook = nbformat.read(path, as_version=4)
    del notebook.cells[2]
    nbformat.write(notebook, path)
    with pytest.raises(ReportError) as told:
        read_chapters(tmp_path)
    assert str(told.value) == (
        "notebooks/07_own.ipynb: no cell is tagged `parameters`, so it would show another client"
        " or period.\n"
        "Tag the code cell that sets params, period, language"
        " (JupyterLab: the gears at the right, Common Tools)."
    )


@pytest.mark.parametrize("content", [b"", b"not json", b"[]", b"{}", b"\xff\xfe\x00"])
def test_a_broken_notebook_is_refused(tmp_path: Path, content: bytes):
    write_notebook(tmp_path, "07_own", "1").write_bytes(content)
    with pytest.raises(ReportError) as told:
        read_chapters(tmp_path)
    assert str(told.value) == (
        "notebooks/07_own.ipynb: this is not a notebook; it is broken or of another kind.\n"
        "Save it again from JupyterLab, or remove it to use the packaged one."
    )


def test_short_values_are_not_taken_for_secrets(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("CRM_PORT", "1")
    assert discretion("${CRM_PORT}", tmp_path)("1 of 10") == "1 of 10"


def test_a_home_at_the_root_of_the_disk_hides_nothing(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("HOME", os.sep)
    assert discretion("", tmp_path)("/data/orders.csv") == "/data/orders.csv"
