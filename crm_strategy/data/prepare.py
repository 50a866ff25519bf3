"""Prepares a client's data once: a DuckDB file that every notebook reads."""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

import ibis
from filelock import FileLock, Timeout

from crm_strategy.data import engine
from crm_strategy.data.build import build_tables
from crm_strategy.data.demo import needs_demo, write_demo
from crm_strategy.data.fingerprint import Stat, fingerprint
from crm_strategy.errors import DataError, ReportError
from crm_strategy.plan.params import Params

MEMORY_LIMIT = "1200MB"
"""What the engine may hold; the process around it stays under 2 GB."""

Step = Callable[[str], None]

_DIGITS = "?" * 16


def prepare(
    params: Params,
    *,
    reports: Path | None = None,
    on_step: Step | None = None,
    today: date | None = None,
) -> Path:
    """Prepare a client's data, unless it is done already.

    The file is built aside and renamed when whole; older ones of the client are removed. A
    second process waits for the first and then uses its file. No connection stays open.

    Parameters
    ----------
    reports
        The reports' folder; the file goes into its `.cache`.
    on_step
        Told what is being done.
    today
        The client's day; orders after tomorrow are left out.

    Returns
    -------
    Path
        The prepared file, to be opened read-only.

    Raises
    ------
    DataError, ParamsError
        The data can't be read, or would give wrong numbers.
    ReportError
        The reports' folder can't be written.
    """
    tell = on_step or _quiet
    folder = reports_folder(params, reports) / ".cache"
    with _told(folder):
        _write_demo(params, folder, tell)
        seen = _seen(folder, params.slug)
        digest, stats = fingerprint(params, seen)
        prepared = folder / f"{params.slug}-{digest}.duckdb"
        if prepared.is_file():
            return prepared
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder, params.slug, tell):
            if prepared.is_file():
                return prepared
            _clear(folder, params.slug)
            day = today or datetime.now(ZoneInfo(params.timezone)).date()
            _build(prepared, params, day, tell)
            for older in folder.glob(f"{params.slug}-{_DIGITS}.duckdb"):
                if older != prepared:
                    older.unlink(missing_ok=True)
            _remember(folder, params.slug, stats)
    return prepared


def reports_folder(params: Params, reports: Path | None = None) -> Path:
    """Where a client's reports go: as given, else as the environment says, else beside params."""
    said = os.environ.get("CRM_STRATEGY_REPORTS")
    return reports or (Path(said) if said else params.root / "reports")


def _quiet(step: str) -> None:
    del step


def _build(prepared: Path, params: Params, today: date, tell: Step) -> None:
    scratch = Path(mkdtemp(prefix=f"{params.slug}.", suffix=".scratch", dir=prepared.parent))
    aside = prepared.with_suffix(".tmp")
    aside.unlink(missing_ok=True)
    con = engine.connect(aside, memory_limit=MEMORY_LIMIT, temp=scratch / "spill")
    try:
        try:
            build_tables(con, params, scratch=scratch, today=today, on_step=tell)
            _let_go(con)
        finally:
            engine.disconnect(con)
        if Path(f"{aside}.wal").exists():
            # The engine closes without a word when it can't write the last of it.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        aside.replace(prepared)
    finally:
        for half in (aside, Path(f"{aside}.wal")):
            half.unlink(missing_ok=True)
        shutil.rmtree(scratch, ignore_errors=True)


def _let_go(con: ibis.BaseBackend) -> None:
    # Dropped rows need not be written out once more before their folder goes.
    place = (engine.SCRATCH, "main")
    for name in con.list_tables(database=place):
        with suppress(engine.EngineError):  # a view holds no rows
            con.drop_table(name, database=place)
    engine.detach_scratch(con)


def _write_demo(params: Params, cache: Path, tell: Step) -> None:
    if params.data.demo is None:
        return
    folder = params.path.absolute().parent / params.data.demo
    if needs_demo(folder):
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache, f"{params.slug}-demo", tell):
            if needs_demo(folder):
                tell("Making the demo business")
                write_demo(folder)


@contextmanager
def _alone(folder: Path, slug: str, tell: Step) -> Iterator[None]:
    """Only one process at a time; the others wait and say so."""
    lock = FileLock(folder / f"{slug}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell("Waiting for another run of this client to prepare the data")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _clear(folder: Path, slug: str) -> None:
    """Remove what an interrupted run left behind."""
    for each in folder.glob(f"{slug}.*.scratch"):
        shutil.rmtree(each, ignore_errors=True)
    for each in folder.glob(f"{slug}-{_DIGITS}.tmp*"):
        each.unlink(missing_ok=True)


def _seen(folder: Path, slug: str) -> dict[str, Stat]:
    try:
        known = json.loads((folder / f"{slug}.inputs.json").read_text(encoding="utf-8"))
        return {path: (stat[0], stat[1], stat[2]) for path, stat in known.items()}
    except (OSError, ValueError, TypeError, IndexError, AttributeError):
        return {}


def _remember(folder: Path, slug: str, stats: Mapping[str, Stat]) -> None:
    aside = folder / f"{slug}.inputs.tmp"
    # Only a saving of time: without it the files are hashed again.
    with suppress(OSError):
        aside.write_text(json.dumps(stats, indent=1), encoding="utf-8")
        aside.replace(folder / f"{slug}.inputs.json")


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say what to do when the folder, the disk or the memory is at its end."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise _unwritable(folder, reason, full=error.errno == errno.ENOSPC) from error
    except RuntimeError as error:
        # What the engine makes of Ctrl-C.
        raise (KeyboardInterrupt() if "interrupted" in str(error) else error) from None
    except engine.EngineError as error:
        reason = str(error).splitlines()[0].strip().rstrip(".")
        if _is_full(reason):
            raise _unwritable(folder, "No space left on device", full=True) from error
        if reason.startswith("IO Error"):
            raise _unwritable(folder, reason, full=True) from error
        raise DataError(
            f"{folder}: the engine stopped while preparing the data: {reason}\n"
            "Free memory and disk space, and run it again."
        ) from error


def _is_full(reason: str) -> bool:
    return any(
        sign in reason for sign in ("No space left", "max_temp_directory_size", "disk is full")
    )


def _unwritable(folder: Path, reason: str, *, full: bool) -> ReportError:
    remedy = (
        "Free some space, or give another folder: --out DIR, or CRM_STRATEGY_REPORTS=DIR."
        if full
        else "Make it writable, or give another folder: --out DIR, or CRM_STRATEGY_REPORTS=DIR."
    )
    return ReportError(f"{folder}: the prepared data can't be written: {reason}.\n{remedy}")
