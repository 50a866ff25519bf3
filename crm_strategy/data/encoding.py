"""Text files as bytes on disk: their encoding, their first rows, a clean UTF-8 copy."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from crm_strategy.data import detect
from crm_strategy.errors import DataError

_CHUNK = 1 << 20
_HEAD = 1 << 18
_PROOF = 8
"""So many letters beyond ASCII that read as UTF-8 are no accident."""


def is_gzip(path: Path) -> bool:
    """Whether the file is compressed, whatever its name says."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


@contextmanager
def open_bytes(path: Path, label: str) -> Iterator[BinaryIO]:
    """The file's bytes, decompressed."""
    try:
        if is_gzip(path):
            with gzip.open(path) as unzipped:
                yield unzipped  # type: ignore[misc]  # a BufferedIOBase in all but name
        else:
            with path.open("rb") as file:
                yield file
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise DataError(
            f"{label}: the compressed file is damaged or cut off.\n"
            "Copy or download it again, or unpack it and name the unpacked file."
        ) from None


def first_bytes(path: Path, label: str) -> bytes:
    """Enough bytes to tell what the file is."""
    with open_bytes(path, label) as file:
        return file.read(1 << 16)


def find_encoding(path: Path, *, label: str, said: str | None, hint: str | None = None) -> str:
    """The encoding said, else UTF-8 when the whole file is, else UTF-16, cp1251 or cp1252.

    A `hint`, such as what a page says of itself, counts for text that is not UTF-8.

    Raises
    ------
    DataError
        The encoding said is unknown, or UTF-8 text has damaged bytes.
    """
    mark = detect.byte_order_mark(first_bytes(path, label))
    if said:
        try:
            name = codecs.lookup(said).name
        except LookupError:
            raise DataError(
                f"{label}: format.encoding: there is no encoding {said!r}.\n"
                "Common ones are utf-8, cp1251, utf-16 and cp1252."
            ) from None
        return mark if mark and name.startswith(mark[:5]) else name
    if mark == "utf-16":
        return mark
    broken = _broken_utf8(path, label)
    if broken is None:
        return mark or "utf-8"
    line, letters, text = broken
    if mark or letters >= _PROOF:
        raise DataError(
            f"{label}: line {line} is not valid UTF-8, though the text before it is: "
            "the file is damaged or mixes encodings.\n"
            "Export it again; or, if it is in another encoding throughout, say so:\n"
            "    format: {encoding: cp1251}"
        )
    return hint or detect.likely_legacy(text)


def read_head(path: Path, encoding: str, *, label: str) -> str:
    """The first whole lines of the text, line ends as they are."""
    with open_text(path, encoding, label) as text:
        head = text.read(_HEAD)
        if not text.read(1):
            return head
    end = max(head.rfind("\n"), head.rfind("\r"))
    return head[: end + 1] if end >= 0 else head


def rewrite(path: Path, target: Path, *, encoding: str, start: int, label: str) -> None:
    """Copy the text from its `start`-th character on, as UTF-8 with plain line ends."""
    plain = io.IncrementalNewlineDecoder(None, translate=True)
    with (
        open_text(path, encoding, label) as text,
        target.open("w", encoding="utf-8", newline="") as copy,
    ):
        text.read(start)
        while chunk := text.read(_CHUNK):
            copy.write(plain.decode(chunk))
        copy.write(plain.decode("", final=True))


@contextmanager
def open_text(path: Path, encoding: str, label: str) -> Iterator[io.TextIOWrapper]:
    """The file's text, decompressed, line ends as they are; undecodable bytes are refused."""
    try:
        with (
            open_bytes(path, label) as file,
            io.TextIOWrapper(file, encoding=encoding, newline="") as text,
        ):
            yield text
    except UnicodeError as error:
        problem = error.reason if isinstance(error, UnicodeDecodeError) else str(error)
        raise DataError(
            f"{label}: the text is not {encoding}: {problem}.\n"
            "Say which encoding it is in, or export it again as UTF-8:\n"
            "    format: {encoding: …}"
        ) from None


def _broken_utf8(path: Path, label: str) -> tuple[int, int, bytes] | None:
    # The line of the first broken byte, letters beyond ASCII before it, the bytes around it.
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, letters = 1, 0
    with open_bytes(path, label) as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start]
                decoded = before.decode("utf-8")
                letters += len(before) - len(decoded)
                return line + before.count(b"\n"), letters, bytes(error.object)
            if not chunk:
                return None
            if not text.isascii():
                letters += len(chunk) - len(text)
            line += chunk.count(b"\n")
