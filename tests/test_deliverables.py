"""The two deliverables in both languages, read back as a stakeholder's programs read them."""

import itertools
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
import pytest
from bs4 import BeautifulSoup, Tag

from tests.browser import Page, need

LANGUAGES = ("en", "ru")
KINDS = ("html", "xlsx", "ipynb")
OUTPUTS = {f"report.{language}.{kind}" for language in LANGUAGES for kind in KINDS}
TABLE_MIME = "application/vnd.crm-strategy.table.v1+json"
# Percentage points stand in the workbook as points, not as fractions.
UNITS = {"%": 0.01, "k": 1e3, "тыс.": 1e3, "M": 1e6, "млн": 1e6}


def soup(report: Path, language: str) -> BeautifulSoup:
    return BeautifulSoup((report / f"report.{language}.html").read_text("utf-8"), "html.parser")


def payloads(report: Path, language: str) -> dict[str, dict[str, Any]]:
    book = nbformat.read(report / f"report.{language}.ipynb", as_version=4)
    found = (
        output["data"][TABLE_MIME]
        for cell in book.cells
        for output in cell.get("outputs", [])
        if TABLE_MIME in output.get("data", {})
    )
    return {table["id"]: table for table in found}


def number(text: str, language: str) -> tuple[float, float] | None:
    """A printed number and half a unit of its last digit; None when it is not one number."""
    plain = text.replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-").strip()
    mark = "," if language == "ru" else "."
    group = " " if language == "ru" else ","
    found = re.fullmatch(
        rf"(?P<sign>[+-]?)€?(?P<digits>\d[\d{group}]*)(?P<part>{re.escape(mark)}\d+)?"
        r" ?(?P<unit>%|pp|п\. п\.|k|M|тыс\.|млн)? ?€?",
        plain,
    )
    if found is None:
        return None
    scale = UNITS.get(found["unit"] or "", 1.0)
    digits = found["digits"].replace(group, "").strip()
    part = (found["part"] or "")[1:]
    value = float(f"{found['sign']}{digits}.{part or 0}") * scale
    return value, 0.5 * 10.0 ** -len(part) * scale


def html_cells(table: Tag) -> dict[tuple[int, str], str]:
    """Cells of an HTML table by row and column label; the total stands in the workbook too."""
    labels = [cell.get_text(" ", strip=True) for cell in table.select("thead th")]
    return {
        (at, label): cell.get_text(" ", strip=True)
        for at, row in enumerate(table.select("tbody tr:not(.tot)"))
        for label, cell in zip(labels, row.find_all(["th", "td"]), strict=True)
    }


def excel_tables(report: Path, language: str) -> Iterator[tuple[str, dict[tuple[int, str], Any]]]:
    book = openpyxl.load_workbook(report / f"report.{language}.xlsx")
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            head, *rows = list(sheet[table.ref])
            yield (
                table.name,
                {
                    (at, str(label.value)): cell.value
                    for at, row in enumerate(rows)
                    for label, cell in zip(head, row, strict=True)
                },
            )


def test_the_report_holds_both_deliverables_in_both_languages(demo_report: Path) -> None:
    assert {path.name for path in demo_report.iterdir()} == {
        "manifest.json",
        *OUTPUTS,
    }


def test_both_languages_hold_the_same_raw_figures(demo_report: Path) -> None:
    english, russian = (payloads(demo_report, language) for language in LANGUAGES)
    assert list(english) == list(russian)
    compared = 0
    for name, table in english.items():
        kinds = [column["kind"] for column in table["columns"]]
        figures = [at for at, kind in enumerate(kinds) if kind not in {"text", "word", "interval"}]
        for one, other in zip(table["rows"], russian[name]["rows"], strict=True):
            for at in figures:
                if isinstance(one[at], (int, float)):
                    assert one[at] == other[at], (name, kinds[at])
                    compared += 1
    assert compared > 1000


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_and_excel_print_the_same_numbers(demo_report: Path, language: str) -> None:
    sheets = dict(excel_tables(demo_report, language))
    page = soup(demo_report, language)
    compared, missing = 0, []
    told = payloads(demo_report, language)
    # A table without rows says on the page what to supply, and gets no sheet.
    for name in (each for each, payload in told.items() if payload["rows"]):
        table = page.select_one(f"table:has(#t-{name})")
        sheet = sheets.get("tbl" + "".join(word.capitalize() for word in name.split("_")))
        if table is None or sheet is None:
            missing.append(name)
            continue
        for key, text in html_cells(table).items():
            printed, stored = number(text, language), sheet.get(key)
            if printed is None or not isinstance(stored, (int, float)):
                continue
            value, half = printed
            assert abs(value - stored) <= half * (1 + 1e-9) + 1e-9, (name, key, text, stored)
            compared += 1
    assert compared > 300
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_is_one_calm_file(demo_report: Path, language: str) -> None:
    path = demo_report / f"report.{language}.html"
    text, page = path.read_text("utf-8"), soup(demo_report, language)
    assert path.stat().st_size < 3_000_000
    assert page.html is not None
    assert page.html["lang"] == language
    assert len(page.find_all("h1")) == 1
    assert page.find_all(["script", "iframe"]) == []
    assert [link["href"] for link in page.find_all("link")] == ["data:,"]
    assert re.findall(r"https?://", text) == []
    levels = [int(heading.name[1]) for heading in page.find_all(re.compile("^h[1-6]$"))]
    assert all(deeper - level <= 1 for level, deeper in itertools.pairwise(levels))
    assert [image for image in page.find_all("img") if not image.get("alt", "").strip()] == []
    for table in page.find_all("table"):
        assert table.caption is not None
        assert all(head.get("scope") in {"col", "row"} for head in table.find_all("th"))
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    anchors = {link["href"][1:] for link in page.select("a[href^='#']")}
    assert anchors <= set(ids)


