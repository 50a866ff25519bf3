"""The house keeps its order: layers, sizes, one set of versions, clean notebooks."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

HOUSE = Path(__file__).parents[1]
PACKAGE = HOUSE / "crm_strategy"
MODULES = sorted(PACKAGE.rglob("*.py"))
LAYERS = ("errors", "words", "plan", "data", "analysis", "views", "report", "cli", "__main__")
CONDA_NAMES = {"ibis-duckdb": "ibis-framework", "python-duckdb": "duckdb"}
CHAPTERS = (
    "00_data_check",
    "01_goals",
    "02_touchpoints",
    "03_segments",
    "04_channels",
    "05_growth",
    "06_kpi_review",
)


def named(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Full names of all that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_rooms(path: Path) -> set[str]:
    parts = (name.split(".") for name in imported(path))
    return {part[1] for part in parts if part[0] == "crm_strategy" and len(part) > 1}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_imports_only_from_layers_to_its_left(path: Path):
    own = room(path)
    if own == "__init__":  # The front door hands out names of every room.
        return
    allowed = set(LAYERS[: LAYERS.index(own) + 1])
    if own == "analysis":  # It gets tables and plain values.
        allowed -= {"plan", "data"}
    assert imported_rooms(path) - {"__version__"} <= allowed


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_short_and_says_what_it_is_about(path: Path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text))
    assert path.stem not in {"utils", "helpers", "common", "base", "manager"}


def test_only_the_engine_knows_duckdb():
    knowing = [path for path in MODULES if any(n.split(".")[0] == "duckdb" for n in imported(path))]
    assert [named(path) for path in knowing] == ["crm_strategy/data/engine.py"]


def declared() -> dict[str, Requirement]:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = project["dependencies"] + project["optional-dependencies"]["test"]
    texts.append(f"python{project['requires-python']}")
    requirements = [Requirement(text) for text in texts]
    return {canonicalize_name(each.name): each for each in requirements}


def test_conda_environment_has_the_ranges_of_pyproject():
    environment = YAML(typ="safe").load(HOUSE / "environment.yml")
    texts = [text for text in environment["dependencies"] if isinstance(text, str)]
    conda = {each.name: each.specifier for each in map(Requirement, texts)}
    ours = {canonicalize_name(CONDA_NAMES.get(name, name)): conda[name] for name in conda}
    del ours["pip"]
    assert ours == {name: each.specifier for name, each in declared().items()}


def test_every_locked_version_is_in_its_range_and_hashed():
    lock = (HOUSE / "requirements.lock").read_text(encoding="utf-8")
    locked: dict[str, list[str]] = {}
    for pin in re.split(r"\n(?=\S)", lock):
        assert "--hash=sha256:" in pin
        name, version = re.match(r"([\w.-]+)(?:\[.*\])?==([^\s;]+)", pin).groups()
        locked.setdefault(canonicalize_name(name), []).append(version)
    for name, requirement in declared().items():
        if name != "python":
            assert locked[name], name
            assert all(requirement.specifier.contains(version) for version in locked[name]), name


def test_the_lock_names_no_address():
    assert "://" not in (HOUSE / "requirements.lock").read_text(encoding="utf-8")


def test_the_seven_chapters_are_there():
    assert tuple(path.stem for path in sorted((HOUSE / "notebooks").glob("*.ipynb"))) == CHAPTERS


@pytest.fixture(params=CHAPTERS)
def notebook(request) -> NotebookNode:
    return nbformat.read(HOUSE / "notebooks" / f"{request.param}.ipynb", as_version=4)


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_notebooks_are_stripped(notebook):
    for cell in code(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}


def test_notebooks_have_one_parameters_cell_of_plain_assignments(notebook):
    (cell,) = [cell for cell in notebook.cells if "parameters" in tags(cell)]
    assigned = ast.parse(cell.source).body
    assert [ast.unparse(each.targets[0]) for each in assigned] == ["params", "period", "language"]
    assert [ast.literal_eval(each.value) for each in assigned] == [
        "../params/demo.yml",
        "latest",
        "en",
    ]


def test_prose_stands_in_both_languages_side_by_side(notebook):
    cells = notebook.cells
    prose = [n for n, cell in enumerate(cells) if cell.cell_type == "markdown"]
    english = [n for n in prose if "lang-en" in tags(cells[n])]
    russian = [n for n in prose if "lang-ru" in tags(cells[n])]
    assert sorted(english + russian) == prose
    assert russian == [n + 1 for n in english]
    for n in russian:
        assert re.search("[а-яё]", cells[n].source)
        assert heading_levels(cells[n]) == heading_levels(cells[n - 1])


def heading_levels(cell: NotebookNode) -> list[str]:
    return re.findall(r"^(#+) ", cell.source, re.MULTILINE)


def test_notebooks_hold_no_function_loop_or_class(notebook):
    for cell in code(notebook):
        kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
        assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda}
