"""Payloads as HTML, for a notebook's output and for the report; all data are escaped.

Numbers are written in the voice of the caller: an exporter speaks the report's language
(`words.speaking(…)`) around these calls.
"""

import re
from collections.abc import Sequence
from html import escape
from typing import Final

from crm_strategy import words
from crm_strategy.views import theme
from crm_strategy.views.kinds import NUMERIC, print_value
from crm_strategy.views.payload import (
    Cell,
    ChartPayload,
    FiguresPayload,
    FindingPayload,
    TablePayload,
    is_hidden,
)
from crm_strategy.views.spark import spark_svg

WIDE_FROM: Final = 5
"""Columns from which a table scrolls sideways on a phone."""

MANY: Final = 12
"""Rows beyond which a phone shows the first ones until it is asked for the others."""

ON_PAPER: Final = 8
"""Rows that paper shows of a table whose page shows only its first ones."""

LONG: Final = 48
"""Texts of more characters keep a readable width, also on a phone."""


def table_html(payload: TablePayload, number: str | None = None, *, anchor: str = "") -> str:
    """A table with caption, row headers and source line; without rows, what to supply."""
    if not payload["rows"]:
        return void_html(payload["void_title"], payload["void"])
    rows = _rows_shown(payload)
    caption = _numbered("views.table_number", number, payload["title"])
    table = _grid(payload, rows, caption=caption, anchor=f"t-{anchor or payload['id']}")
    about = [_prose(text) for text in (payload["note"], payload["source"]) if text]
    about[bool(payload["note"]) : 0] = _rows_left(payload)
    return table + _more(rows, payload) + (f'<p class="src">{" ".join(about)}</p>' if about else "")


def is_cut(payload: TablePayload) -> bool:
    """Whether the page shows only the first rows of a table."""
    return len(payload["rows"]) - bool(payload["total"]) > payload["rows_shown"]


def figure_html(
    payload: ChartPayload,
    number: str | None = None,
    *,
    anchor: str = "",
    table_number: str | None = None,
) -> str:
    """A figure: caption, wide and narrow picture with alt text, source, its data.

    Without data: what to supply, or nothing where the table beside it says so.
    """
    if not (payload["wide"] and payload["narrow"]):
        return "" if payload["beside"] else void_html(payload["void_title"], payload["void"])
    name = anchor or payload["id"]
    caption = _numbered("views.figure_number", number, payload["title"])
    wide, narrow = payload["wide_size"], payload["narrow_size"]
    picture = (
        f'<picture><source media="(max-width:{theme.NARROW_UP_TO}px)" '
        f'srcset="{_png(payload["narrow"])}" width="{narrow[0]}" height="{narrow[1]}">'
        f'<img src="{_png(payload["wide"])}" width="{wide[0]}" height="{wide[1]}" '
        f'alt="{escape(payload["alt"])}"></picture>'
    )
    where = words.say("views.data_in_table", number=table_number) if table_number else ""
    source = _source(payload["note"], payload["source"], where)
    data = "" if payload["beside"] else _details(payload, name, number)
    return (
        f'<figure id="fig-{escape(name)}"><figcaption>{caption}</figcaption>'
        f"{picture}{source}{data}</figure>"
    )


def finding_html(payload: FindingPayload, *, decision_id: str = "") -> str:
    """A finding: heading, text, and the decision it leads to."""
    html = f"<h3>{_joined(escape(payload['title']))}</h3>"
    if payload["text"]:
        html += f"<p>{_prose(payload['text'])}</p>"
    decision = payload["decision"]
    if decision is None:
        return html
    if decision_id:
        link = f'<a href="#{escape(decision_id)}">{escape(decision_id)}</a>'
        return html + f'<p class="src">{words.say("views.leads_to", decision=link)}</p>'
    facts = decision_facts(decision["owner"], decision["evidence"])
    return (
        f'{html}<aside class="note"><p><b>{words.say("views.decision")}: '
        f"{escape(decision['title'])}</b></p><p>{_prose(decision['why'])}</p>"
        f'<p class="facts">{facts}</p></aside>'
    )


def decision_facts(owner: str, evidence: str) -> str:
    """Owner: CRM lead · Evidence: assumed"""
    known = words.say(f"plan.evidence.{evidence}")
    parts = [f"{words.say('views.evidence_label')}: {known.lower()}"]
    if owner:
        parts.insert(0, f"{words.say('views.owner_label')}: {escape(owner)}")
    return " · ".join(parts)


def void_html(title: str, text: str) -> str:
    """What was not supplied, and what to send."""
    return (
        f'<aside class="void"><p><b><span aria-hidden="true">○</span> {escape(title)}</b></p>'
        f"<p>{_prose(text)}</p></aside>"
    )


def status_html(status: str, word: str) -> str:
    """A status as shape and word; an unknown one as its word."""
    look = theme.STATUS.get(theme.CHECK_STATUS.get(status, status))
    if look is None:
        return escape(word)
    return (
        f'<span class="st {look.css}"><span aria-hidden="true">{look.shape}</span> '
        f"{escape(word)}</span>"
    )


def table_text(payload: TablePayload) -> str:
    """The table as plain text, tab by tab."""
    lines = [payload["title"], "\t".join(c["label"] for c in payload["columns"])]
    for at, row in enumerate(payload["rows"]):
        kinds = [_kind(payload, column, at) for column in range(len(row))]
        lines.append("\t".join(map(cell_text, row, kinds)))
    return "\n".join([*lines, payload["void"], payload["source"]]).strip()


