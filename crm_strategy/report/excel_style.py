"""How a cell looks: fonts, fills, rules and alignments, made once a workbook."""

from copy import copy
from dataclasses import dataclass, field
from typing import Any, Final

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle

from crm_strategy.views.theme import EXCEL, LIGHT, STATUS

NOTE_SIZE: Final = 10
HEADING_SIZE: Final = 12


def rgb(colour: str) -> str:
    """#1C2733 as Excel writes it."""
    return "FF" + colour.lstrip("#")


@dataclass(frozen=True)
class Look:
    """A role a cell plays.

    `role` is finding, heading, note, header, body, total, link or input; the rest says how
    it differs from a plain left-aligned cell of that role.
    """

    role: str = "body"
    number_format: str = "General"
    right: bool = False
    indent: bool = False
    wrap: bool = False
    bold: bool = False
    muted: bool = False
    text_prefix: bool = False


@dataclass
class Styles:
    """Applies looks to cells; each look is built once and then copied."""

    _built: dict[Look, Any] = field(default_factory=dict)

    def apply(self, cell: Any, look: Look) -> None:
        """Give the cell a look."""
        known = self._built.get(look)
        if known is not None:
            cell._style = copy(known)
            return
        cell.font = _font(look)
        cell.alignment = _alignment(look)
        cell.border = _border(look)
        cell.number_format = look.number_format
        fill = {"header": EXCEL.header_fill, "input": EXCEL.input_fill}.get(look.role)
        if fill:
            cell.fill = PatternFill("solid", fgColor=rgb(fill))
        if look.role == "input":
            cell.protection = Protection(locked=False)
        cell.quotePrefix = look.text_prefix
        self._built[look] = copy(cell._style)


def status_rules(first_cell: str) -> list[Rule]:
    """Conditional tints of a status column, by the shape that each cell starts with."""
    looks = {look.shape: look for look in STATUS.values()}
    return [
        Rule(
            type="expression",
            formula=[f'LEFT({first_cell},1)="{shape}"'],
            dxf=DifferentialStyle(
                font=Font(color=rgb(LIGHT[look.token]), b=True),
                fill=PatternFill(bgColor=rgb(look.tint), fill_type="solid"),
            ),
        )
        for shape, look in looks.items()
    ]


def _font(look: Look) -> Font:
    sizes = {"finding": EXCEL.finding_size, "heading": HEADING_SIZE, "note": NOTE_SIZE}
    colour = LIGHT["ink"]
    if look.muted or look.role == "note":
        colour = LIGHT["mut"]
    if look.role == "link":
        colour = EXCEL.link
    return Font(
        name=EXCEL.font,
        size=sizes.get(look.role, EXCEL.size),
        bold=look.bold or look.role in {"finding", "heading", "header", "total"},
        underline="single" if look.role == "link" else None,
        color=rgb(colour),
    )


def _alignment(look: Look) -> Alignment:
    return Alignment(
        horizontal="right" if look.right else "left",
        indent=1 if look.indent and not look.right else 0,
        vertical="bottom" if look.role == "header" else "top" if look.wrap else "center",
        wrap_text=look.wrap or look.role == "header" or None,
    )


def _border(look: Look) -> Border:
    thin = Side(style="thin", color=rgb(EXCEL.rule))
    ink = Side(style="medium", color=rgb(EXCEL.header_rule))
    if look.role == "header":
        return Border(bottom=ink)
    if look.role == "total":
        return Border(top=ink)
    return Border(bottom=thin) if look.role in {"body", "input"} else Border()
