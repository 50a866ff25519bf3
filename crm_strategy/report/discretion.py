"""What must not leave with a report: secrets, and where things stand on this computer."""

import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

_SHORTEST_SECRET = 4
_ENCODED = re.compile(r"[A-Za-z0-9+/=\s]{200,}")

Discreet = Callable[[str], str]


def discretion(params_text: str, root: Path) -> Discreet:
    """A function that takes secrets and absolute paths out of a text.

    Secrets are the values of the variables that the params file names as `${NAME}`: each
    becomes `${NAME}` again. Paths lose the workbook's, the installation's, the home and the
    temporary folder.
    """
    named = {name: os.environ.get(name, "") for name in re.findall(r"\$\{(\w+)\}", params_text)}
    hidden = {
        written: f"${{{name}}}"
        for name, value in named.items()
        for written in (value, quote(value, safe=""))
        if len(value) >= _SHORTEST_SECRET
    }
    folders = _folders(root)

    def discreet(text: str) -> str:
        for secret in sorted(hidden, key=len, reverse=True):
            text = text.replace(secret, hidden[secret])
        return folders.sub("", text)

    return discreet


def discreet_outputs(cells: list[Any], discreet: Discreet) -> None:
    """Take them out of the cells' outputs, in place; encoded images stay untouched."""
    for cell in cells:
        if "outputs" in cell:
            cell["outputs"] = _in_all(cell["outputs"], discreet)


def _in_all(value: Any, discreet: Discreet) -> Any:
    if isinstance(value, str):
        return value if _ENCODED.fullmatch(value) else discreet(value)
    if isinstance(value, list):
        return [_in_all(each, discreet) for each in value]
    if isinstance(value, dict):
        return type(value)({key: _in_all(each, discreet) for key, each in value.items()})
    return value


def _folders(root: Path) -> re.Pattern[str]:
    places = {
        str(place)
        for named in (root, Path.home(), sys.prefix, sys.base_prefix, tempfile.gettempdir())
        for place in (Path(named).absolute(), Path(named).resolve())
        if len(place.parts) > 1
    }
    longest_first = sorted(places, key=len, reverse=True)
    return re.compile(rf"(?<![\w+/=])(?:{'|'.join(map(re.escape, longest_first))})/")
