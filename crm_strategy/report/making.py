"""Making a report, step by step."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import nbformat
from nbconvert.exporters import Exporter

from crm_strategy.data.book import META_MIME, Book, open_book
from crm_strategy.data.prepare import prepare, reports_folder
from crm_strategy.errors import ParamsError
from crm_strategy.plan.params import Params
from crm_strategy.report.chapters import read_chapters
from crm_strategy.report.discretion import discretion
from crm_strategy.report.excel import ExcelExporter
from crm_strategy.report.execution import Run, Setting, run_chapters
from crm_strategy.report.html import ReportExporter
from crm_strategy.report.kernels import Kernels
from crm_strategy.report.manifest import write_manifest
from crm_strategy.report.merge import merge
from crm_strategy.report.progress import Quiet
from crm_strategy.report.publish import built_aside, only_run
from crm_strategy.words import LANGUAGES

REPORTS = "CRM_STRATEGY_REPORTS"
"""The variable that tells notebooks where the reports' folder is."""


@dataclass(frozen=True)
class Order:
    """The report that is wanted; see `run.run_report`."""

    params: Params
    period: str
    languages: tuple[str, ...]
    out: Path | None
    jobs: int | None


def make_report(order: Order, kernels: Kernels, progress: Quiet) -> Path:
    """Make the report; see `run.run_report`."""
    began = time.perf_counter()
    params = order.params
    languages = _languages(order.languages or params.language)
    chapters = read_chapters(params.root)
    reports = reports_folder(params, order.out).absolute()
    kernels.env[REPORTS] = str(reports)
    prepare(params, reports=reports, on_step=progress.say)
    with _reports_in(reports):
        books = {
            each: open_book(params.path, period=order.period, language=each) for each in languages
        }
    book = books[languages[0]]
    inputs = book.data_sources.drop("notes").to_pyarrow().to_pylist()
    book.close()
    prepared = time.perf_counter()
    setting = Setting(
        parameters={
            "params": Path(os.path.relpath(params.path, params.root)).as_posix(),
            "period": book.period.id,
        },
        root=params.root,
        kernels=kernels,
        jobs=order.jobs or os.cpu_count() or 1,
        progress=progress,
        discreet=discretion(params.path.read_text(encoding="utf-8-sig"), params.root),
    )
    exporters = {"html": ReportExporter(), "xlsx": ExcelExporter()}  # type: ignore[no-untyped-call]
    final = reports / params.slug / book.period.id
    waiting = f"Another report of {params.client} is being made; waiting for it to end."
    with only_run(final.parent, on_wait=lambda: progress.say(waiting)), built_aside(final) as new:
        progress.expect(len(chapters) * len(languages))
        runs: list[Run] = []
        with closing(run_chapters(chapters, languages, setting)) as whole_languages:
            for language, done in whole_languages:
                _deliver(new, language, done, _meta(books[language]), exporters)
                runs += done
        write_manifest(
            new,
            meta={**_meta(book), "language": list(languages)},
            params_file=params.path,
            inputs=inputs,
            chapters=chapters,
            timings=_timings(began, prepared, runs),
        )
        _tell_what_goes(final, languages, progress)
    return final


def _tell_what_goes(final: Path, languages: Sequence[str], progress: Quiet) -> None:
    """A report is one folder of one run: other languages of an earlier run leave with it."""
    before = {path.name.split(".")[1] for path in final.glob("report.*.html")}
    if gone := sorted(before - set(languages)):
        progress.say(
            f"This run replaces the whole report of the period; "
            f"its {' and '.join(gone)} files of an earlier run go."
        )


def _deliver(
    folder: Path,
    language: str,
    runs: Sequence[Run],
    meta: dict[str, Any],
    exporters: Mapping[str, Exporter],
) -> None:
    notebook = merge([run.notebook for run in runs], meta)
    name = f"report.{language}"
    nbformat.write(notebook, folder / f"{name}.ipynb")  # type: ignore[no-untyped-call]
    for ending, exporter in exporters.items():
        made, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": name}})
        content = made.encode() if isinstance(made, str) else made
        (folder / f"{name}.{ending}").write_bytes(content)


def _languages(wanted: Sequence[str]) -> tuple[str, ...]:
    for language in wanted:
        if language not in LANGUAGES:
            raise ParamsError(
                f"--language {language}: reports speak {' and '.join(LANGUAGES)}.\n"
                "Name one of them, or both by naming the option twice."
            )
    return tuple(dict.fromkeys(wanted))


@contextmanager
def _reports_in(folder: Path) -> Iterator[None]:
    before = os.environ.get(REPORTS)
    os.environ[REPORTS] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[REPORTS]
        else:
            os.environ[REPORTS] = before


def _meta(book: Book) -> dict[str, Any]:
    told: dict[str, Any] = book._repr_mimebundle_()[META_MIME]
    return told | {"prepared": datetime.now(ZoneInfo(book.params.timezone)).date().isoformat()}


def _timings(began: float, prepared: float, runs: Sequence[Run]) -> dict[str, Any]:
    return {
        "total": round(time.perf_counter() - began, 2),
        "prepare": round(prepared - began, 2),
        "chapters": {f"{run.chapter.name}.{run.language}": round(run.seconds, 2) for run in runs},
    }
