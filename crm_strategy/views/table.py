"""A result table that shows itself: in a notebook, in the HTML report and in the workbook."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from crm_strategy import words
from crm_strategy.views import kinds, markup, privacy
from crm_strategy.views.cells import Data, cell_of, frame_of
from crm_strategy.views.layout import Basis, Layout, Suppress
from crm_strategy.views.payload import (
    TABLE_MIME,
    Cell,
    ColumnPayload,
    TablePayload,
    hidden_note,
    is_hidden,
    source_line,
)
from crm_strategy.words.numbers import format_count

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS: Final = 5_000
"""Rows a table carries at most; its note says when there were more."""

MOST_COLUMNS: Final = 8
"""Columns the page shows at most; the workbook shows all."""

CANVAS_COLUMNS: Final = 14
"""Columns of a canvas, which has a page of its own, across."""


class Table:
    """A result table with its words, number formats and privacy.

    Parameters
    ----------
    data
        The result: an Ibis table, a data frame or rows as mappings.
    id
        Its id; title, note, source and "what to supply" come from `views.table.<id>.…`.
    formats
        Column to kind, where the name and type of the column do not say it.
    suppress
        The column that counts customers, or several; small groups are hidden.
    total
        Columns summed in a last row.
    layout
        Columns, words and rows.
    basis
        What the figures rest on.
    title, note, void
        Said instead of the catalogue's; `void` is the heading and the text without rows.
    """

    def __init__(
        self,
        data: Data,
        *,
        id: str,  # noqa: A002 - the payload's own word
        formats: Mapping[str, str] | None = None,
        suppress: str | Sequence[Suppress] = (),
        total: Sequence[str] = (),
        layout: Layout | None = None,
        basis: Basis | None = None,
        title: str = "",
        note: str = "",
        void: tuple[str, str] = ("", ""),
    ) -> None:
        self.id = id
        self._data = data
        self._formats = dict(formats or {})
        self._suppress = (Suppress(count=suppress),) if isinstance(suppress, str) else suppress
        self._total = total
        self._layout = layout or Layout()
        self._basis = basis or Basis()
        self._title = title
        self._said = note
        self._empty = void

    @property
    def frame(self) -> "pd.DataFrame":
        """The figures as they came, at most `MOST_ROWS` rows; computed once."""
        known = self._result.columns
        kept = [column for column in (self._layout.columns or known) if column in known]
        return self._result[kept].head(MOST_ROWS)

    def payload(self) -> TablePayload:
        """The table as JSON: printed words, raw numbers, small groups hidden."""
        frame = self.frame
        columns = self._columns(frame)
        rows = [
            [cell_of(value, column["kind"]) for value, column in zip(row, columns, strict=True)]
            for row in frame.itertuples(index=False, name=None)
        ]
        summed = bool(rows) and bool(self._total)
        if summed:
            rows.append([self._sum(column) for column in columns])
        rows = self._hide(rows, columns, summed=summed)
        keys = self._translate(rows, columns)
        if summed:
            rows[-1][0] = words.say("views.total")
        return {
            "id": self.id,
            "title": self._title or self._text("title") or self.id,
            "note": self._note(rows),
            "columns": columns,
            "rows": rows,
            "keys": keys,
            "kinds": self._row_kinds(columns, summed=summed),
            "total": summed,
            "source": source_line(
                self._text("source"),
                period=self._basis.period,
                n=self._basis.n,
                unit=self._basis.unit,
            ),
            "n": None if privacy.small(self._basis.n) else self._basis.n,
            "void": "" if rows else self._void(),
            "void_title": "" if rows else self._void_title(),
            "look": self._layout.look,
            "rows_shown": self._layout.rows_shown,
            "row_count": len(self._result),
        }

    def _repr_mimebundle_(self, **_selection: object) -> dict[str, Any]:
        payload = self.payload()
        return {
            TABLE_MIME: payload,
            "text/html": markup.table_html(payload),
            "text/plain": markup.table_text(payload),
        }

    @cached_property
    def _result(self) -> "pd.DataFrame":
        return frame_of(self._data, columns=self._layout.columns)

    def _columns(self, frame: "pd.DataFrame") -> list[ColumnPayload]:
        columns: list[ColumnPayload] = []
        on_page = 0
        most = CANVAS_COLUMNS if self._layout.look == "canvas" else MOST_COLUMNS
        for name in frame.columns:
            sheet_only = name in self._layout.sheet_only or on_page == most
            on_page += not sheet_only
            columns.append(
                {
                    "name": name,
                    "label": kinds.column_label(self.id, name),
                    "kind": self._kind(name, frame[name]),
                    "sheet_only": sheet_only,
                    "page_only": name in self._layout.page_only,
                }
            )
        return columns

    def _kind(self, name: str, values: "pd.Series") -> str:
        if name in self._layout.by_kpi:
            return "by_row"
        if name in self._layout.words and name not in self._formats:
            return kinds.word_kind(name)
        return self._formats.get(name) or kinds.kind_of(name, values)

    def _row_kinds(self, columns: list[ColumnPayload], *, summed: bool) -> dict[str, list[str]]:
        shown = self._result.head(MOST_ROWS)
        blank = [None] * len(shown)
        pairs = zip(shown.get("kpi", blank), shown.get("unit", blank), strict=True)
        values = [kinds.kpi_kind(kpi, unit) for kpi, unit in pairs]
        changes = [kinds.change_kind(kind) for kind in values]
        last = ["text"] if summed else []
        return {
            column["name"]: (changes if column["name"].startswith("change") else values) + last
            for column in columns
            if column["kind"] == "by_row"
        }

    def _sum(self, column: ColumnPayload) -> Cell:
        name = column["name"]
        return cell_of(self._result[name].sum(), column["kind"]) if name in self._total else None

    def _hide(
        self, rows: list[list[Cell]], columns: list[ColumnPayload], *, summed: bool
    ) -> list[list[Cell]]:
        names = [column["name"] for column in columns]
        numeric = [c["name"] for c in columns if c["kind"] in kinds.NUMERIC]
        guards = [
            privacy.Guard(
                names.index(each.count),
                [
                    names.index(n)
                    for n in (numeric if each.hides is None else each.hides)
                    if n in names and n != each.count
                ],
                (names.index(each.only[0]), each.only[1]) if each.only else None,
                _wholes(rows, names, each.within),
            )
            for each in self._suppress
            if each.count in names
        ]
        if not guards:
            return rows
        body, last = (rows[:-1], rows[-1:]) if summed else (rows, [])
        groups = self._wholes(body, names, summed=summed)
        shown = privacy.hide_rows(body, guards, groups=groups)
        totals = [privacy.hide_totals(row, body, shown, guards) for row in last]
        if not self._layout.ranked:
            return shown + totals
        within = self._layout.ranked_within
        place = names.index(within) if within in names else None
        return privacy.hidden_last(shown, guards[0], within=place) + totals

    def _wholes(
        self, rows: list[list[Cell]], names: list[str], *, summed: bool
    ) -> list[list[Cell]]:
        """For each sum that the reader can know, the whole that each row is a part of."""
        asked = self._suppress[0].within
        known = _wholes(rows, names, asked)
        shares = any(name.endswith("_share") for name in names)
        everything = summed or ((bool(asked) or shares) and not known)
        return known + [[0] * len(rows)] * everything

    def _translate(
        self, rows: list[list[Cell]], columns: list[ColumnPayload]
    ) -> dict[str, list[str | None]]:
        keys: dict[str, list[str | None]] = {}
        for at, column in enumerate(columns):
            name = column["name"]
            if column["kind"] in kinds.WORD_KINDS:
                said = self._layout.words.get(name) or kinds.WORD_KEYS.get(name, ())
                patterns = (said,) if isinstance(said, str) else said
                told = [None if is_hidden(row[at]) else row[at] for row in rows]
                keys[name] = [None if key is None else str(key) for key in told]
                for row, key in zip(rows, told, strict=True):
                    row[at] = row[at] if key is None else kinds.cell_word(key, patterns)
        return keys

    def _text(self, part: str) -> str:
        key = f"views.table.{self.id}.{part}"
        return words.say(key) if words.known(key) else ""

    def _void(self) -> str:
        if self._layout.covered:
            return words.say("views.covered", least=words.voice().min_cell)
        return self._empty[1] or self._text("void") or words.say("views.void")

    def _void_title(self) -> str:
        what = self._title or self._text("title") or self.id
        if self._layout.covered:
            return words.say("views.covered_title", what=what)
        said = self._empty[0] or self._text("void_title")
        return said or words.say("views.void_title", what=what)

    def _note(self, rows: list[list[Cell]]) -> str:
        parts = [self._said or self._text("note"), hidden_note(rows)]
        if len(self._result) > MOST_ROWS:
            most = format_count(MOST_ROWS)
            parts.append(words.say_count("views.rows_cut", len(self._result), most=most))
        return " ".join(part for part in parts if part)


def _wholes(
    rows: list[list[Cell]], names: list[str], asked: Sequence[str | tuple[str, ...]]
) -> list[list[Cell]]:
    """For each whole that columns of the table name, those of the rows."""
    found = []
    for each in asked:
        columns = (each,) if isinstance(each, str) else each
        if set(columns) <= set(names):
            places = [names.index(name) for name in columns]
            found.append([tuple(row[at] for at in places) for row in rows])
    return found
