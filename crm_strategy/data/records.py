"""JSON: records one a line, an array of them, or the answer of a CRM's programming interface."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis

from crm_strategy.data import detect, encoding, engine
from crm_strategy.data.source import Loaded, Note, SourceFile
from crm_strategy.errors import DataError
from crm_strategy.plan.data_params import FormatParams

_ANSWER_LIMIT = 1 << 28
"""Larger answers are no page of an interface; as records, files of any size are read."""


def load_records(
    con: ibis.BaseBackend, path: Path, *, label: str, name: str, said: FormatParams, scratch: Path
) -> Loaded:
    """Load JSON records as columns of text; nested values stay JSON.

    An object is an answer: its `result` (or `result.items`, `result.item`, or the only list
    in it) holds the records.

    Raises
    ------
    DataError
        The text is no JSON, or holds no records.
    """
    charset = encoding.find_encoding(path, label=label, said=said.encoding)
    copy = scratch / f"{name}.json"
    try:
        form = _form(path, charset, label)
        if form == "answer":
            keys = _load_answer(con, path, charset, label, name)
        elif charset == "utf-8":
            zipped = encoding.is_gzip(path)
            keys = engine.load_json(con, path, name=name, array=form == "array", gzip=zipped)
        else:
            encoding.rewrite(path, copy, encoding=charset, start=0, label=label)
            keys = engine.load_json(con, copy, name=name, array=form == "array")
    except engine.UnreadableError:
        raise _broken(label, _first_fault(path, charset, label)) from None
    except json.JSONDecodeError as error:
        raise _broken(label, _fault(error, error.lineno)) from None
    finally:
        copy.unlink(missing_ok=True)
    if not keys:
        raise DataError(
            f"{label}: no records in it.\n"
            "Expected are JSON lines, an array of objects, or an object whose 'result' holds them."
        )
    names, numbered = detect.column_names(keys, len(keys))
    notes = (Note("duplicate_headers", {"headers": ", ".join(numbered)}),) if numbered else ()
    return Loaded(
        engine.scratch_table(con, name),
        names,
        # JSON itself has a decimal point.
        SourceFile(path, "json", encoding=charset, decimal=".", notes=notes),
    )


def _form(path: Path, charset: str, label: str) -> str:
    with encoding.open_text(path, charset, label) as text:
        while (line := text.readline(1 << 24)) and not line.strip():
            pass
    if line.lstrip().startswith("["):
        return "array"
    try:
        first = json.loads(line)
    except json.JSONDecodeError:
        return "answer"
    wrapped = not isinstance(first, dict) or isinstance(first.get("result"), list | dict)
    return "answer" if wrapped else "lines"


def _load_answer(
    con: ibis.BaseBackend, path: Path, charset: str, label: str, name: str
) -> list[str]:
    if path.stat().st_size > _ANSWER_LIMIT:
        raise DataError(
            f"{label}: one JSON object of {path.stat().st_size >> 20} MB.\n"
            "Write its records one a line (JSON lines): such files may have any size."
        )
    with encoding.open_text(path, charset, label) as text:
        answer = json.loads(text.read(), parse_float=_Exact)
    records = [record for record in _records(answer) if isinstance(record, dict)]
    keys = list(dict.fromkeys(key for record in records for key in record))
    if keys:
        lines = ([_cell(record.get(key)) for key in keys] for record in records)
        engine.load_rows(con, lines, name=name, width=len(keys))
    return keys


def _records(answer: Any) -> Iterator[Any]:
    if not isinstance(answer, dict):
        return
    found = answer.get("result", answer)
    if isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list)]
        if len(found) == 1 and lists:
            found = lists[0]
        else:
            found = found.get("items", found.get("item", found))
    yield from found if isinstance(found, list) else [found]


class _Exact(float):
    """A JSON number that remembers how it was written."""

    def __new__(cls, written: str) -> "_Exact":
        number = super().__new__(cls, written)
        number.written = written
        return number

    written: str


def _cell(value: object) -> str | None:
    if isinstance(value, _Exact):
        return value.written
    if isinstance(value, str):
        return value or None
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _first_fault(path: Path, charset: str, label: str) -> str:
    # The engine saw something wrong, but counts lines its own way.
    with encoding.open_text(path, charset, label) as text:
        for number, line in enumerate(text, 1):
            if line.lstrip().startswith("[") and number == 1:
                return "the array is not closed, or a record in it is broken"
            try:
                json.loads(line.rstrip() or "0")
            except json.JSONDecodeError as error:
                return _fault(error, number)
    return "a record in it is broken"


def _fault(error: json.JSONDecodeError, line: int) -> str:
    return f"line {line}, character {error.colno}: {error.msg}"


def _broken(label: str, fault: str) -> DataError:
    return DataError(
        f"{label}: not valid JSON: {fault}.\nThe file may be cut off: export it again."
    )