def cell_text(cell: Cell, kind: str) -> str:
    """A cell as the voice writes it, not escaped."""
    if is_hidden(cell):
        return str(cell["text"])
    if isinstance(cell, str) and kind not in {"date", "month"}:
        return cell
    return "" if isinstance(cell, list) else print_value(cell, kind)


def _rows_shown(payload: TablePayload) -> list[int]:
    """Positions of the rows the page shows, the total among them."""
    rows = range(len(payload["rows"]))
    body = len(rows) - bool(payload["total"])
    return [*rows[: min(body, payload["rows_shown"])], *rows[body:]]


def _rows_left(payload: TablePayload) -> list[str]:
    """A word on the rows that only the workbook has: more of them on paper than on a screen."""
    if not is_cut(payload):
        return []
    screen, paper = (
        words.say_count("views.rows_in_workbook", payload["row_count"], shown=most)
        for most in (payload["rows_shown"], min(payload["rows_shown"], ON_PAPER))
    )
    if screen == paper:
        return [screen]
    return [f'<span class="scr">{screen}</span><span class="ppr">{paper}</span>']


def _more(rows: Sequence[int], payload: TablePayload) -> str:
    """The switch that stands below a long table; a phone hides rows while it is closed."""
    count = len(rows) - bool(payload["total"])
    if count <= MANY or payload["look"] == "canvas":
        return ""
    said = words.say_count("views.rows_more", count)
    return f'<details class="more"><summary>{said}</summary></details>'


def _grid(figures: FiguresPayload, rows: Sequence[int], *, caption: str, anchor: str) -> str:
    shown = [at for at, c in enumerate(figures["columns"]) if not c.get("sheet_only")]
    heads = "".join(_head(figures, at) for at in shown)
    last = len(figures["rows"]) - 1 if figures.get("total") else -1
    body = "".join(
        ('<tr class="tot">' if row == last else "<tr>")
        + "".join(_cell(figures, row, at, first=at == shown[0]) for at in shown)
        + "</tr>"
        for row in rows
    )
    wide = len(shown) >= WIDE_FROM
    shortened = len(rows) < len(figures["rows"])
    marks = (str(figures.get("look", "")), "wide" if wide else "", "cut" if shortened else "")
    classes = " ".join(filter(None, marks))
    named = f' class="{escape(classes)}"' if classes else ""
    region = f' role="region" aria-labelledby="{escape(anchor)}" tabindex="0"' if wide else ""
    return (
        f'<div class="scroll"{region}><table{named}>'
        f'<caption><span id="{escape(anchor)}">{caption}</span></caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _head(figures: FiguresPayload, at: int) -> str:
    column = figures["columns"][at]
    number = ' class="n"' if column["kind"] in NUMERIC else ""
    return f'<th scope="col"{number}>{escape(column["label"])}</th>'


def _cell(figures: FiguresPayload, row: int, at: int, *, first: bool) -> str:
    text = _cell_html(figures, row, at)
    if first:
        return f'<th scope="row">{text}</th>'
    numeric = figures["columns"][at]["kind"] in NUMERIC
    if numeric:
        return f'<td class="n">{text}</td>'
    cell = figures["rows"][row][at]
    long = isinstance(cell, str) and len(cell) > LONG
    return f'<td class="long">{text}</td>' if long else f"<td>{text}</td>"


def _cell_html(figures: FiguresPayload, row: int, at: int) -> str:
    cell, kind = figures["rows"][row][at], _kind(figures, at, row)
    if cell is None and figures.get("total") and row == len(figures["rows"]) - 1:
        return ""
    if isinstance(cell, list):
        return spark_svg(cell, kind)
    text = cell_text(cell, kind)
    if is_hidden(cell):
        return f'<span class="mut">{escape(text)}</span>'
    keys = figures["keys"].get(figures["columns"][at]["name"])
    key = keys[row] if keys else None
    if kind == "status" and key:
        return status_html(key, text)
    if kind == "verdict" and key:
        return _verdict(key, text)
    return escape(text)


def _verdict(key: str, text: str) -> str:
    if key in theme.CHECK_STATUS:
        return status_html(key, text)
    if key.startswith("signal"):
        return f"<b>{escape(text)}</b>"
    return f'<span class="mut">{escape(text)}</span>'


def _kind(figures: FiguresPayload, at: int, row: int) -> str:
    column = figures["columns"][at]
    kinds = figures["kinds"].get(column["name"])
    return kinds[row] if kinds else column["kind"]


def _details(payload: ChartPayload, name: str, number: str | None) -> str:
    key = "views.data_behind" if number else "views.data_behind_it"
    summary = words.say(key, number=number)
    rows = range(len(payload["rows"]))
    table = _grid(payload, rows, caption=escape(payload["title"]), anchor=f"d-{name}")
    return f'<details class="data"><summary>{summary}</summary>{table}</details>'


def _numbered(key: str, number: str | None, title: str) -> str:
    mark = f"<b>{words.say(key, number=escape(number))}</b> " if number else ""
    return mark + escape(title)


def _source(*parts: str) -> str:
    text = " ".join(part for part in parts if part)
    return f'<p class="src">{_prose(text)}</p>' if text else ""


def _prose(text: str) -> str:
    """Escaped text; `names in code` are set as code."""
    return _joined(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))


def _joined(html: str) -> str:
    """The minus of −€12 stays with its number: a browser would break the line after it."""
    return re.sub(r"−(?=[^\s\d])", "−\N{WORD JOINER}", html)


def _png(picture: str | None) -> str:
    return f"data:image/png;base64,{picture}"
