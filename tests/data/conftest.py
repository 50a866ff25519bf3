"""Files as clients send them, written where the test runs, and read through the door."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ibis
import openpyxl
import pytest

from crm_strategy.data import engine
from crm_strategy.data.demo import write_demo
from crm_strategy.data.files import Source, read_source
from crm_strategy.data.parse import parse_column
from crm_strategy.data.schema import ColumnType
from crm_strategy.plan.data_params import TableParams
from tests.data.demo_records import Demo
from tests.data.reading import Typed, typed_cells


@pytest.fixture
def con(tmp_path: Path) -> Iterator[ibis.BaseBackend]:
    connection = engine.connect(memory_limit="500MB", temp=tmp_path / "spill")
    yield connection
    engine.detach_scratch(connection)
    engine.disconnect(connection)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """`write("orders.csv", "a;b\\n1;2", encoding="cp1251")`; bytes go as they are."""

    def write(name: str, content: str | bytes, *, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def write_xlsx(tmp_path: Path) -> Callable[..., Path]:
    """`write_xlsx("orders.xlsx", [["id"], [1]])`, or `Costs=[[…]]` for named sheets."""

    def write_xlsx(name: str, rows: list[list[Any]] | None = None, **sheets: Any) -> Path:
        book = openpyxl.Workbook()
        del book["Sheet"]
        for title, lines in (sheets or {"Sheet1": rows}).items():
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(line)
            for cell in (cell for line in sheet for cell in line):
                if cell.data_type == "f":  # text that looks like a formula stays text
                    cell.data_type = "s"
        book.save(tmp_path / name)
        return tmp_path / name

    return write_xlsx


@pytest.fixture
def read(con: ibis.BaseBackend, tmp_path: Path) -> Callable[..., Source]:
    """`read("orders.csv", format={"decimal": ","})` reads a file the test has written."""

    def read(
        file: str | Path | None = None, *, engine: ibis.BaseBackend | None = None, **given: Any
    ) -> Source:
        table = TableParams.model_validate({"file": str(file), **given} if file else given)
        scratch = tmp_path / "scratch"
        return read_source(con, table, base=tmp_path, name="orders", scratch=scratch, engine=engine)

    return read


@pytest.fixture
def read_column(write: Callable[..., Path], read: Callable[..., Source]) -> Callable[..., Typed]:
    """`read_column("money", "1 200", "5")`: a CSV column `x` of these cells, typed."""

    def read_column(
        kind: ColumnType, *cells: str, timezone: str = "Europe/Berlin", **form: str
    ) -> Typed:
        lines = ['"' + cell.replace('"', '""') + '";1' for cell in cells]
        write("orders.csv", "\n".join(["x;n", *lines]))
        source = read("orders.csv", format=form)
        column = parse_column(source, "x", kind, timezone=timezone)
        return Typed(column, typed_cells(source, column))

    return read_column


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the demo business, to be read only."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Demo:
    return Demo(demo_folder)