# Proper names, units and abbreviations that Russian business texts use as they are.
PROPER = {
    *("Eco", "Mart", "EUR", "CRM", "KPI", "NPS", "CSAT", "ROI", "CAC", "SMS", "RFM", "XmR"),
    *("NBD", "MBG", "Pareto", "Gamma", "ETS"),
    *("Excel", "HTML", "JSON", "CSV", "XLSX", "UTF", "csv", "xlsx", "utf", "crm_strategy", "LTV"),
}


def test_the_russian_report_has_no_english_words(demo_report: Path) -> None:
    page = soup(demo_report, "ru")
    for code in page.find_all(["style", "code"]):
        code.decompose()
    texts = [page.get_text(" "), *(image["alt"] for image in page.find_all("img"))]
    # What stands in quotation marks is the client's own: headers of the files.
    texts = [re.sub("[“«][^”»]*[”»]", "", text) for text in texts]
    words = set(re.findall(r"[A-Za-z][A-Za-z_]{2,}", " ".join(texts)))
    own = _texts_of_the_data(demo_report)
    assert {word for word in words - PROPER if word not in own} == set()


CLIENTS_OWN = (
    *("products", "categories", "replenishment", "data_sources"),
    *("attributes", "ideal_customer", "personas", "segment_kinds", "segment_overlap"),
    *("lost_reasons", "deals", "experiments", "seasonality"),
)


def _texts_of_the_data(report: Path) -> str:
    """File names, product names and other texts of the client's own files."""
    tables = payloads(report, "ru")
    own = [tables[name]["rows"] for name in CLIENTS_OWN if name in tables]
    return json.dumps(own, ensure_ascii=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_asks_the_network_for_nothing(demo_report: Path, language: str) -> None:
    need("chromium")
    address = (demo_report / f"report.{language}.html").as_uri()
    with Page() as page:
        page.goto(address)
        asked = [url for url in page.requests if not url.startswith("data:")]
        assert asked == [address]
        assert page.errors == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_needs_no_scrolling_sideways(demo_report: Path, language: str) -> None:
    need("chromium")
    with Page(width=390, height=844, phone=True) as page:
        page.goto((demo_report / f"report.{language}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        small = page.evaluate(
            """Array.from(document.querySelectorAll('p, li, td, th, figcaption, dd, dt'))
            .filter(tag => tag.offsetParent && parseFloat(getComputedStyle(tag).fontSize) < 12)
            .map(tag => tag.textContent.trim().slice(0, 40))"""
        )
        assert small == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_prints_on_a4_without_cutting_tables(
    demo_report: Path, language: str, tmp_path: Path
) -> None:
    need("chromium")
    printed = tmp_path / "report.pdf"
    with Page() as page:
        page.goto((demo_report / f"report.{language}.html").as_uri())
        page.pdf(printed)
        # What is wider than the printed column would be cut at the page's edge.
        page.call("Emulation.setEmulatedMedia", media="print")
        page.call(
            "Emulation.setDeviceMetricsOverride",
            width=680,  # A4 less the margins of 15 mm, in CSS pixels
            height=1000,
            deviceScaleFactor=1,
            mobile=False,
        )
        wide = page.evaluate(
            """Array.from(document.querySelectorAll('table, img'))
            .filter(tag => tag.offsetParent && tag.getBoundingClientRect().right > 681)
            .map(tag => tag.textContent.trim().slice(0, 60))"""
        )
        assert wide == []
    about = subprocess.run(
        [need("pdfinfo"), printed], capture_output=True, text=True, check=True
    ).stdout
    assert "A4" in about


@pytest.fixture(scope="module")
def opened(demo_report: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the workbooks as LibreOffice, started once, saves them."""
    soffice = need("soffice")
    folder = tmp_path_factory.mktemp("libreoffice")
    subprocess.run(
        [
            *(soffice, f"-env:UserInstallation={(folder / 'profile').as_uri()}"),
            *("--headless", "--convert-to", "ods", "--outdir", str(folder)),
            *(str(demo_report / f"report.{language}.xlsx") for language in LANGUAGES),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_opens_in_libreoffice_without_formula_errors(
    demo_report: Path, opened: Path, language: str
) -> None:
    assert (opened / f"report.{language}.ods").stat().st_size > 10_000
    book = openpyxl.load_workbook(demo_report / f"report.{language}.xlsx", data_only=True)
    errors = [
        (sheet.title, cell.coordinate)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "e"
    ]
    assert errors == []


def test_the_manifest_names_every_input_and_output(demo_report: Path) -> None:
    manifest = json.loads((demo_report / "manifest.json").read_text("utf-8"))
    assert {file["file"] for file in manifest["outputs"]} == OUTPUTS
    assert all(file["sha256"] and file["row_count"] for file in manifest["inputs"])
