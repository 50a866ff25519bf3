"""Which files the parameters name, and what each of them is."""

from glob import glob, has_magic
from pathlib import Path

from crm_strategy.data import detect, encoding
from crm_strategy.errors import DataError
from crm_strategy.plan.problems import did_you_mean

_JSON = (".json", ".jsonl", ".ndjson")
_EXPECTED = {
    ".csv": ("csv",),
    ".tsv": ("csv",),
    ".txt": ("csv",),
    ".xlsx": ("xlsx",),
    ".xlsm": ("xlsx",),
    ".xls": ("html",),
    ".html": ("html",),
    ".htm": ("html",),
    ".parquet": ("parquet",),
    **dict.fromkeys(_JSON, ("json",)),
}


def find_files(pattern: str, *, base: Path, name: str) -> list[Path]:
    """The files a path of the parameters names, in the order of their names.

    Raises
    ------
    DataError
        There are none.
    """
    if has_magic(pattern) and not (base / pattern).exists():
        found = sorted(Path(each) for each in glob(str(base / pattern), recursive=True))
        paths = [path for path in found if path.is_file() and not path.name.startswith("~$")]
        if not paths:
            raise DataError(f"{pattern}: no file matches.\n{_relative(base, name)}")
        return paths
    path = base / pattern
    if path.is_dir():
        raise DataError(
            f"{pattern}: a folder, not a file.\nTake its files with {pattern.rstrip('/')}/*.csv."
        )
    if not path.exists():
        beside = [each.name for each in path.parent.glob("*") if each.is_file()]
        hint = did_you_mean(path.name, beside)
        raise DataError(f"{pattern}: no such file.\n{hint}{_relative(base, name)}")
    return [path]


def _relative(base: Path, name: str) -> str:
    return f"data.{name}.file is relative to the folder of the parameters file, {base}."


def readable_kind(path: Path) -> str:
    """What a file is by its content: csv (any delimited text), xlsx, html, parquet or json.

    Raises
    ------
    DataError
        The file is empty, closed to us, or no table.
    """
    label = path.name
    try:
        head = encoding.first_bytes(path, label)
    except PermissionError:
        raise DataError(
            f"{label}: no permission to read it.\nGive yourself read access to the file, "
            "and close the programs that hold it."
        ) from None
    except OSError as error:
        raise DataError(f"{label}: cannot be read: {error.strerror}.") from None
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise DataError(f"{label}: the file is empty.\nExport it again, or name another file.")
    kind = detect.content_kind(head)
    suffix = _suffix(path)
    if kind in ("text", "json"):
        return "json" if suffix in _JSON else "csv"
    if kind in ("zip", "html", "parquet"):
        return "xlsx" if kind == "zip" else kind
    if kind == "old Excel":
        raise DataError(
            f"{label}: an old binary Excel file (.xls), or a workbook with a password.\n"
            "Open it in Excel or LibreOffice and save it as .xlsx without a password."
        )
    if kind == "xml":
        raise DataError(
            f"{label}: an XML file, not a table.\n"
            "Open it in Excel or LibreOffice and save it as .xlsx."
        )
    raise DataError(
        f"{label}: not a table but {kind}.\nName a CSV, XLSX, Parquet or JSON lines file."
    )


def expected_kinds(path: Path) -> tuple[str, ...]:
    """The kinds of file that are named like this one; every kind when the name says nothing."""
    return _EXPECTED.get(_suffix(path), ("csv", "xlsx", "html", "parquet", "json"))


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return next((suffix for suffix in reversed(suffixes) if suffix != ".gz"), "")
