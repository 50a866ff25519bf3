"""Reads a YAML file into plain values and the line each of them stands in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from crm_strategy.errors import ParamsError
from crm_strategy.plan.problems import Loc, dotted

MOST_BYTES = 1_000_000
MOST_VALUES = 50_000
MOST_LEVELS = 20


@dataclass(frozen=True)
class Lines:
    """A file's values, and the line (from 1) of each place in it."""

    value: Any
    by_loc: dict[Loc, int]


def read_yaml(path: Path) -> Lines:
    """Read one YAML mapping; its keys stay text as written.

    Raises
    ------
    ParamsError
        No such file, not text, empty, not a mapping, broken YAML, or a key written twice;
        with the line.
    """
    text = _read_text(path)
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
    except YAMLError as error:
        raise ParamsError(_broken(path, text, error)) from None
    except RecursionError:
        raise ParamsError(f"{path}: more levels than a plan has.\n{_LOOK}") from None
    if node is None:
        raise ParamsError(f"{path}: the file is empty.\n{_START}")
    if not isinstance(node, MappingNode):
        raise ParamsError(
            f"{path}, line {node.start_mark.line + 1}: expected 'key: value' lines.\n{_START}"
        )
    reader = _Reader(path, yaml.constructor)
    return Lines(reader.value(node, ()), reader.lines)


_START = "Begin with the client's name, client: Acme; 'crm-strategy init' writes a whole file."


class _Reader:
    """Walks the nodes once: values, lines, and what YAML allows but a plan must not hold."""

    def __init__(self, path: Path, constructor: Any) -> None:
        self.path = path
        self.constructor = constructor
        self.lines: dict[Loc, int] = {}

    def value(self, node: Node, loc: Loc) -> Any:
        line = node.start_mark.line + 1
        # Aliases repeat whole branches: a few of them could fill the memory.
        if len(loc) > MOST_LEVELS or len(self.lines) > MOST_VALUES:
            text = "more values or levels than a plan has."
            raise self._refused(self.lines[loc[:1]], loc[:1], text, "Write out its aliases.")
        self.lines.setdefault(loc, line)
        if isinstance(node, ScalarNode):
            return self._scalar(node, loc)
        if str(node.tag) not in _PLAIN_TAGS:
            raise self._tagged(node, loc)
        if isinstance(node, MappingNode):
            return self._mapping(node, loc)
        return [self.value(each, (*loc, index)) for index, each in enumerate(node.value)]

    def _mapping(self, node: MappingNode, loc: Loc) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                raise self._refused(line, loc, "a key must be one word.", "Put it in quotes.")
            name = str(key.value)
            place = (*loc, name)
            if name in values:
                text = f"written twice, first in line {self.lines[place]}."
                raise self._refused(line, place, text, "Keep one of them.")
            self.lines[place] = line
            values[name] = self.value(value, place)
        return values

    def _scalar(self, node: ScalarNode, loc: Loc) -> Any:
        try:
            return self.constructor.construct_object(node)
        except YAMLError:
            raise self._tagged(node, loc) from None
        except ValueError:  # a day such as 2026-13-45: stays text, the field says what it wants
            return node.value

    def _tagged(self, node: Node, loc: Loc) -> ParamsError:
        text = f"the tag {node.tag} is not allowed."
        return self._refused(node.start_mark.line + 1, loc, text, "Remove what begins with '!'.")

    def _refused(self, line: int, loc: Loc, text: str, remedy: str) -> ParamsError:
        place = f", {dotted(loc)}" if loc else ""
        return ParamsError(f"{self.path}, line {line}{place}: {text}\n{remedy}")


_PLAIN_TAGS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


def _read_text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ParamsError(
                f"{path}: {size:,} bytes are too many for a parameters file.\n"
                "Name the YAML file in params/, not a data file."
            )
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ParamsError(f"{path}: no such file.\n{_others(path)}") from None
    except UnicodeDecodeError as error:
        raise ParamsError(
            f"{path}: not UTF-8 text (byte {error.start + 1}).\nSave it as UTF-8."
        ) from None
    except OSError as error:
        raise ParamsError(
            f"{path}: can't be read: {error.strerror}.\nName a YAML file you may read."
        ) from None


def _others(path: Path) -> str:
    # A client is often named without its folder or ending: acme for params/acme.yml.
    folders = [path.parent, path.parent / "params"]
    found = sorted({str(each) for folder in folders for each in folder.glob("*.yml")})
    if found:
        return f"Parameters files here: {', '.join(found)}."
    return "Make one with 'crm-strategy init CLIENT FILE'."


def _broken(path: Path, text: str, error: YAMLError) -> str:
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return f"{path}, line {line}: holds a character that text can't.\nDelete it."
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return f"{path}: not YAML: {error}.\n{_LOOK}"
    line, began = error.problem_mark.line + 1, error.context_mark
    since = ""
    if error.context and began is not None and began.line + 1 != line:
        since = f"{error.context} from line {began.line + 1}, "
    return f"{path}, line {line}: not YAML: {since}{error.problem}.\n{_LOOK}"


_LOOK = (
    "Look at this line and the one above for a missing quote, bracket, comma or space; "
    "indent by spaces, not tabs."
)
