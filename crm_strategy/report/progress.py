"""What a person sees while a report is made: a bar on a terminal, plain lines elsewhere."""

import sys
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Quiet:
    """Says nothing; the others say more."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop saying."""

    def say(self, text: str) -> None:
        """Tell of a step."""

    def expect(self, steps: int) -> None:
        """Tell how many steps will be done."""

    def begin(self, step: str) -> None:
        """Tell that a step began."""

    def done(self, step: str, seconds: float, /) -> None:
        """Tell that a step is done."""


class Lines(Quiet):
    """One line for each thing that is done."""

    def __init__(self, file: TextIO | None = None) -> None:
        self._file = file or sys.stderr
        self._steps = self._done = 0

    def say(self, text: str) -> None:
        """Tell of a step."""
        print(text, file=self._file, flush=True)

    def expect(self, steps: int) -> None:
        """Tell how many steps will be done."""
        self._steps = steps

    def done(self, step: str, seconds: float, /) -> None:
        """Tell that a step is done."""
        self._done += 1
        self.say(f"[{self._done}/{self._steps}] {step}, {seconds:.1f} s")


class Bar(Quiet):
    """A bar that fills, with the chapters in work beside it."""

    def __init__(self, console: Console | None = None) -> None:
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console or Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)
        self._in_work: list[str] = []

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def say(self, text: str) -> None:
        """Tell of a step."""
        self._bar.update(self._task, description=text)

    def expect(self, steps: int) -> None:
        """Tell how many steps will be done."""
        self._bar.update(self._task, total=steps)

    def begin(self, step: str) -> None:
        """Tell that a step began."""
        self._in_work.append(step)
        self.say(", ".join(self._in_work))

    def done(self, step: str, _seconds: float, /) -> None:
        """Tell that a step is done."""
        self._in_work.remove(step)
        self._bar.update(self._task, advance=1, description=", ".join(self._in_work))


def progress() -> Quiet:
    """A bar when stderr is a terminal, lines otherwise."""
    return Bar() if sys.stderr.isatty() else Lines()
