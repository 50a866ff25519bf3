"""Running the chapters: each notebook in a kernel of its own, several at once."""

import logging
import time
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook

from crm_strategy.errors import CrmStrategyError, DataError, ParamsError, ReportError
from crm_strategy.report.chapters import Chapter
from crm_strategy.report.discretion import Discreet, discreet_outputs
from crm_strategy.report.kernels import ForkedEngine, Kernels
from crm_strategy.report.progress import Quiet

_ENGINE = "crm_strategy_forked"
_OURS = {kind.__name__ for kind in (CrmStrategyError, DataError, ParamsError, ReportError)}


@dataclass(frozen=True)
class Run:
    """A chapter that ran in one language, and how long it took."""

    chapter: Chapter
    language: str
    notebook: NotebookNode
    seconds: float


@dataclass(frozen=True)
class Setting:
    """What all chapters of a report share."""

    parameters: Mapping[str, str]
    """`params` and `period`; the language is added for each run."""
    root: Path
    kernels: Kernels
    jobs: int
    progress: Quiet
    discreet: Discreet


def run_chapters(
    chapters: Sequence[Chapter], languages: Sequence[str], setting: Setting
) -> Generator[tuple[str, list[Run]], None, None]:
    """Run each chapter in each language; a language is given out when it is whole.

    The next language runs on meanwhile. Close the generator to stop everything.

    Raises
    ------
    ReportError
        Chapters failed: for each its file and heading, cell, message and remedy. Chapters
        that were not yet begun are not run.
    """
    papermill_engines.register(_ENGINE, ForkedEngine)
    # papermill logs what this module says better.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    failed = Event()
    with ThreadPoolExecutor(setting.jobs) as pool:
        futures = {
            language: [
                pool.submit(_run, chapter, language, setting, failed) for chapter in chapters
            ]
            for language in languages
        }
        try:
            for language in languages:
                results = [future.result() for future in futures[language]]
                if failed.is_set():
                    break
                yield language, [each for each in results if isinstance(each, Run)]
        except BaseException:  # Ctrl-C above all: what still runs ends when its kernel does.
            failed.set()
            setting.kernels.close()
            raise
    results = [future.result() for each in futures.values() for future in each]
    failures = dict.fromkeys(each for each in results if isinstance(each, str))
    if failures:
        raise ReportError("\n\n".join(failures))


def _run(chapter: Chapter, language: str, setting: Setting, failed: Event) -> Run | str | None:
    if failed.is_set():
        return None
    step = f"{chapter.name} ({language})"
    setting.progress.begin(step)
    began = time.perf_counter()
    try:
        executed = execute_notebook(
            chapter.notebook,
            None,
            {**setting.parameters, "language": language},
            engine_name=_ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            kernels=setting.kernels,
            resources={"metadata": {"path": str(setting.root)}},
            record_timing=False,
        )
    except (PapermillExecutionError, DeadKernelError, ReportError, RuntimeError) as error:
        failed.set()
        return _failure(chapter, error, setting)
    finally:
        ensure_event_loop().close()
    executed.metadata.pop("papermill", None)
    executed.metadata["crm_strategy"] = {"chapter": chapter.name}
    for cell in executed.cells:
        cell.metadata.pop("papermill", None)
    discreet_outputs(executed.cells, setting.discreet)
    seconds = time.perf_counter() - began
    setting.progress.done(step, seconds)
    return Run(chapter, language, executed, seconds)


def _failure(chapter: Chapter, error: Exception, setting: Setting) -> str:
    place = f"{chapter.file} ({chapter.heading})"
    params = setting.parameters["params"]
    if not isinstance(error, PapermillExecutionError):
        return (
            f"{place} stopped: {setting.discreet(str(error))}\n"
            "Its kernel ended by itself, mostly for want of memory: run again with --jobs 1."
        )
    number, line = _cell(chapter.notebook, error)
    said = setting.discreet(error.evalue)
    if error.ename in _OURS:
        return f"{place}, code cell {number}:\n    {line}\n{said}"
    return (
        f"{place}, code cell {number}:\n    {line}\n{error.ename}: {said}\n"
        f"Open the notebook in JupyterLab, set params to {params} and run it up to this cell;"
        " when it runs, make the report again."
    )


def _cell(notebook: NotebookNode, error: PapermillExecutionError) -> tuple[int, str]:
    # papermill put a cell after the one tagged `parameters`: it does not count.
    tagged = [n for n, cell in enumerate(notebook.cells) if _is_parameters(cell)]
    index = error.cell_index - (error.cell_index > tagged[0])
    code = [cell for cell in notebook.cells[: index + 1] if cell.cell_type == "code"]
    lines = [line for line in error.source.splitlines() if line.strip()]
    return len(code), lines[0] if lines else ""


def _is_parameters(cell: NotebookNode) -> bool:
    return "parameters" in cell.metadata.get("tags", [])
