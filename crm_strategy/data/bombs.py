"""Workbooks that unpack to more than memory holds are refused before anything unpacks them."""

import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from crm_strategy.errors import DataError

UNPACKED_LIMIT = 1 << 30
"""A workbook that unpacks to more bytes is refused; a million rows of orders take half."""

RATIO_LIMIT = 200
"""A workbook packed tighter than this, beyond `RATIO_FROM` bytes, is no table of orders."""

RATIO_FROM = 1 << 26

_CHUNK = 1 << 20


def refuse_bomb(path: Path, *, label: str) -> None:
    """Refuse a workbook that unpacks to more than memory holds, before anything unpacks it.

    The sizes a workbook declares are checked first, then that they are true: each part is
    unpacked, a little at a time, until it is longer than it says.

    Raises
    ------
    DataError
        It is too large, too tightly packed, damaged, or no XLSX workbook.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            packed = max(path.stat().st_size, 1)
            if unpacked > UNPACKED_LIMIT or (
                unpacked > RATIO_FROM and unpacked / packed > RATIO_LIMIT
            ):
                raise DataError(
                    f"{label}: refused: the workbook unpacks from {_size(packed)} to "
                    f"{_size(unpacked)} (at most {_size(UNPACKED_LIMIT)}, and {RATIO_LIMIT} "
                    "times its size).\nSave the sheet as CSV and name that file."
                )
            if not any(member.filename == "xl/workbook.xml" for member in members):
                raise DataError(
                    f"{label}: a ZIP archive, but not an XLSX workbook.\n"
                    "Unpack it and name the file inside, or save the table as .xlsx or .csv."
                )
            with path.open("rb") as file:
                broken = [member.filename for member in members if not _is_true(file, member)]
    except (zipfile.BadZipFile, zlib.error, struct.error) as error:
        raise damaged(label, str(error)) from None
    if broken:
        raise damaged(label, f"part {broken[0]} is broken")


def damaged(label: str, reason: str) -> DataError:
    """The error for a workbook that does not hold together."""
    return DataError(
        f"{label}: the workbook is damaged or cut off: {reason}.\n"
        "Copy or download it again; if Excel still opens it, save it anew as .xlsx."
    )


def _is_true(file: BinaryIO, member: zipfile.ZipInfo) -> bool:
    # Whether a part unpacks to exactly the size and checksum it declares.
    file.seek(member.header_offset)
    header = file.read(30)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    file.seek(name_length + extra_length, 1)
    packed, size, checksum = member.compress_size, 0, 0
    deflated = member.compress_type == zipfile.ZIP_DEFLATED
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    while packed and size <= member.file_size:
        chunk = file.read(min(packed, _CHUNK))
        if not chunk:
            return False
        packed -= len(chunk)
        while chunk and size <= member.file_size:
            plain = unpacker.decompress(chunk, _CHUNK) if deflated else chunk
            size += len(plain)
            checksum = zlib.crc32(plain, checksum)
            chunk = unpacker.unconsumed_tail if deflated else b""
    return size == member.file_size and checksum == member.CRC


def _size(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MB" if size >= 1 << 20 else f"{size / (1 << 10):,.1f} KB"
