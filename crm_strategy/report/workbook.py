"""A client's workbook: a folder with params/, notebooks/ and reports/, and how it begins."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import crm_strategy
from crm_strategy.data.demo import needs_demo, write_demo
from crm_strategy.errors import ParamsError
from crm_strategy.plan.file_name import file_name
from crm_strategy.plan.params import read_params
from crm_strategy.plan.schema import SCHEMA_NAME, write_schema
from crm_strategy.plan.template import new_params
from crm_strategy.report.chapters import packaged_notebooks
from crm_strategy.report.first_guess import Guess, guess_files
from crm_strategy.words import LANGUAGES


def begin_client(
    folder: Path, client: str, files: Sequence[Path], *, languages: Sequence[str]
) -> list[str]:
    """Write a client's first params file, and the workbook around it where there is none.

    Parameters
    ----------
    folder
        The workbook, or a folder to make one in.
    client
        The client's name as printed.
    files
        The client's files: tables and columns are guessed from their headers.
    languages
        Of the report.

    Returns
    -------
    list of str
        What was guessed and what to do next.

    Raises
    ------
    ParamsError, DataError
        The client already has params, a language is unknown, or a file can't be read.
    """
    slug = file_name(client)
    if not slug:
        raise ParamsError(
            f"'{client}' leaves no name for the params file.\n"
            "Use at least one Latin or Cyrillic letter or digit."
        )
    unknown = sorted(set(languages) - set(LANGUAGES))
    if unknown:
        raise ParamsError(
            f"--lang {unknown[0]}: reports speak {' and '.join(LANGUAGES)}.\n"
            "Name one of them, or both by naming the option twice."
        )
    path = folder / "params" / f"{slug}.yml"
    if path.exists():
        raise ParamsError(
            f"params/{path.name} is already there and stays as it is.\n"
            "Edit it, or begin with another client name."
        )
    guesses = guess_files(files, params_folder=path.parent.absolute())
    used: dict[str, Guess] = {}
    for guess in guesses:
        if guess.table:
            used.setdefault(guess.table, guess)
    text = new_params(
        client,
        {table: (guess.file, guess.columns) for table, guess in used.items()},
        languages=list(dict.fromkeys(languages)),
        currency=next((each.currency for each in used.values() if each.currency), "EUR"),
    )
    for table, guess in used.items():
        if guess.preset:
            file_line = rf"(?m)^(  {table}:\n    file: .*)$"
            text = re.sub(file_line, rf"\1\n    preset: {guess.preset}", text, count=1)
    _make_workbook(folder)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    told = [line for guess in guesses for line in _told(guess, used)]
    params = f"params/{path.name}"
    return [
        *told,
        f"Written: {params}. Look through it: currency, timezone, columns, goals.",
        f"Next: crm-strategy check {params}",
        f"Then: crm-strategy report {params}",
    ]


def begin_demo(folder: Path) -> list[str]:
    """Set up the demo business in `folder`; what is already there stays.

    Returns
    -------
    list of str
        What to do next.

    Raises
    ------
    ParamsError
        Another demo.yml is already there.
    """
    source = _packaged_params() / "demo.yml"
    path = folder / "params" / "demo.yml"
    if path.exists() and path.read_bytes() != source.read_bytes():
        raise ParamsError(
            "params/demo.yml is already there and is not the demo's.\n"
            "Choose another folder: crm-strategy demo DIR"
        )
    _make_workbook(folder)
    shutil.copyfile(source, path)
    params = read_params(path)
    business = path.parent / (params.data.demo or "")
    if needs_demo(business):
        write_demo(business)
    move = [] if folder == Path() else [f"Next: cd {folder}"]
    return [
        f"{params.client}: files in {business.resolve().relative_to(params.root.resolve())}.",
        *move,
        "Next: crm-strategy report params/demo.yml",
    ]


def _make_workbook(folder: Path) -> None:
    for part in ("params", "reports"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    write_schema(folder / "params" / SCHEMA_NAME)
    notebooks = folder / "notebooks"
    if not notebooks.exists():
        notebooks.mkdir()
        for notebook in sorted(packaged_notebooks().glob("*.ipynb")):
            shutil.copyfile(notebook, notebooks / notebook.name)


def _packaged_params() -> Path:
    package = Path(crm_strategy.__file__).parent
    inside = package / "params"
    # In a checkout they stand at the top of the house.
    return inside if inside.is_dir() else package.parent / "params"


def _told(guess: Guess, used: dict[str, Guess]) -> list[str]:
    name = Path(guess.file).name
    found = f"{name}: {guess.rows:,} rows"
    if guess.table is None:
        return [
            f"{found} fit no table by their columns: {', '.join(guess.headers)}.",
            "  Left out; map it in the params file under data.",
        ]
    if used[guess.table] is not guess:
        return [f"{found} of {guess.table}, which {Path(used[guess.table].file).name} supplies."]
    if guess.preset:
        return [f"{found} of {guess.table}, by the preset {guess.preset}"]
    pairs = [f"  {column}: {header}" for column, header in guess.columns.items()]
    unused = [header for header in guess.headers if header not in guess.columns.values()]
    rest = [f"  not used: {', '.join(unused)}"] if unused else []
    return [f"{found} of {guess.table}, with the columns", *pairs, *rest]
