"""`manifest.json`: what a report was made of, with what, how long it took, what came out."""

import hashlib
import json
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crm_strategy.report.chapters import Chapter, left_out

MANIFEST = "manifest.json"
_PACKAGES = (
    "crm-strategy",
    "duckdb",
    "ibis-framework",
    "matplotlib",
    "nbconvert",
    "numpy",
    "openpyxl",
    "pandas",
    "papermill",
    "scipy",
    "seaborn",
)
_PASSWORD = re.compile(r"(://[^:/@\s]+:)(?!\$\{)[^@\s]+@")


def manifest(
    folder: Path,
    *,
    meta: Mapping[str, Any],
    params_file: Path,
    inputs: Iterable[Mapping[str, Any]],
    chapters: Sequence[Chapter],
    timings: Mapping[str, Any],
) -> dict[str, Any]:
    """Describe the report in `folder`.

    Parameters
    ----------
    folder
        Holds the report's files; all of them are outputs.
    meta
        Client, period, languages and so on, as the report's book tells them.
    params_file
        The YAML; its text goes in whole, without passwords.
    inputs
        One row per input file: `table`, `file`, `kind`, `row_count`, `sha256`.
    chapters
        The notebooks that ran.
    timings
        Seconds by step.
    """
    text = params_file.read_bytes()
    return {
        **meta,
        "inputs": [dict(each) for each in inputs],
        "params": {
            "file": params_file.name,
            "sha256": _sha256(text),
            "text": _PASSWORD.sub(r"\1***@", text.decode("utf-8-sig", errors="replace")),
        },
        "notebooks": {
            "used": [
                {"chapter": each.name, "origin": each.origin, "differs": each.differs}
                for each in chapters
            ],
            "left_out": left_out(chapters),
        },
        "versions": {"python": platform.python_version(), **{p: version(p) for p in _PACKAGES}},
        "timings": dict(timings),
        "outputs": [
            {"file": path.name, "bytes": path.stat().st_size, "sha256": _sha256(path.read_bytes())}
            for path in sorted(folder.iterdir())
            if path.name != MANIFEST
        ],
    }


def write_manifest(folder: Path, **described: Any) -> None:
    """Write `manifest.json` into the report's folder; see `manifest`."""
    content = manifest(folder, **described)
    text = json.dumps(content, ensure_ascii=False, indent=2, default=str)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
