"""A report's folder: built aside, and put in its place only when whole."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from crm_strategy.errors import ReportError

_UNTOUCHED = "The last good report is as it was."


@contextmanager
def only_run(client_folder: Path, *, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold a client's reports for one run; another run waits until this one ends.

    Parameters
    ----------
    client_folder
        `reports/<client>`; made if absent.
    on_wait
        Called once, when another run holds it.
    """
    lock = FileLock(client_folder / ".lock")
    with _writing(client_folder):
        client_folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            on_wait()
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def built_aside(final: Path) -> Iterator[Path]:
    """A new folder that takes the place of `final` when the block ends without an error.

    Whatever ends the block otherwise, `final` stays as it was, byte for byte. What an earlier
    run left behind when it was killed is put right first. Hold `only_run` around it.

    Raises
    ------
    ReportError
        The disk is full or the folder can't be written; says which and what to do.
    """
    new = _aside(final, "building")
    with _writing(final):
        _recover(final)
        new.mkdir()
        try:
            yield new
            _swap(new, final)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _swap(new: Path, final: Path) -> None:
    old = _aside(final, "old")
    try:
        if final.exists():
            final.rename(old)
        new.rename(final)
    except BaseException:
        if old.exists() and not final.exists():
            old.rename(final)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _recover(final: Path) -> None:
    for old in sorted(final.parent.glob(f".{final.name}.old-*")):
        if final.exists():
            shutil.rmtree(old)
        else:
            old.rename(final)
    for abandoned in final.parent.glob(f".{final.name}.building-*"):
        shutil.rmtree(abandoned)


def _aside(final: Path, state: str) -> Path:
    return final.with_name(f".{final.name}.{state}-{os.getpid()}")


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = "/".join(folder.parts[-3:])
        raise ReportError(
            f"The report can't be written to {place}: {error.strerror or error}.\n"
            f"{_remedy(error)} {_UNTOUCHED}"
        ) from error


def _remedy(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "Close its files, allow writing there, or choose another folder with --out."
    if isinstance(error, (NotADirectoryError, FileExistsError)):
        return "A file stands where a folder is needed: move it, or choose another with --out."
    return "Free some space, or choose another folder with --out."
