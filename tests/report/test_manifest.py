"""The manifest says what a report was made of and what came out."""

import hashlib
import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from crm_strategy.report.chapters import Chapter, packaged_notebooks
from crm_strategy.report.manifest import write_manifest

PARAMS = "client: Acme\ndata:\n  engine: clickhouse://${CRM_USER}:pa55word@host/shop\n"


@pytest.fixture
def written(tmp_path: Path) -> dict:
    (tmp_path / "acme.yml").write_text(PARAMS, encoding="utf-8")
    folder = tmp_path / "2026-Q3"
    folder.mkdir()
    (folder / "report.ru.html").write_bytes(b"<html>")
    (folder / "report.en.html").write_bytes(b"<p>")
    write_manifest(
        folder,
        meta={"client": "Acme", "period": "2026-Q3"},
        params_file=tmp_path / "acme.yml",
        inputs=[{"table": "orders", "file": "orders.csv", "row_count": 3, "sha256": "ab"}],
        chapters=[
            Chapter("01_goals", new_notebook(), "workbook", True),
            Chapter("20_own", new_notebook(), "workbook", True),
        ],
        timings={"total": 4.2},
    )
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_outputs_stand_with_size_and_hash(written):
    assert written["outputs"] == [
        {"file": "report.en.html", "bytes": 3, "sha256": sha256(b"<p>")},
        {"file": "report.ru.html", "bytes": 6, "sha256": sha256(b"<html>")},
    ]


def test_inputs_and_timings_are_told_as_they_were_given(written):
    assert written["client"] == "Acme"
    assert written["inputs"] == [
        {"table": "orders", "file": "orders.csv", "row_count": 3, "sha256": "ab"}
    ]
    assert written["timings"] == {"total": 4.2}


def test_params_stand_whole_but_for_passwords(written):
    assert written["params"] == {
        "file": "acme.yml",
        "sha256": sha256(PARAMS.encode()),
        "text": PARAMS.replace("pa55word", "***"),
    }


def test_notebooks_are_told_with_their_origin_and_what_was_left_out(written):
    assert written["notebooks"]["used"] == [
        {"chapter": "01_goals", "origin": "workbook", "differs": True},
        {"chapter": "20_own", "origin": "workbook", "differs": True},
    ]
    packaged = {path.stem for path in packaged_notebooks().glob("*.ipynb")}
    assert set(written["notebooks"]["left_out"]) == packaged - {"01_goals"}


def test_versions_are_those_installed(written):
    assert written["versions"]["crm-strategy"] == version("crm-strategy")
    assert written["versions"]["ibis-framework"] == version("ibis-framework")
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", written["versions"]["python"])


def test_it_names_no_folder_of_this_computer(written, tmp_path: Path):
    assert str(tmp_path) not in json.dumps(written)
