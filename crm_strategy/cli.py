"""The command line: what the commands are called, what they take, and how they end."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from crm_strategy.errors import CrmStrategyError

# Commands import what they need when they run: `--help` must not wait for the analysis.

app = typer.Typer(
    help="From a client's CRM export to a checked CRM strategy report.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

ParamsFile = Annotated[
    Path, typer.Argument(metavar="PARAMS", help="The client's parameters: params/<client>.yml.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


@app.command()
def init(
    client: Annotated[str, typer.Argument(help="The client's name as printed.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="The client's files, to guess columns from."),
    ] = None,
    lang: Annotated[
        list[str] | None, typer.Option(metavar="LANGUAGE", help="Language: en, ru; repeatable.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Begin a client: a workbook in an empty folder, else one more params file."""
    with _answering(debug):
        from crm_strategy.report.workbook import begin_client

        for line in begin_client(Path(), client, files or [], languages=lang or ["en"]):
            typer.echo(line)


@app.command()
def check(params: ParamsFile, debug: Debug = False) -> None:
    """Find what is wrong before a run: params, mapping, data."""
    with _answering(debug):
        from crm_strategy.report.check import check_client

        checked = check_client(params, on_step=_say)
        typer.echo(checked.text)
        if checked.errors:
            raise typer.Exit(CrmStrategyError.exit_code)


@app.command()
def report(
    params: ParamsFile,
    period: Annotated[
        str,
        typer.Option(
            metavar="PERIOD",
            help="2026-Q3, 2026-09, 2026-H1, 2026, FIRST-DAY..LAST-DAY, or the latest complete.",
        ),
    ] = "latest",
    language: Annotated[
        list[str] | None,
        typer.Option(metavar="LANGUAGE", help="en, ru; repeatable. Those of PARAMS otherwise."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The reports' folder, if not reports/.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Notebooks at once. As many as cores otherwise."),
    ] = None,
    plain_kernels: Annotated[
        bool, typer.Option("--plain-kernels", help="Start ordinary kernels; slower.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Make the report: HTML, Excel and notebook in each language."""
    with _answering(debug):
        from crm_strategy.report.progress import progress
        from crm_strategy.report.run import run_report

        with progress() as shown:
            folder = run_report(
                params,
                period=period,
                languages=tuple(language or ()),
                out=out,
                jobs=jobs,
                plain_kernels=plain_kernels,
                progress=shown,
            )
        here = Path.cwd()
        typer.echo(folder.relative_to(here) if folder.is_relative_to(here) else folder)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="A new folder for it.")] = Path(),
    debug: Debug = False,
) -> None:
    """Set up the demo business: its files, params and notebooks."""
    with _answering(debug):
        from crm_strategy.report.workbook import begin_demo

        for line in begin_demo(folder):
            typer.echo(line)


def main() -> None:
    """Run the command line."""
    # jsonschema builds slow parsers for web addresses where it finds this module; notebooks
    # hold none. Marked as absent before anything imports it, it saves a second at each start.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    app()


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and leave.", is_eager=True)
    ] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"crm-strategy {installed('crm-strategy')}")
        raise typer.Exit


@contextmanager
def _answering(debug: bool) -> Iterator[None]:
    """End with the right code and a message for people, whatever happens."""
    try:
        yield
    except CrmStrategyError as error:
        _end(str(error), error.exit_code, debug)
    except KeyboardInterrupt:
        _end("Stopped. The last good report is as it was.", 130, debug)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _end(f"{place}{error.strerror or error}", 1, debug)
    except typer.Exit:
        raise
    except Exception as error:
        _end(
            f"This should not happen: {type(error).__name__}: {error}\n"
            "Run it again with --debug and report what it shows.",
            1,
            debug,
        )


def _end(message: str, code: int, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    _say(message)
    raise typer.Exit(code)


def _say(line: str) -> None:
    typer.echo(line, err=True)
