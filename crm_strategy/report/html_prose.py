"""Foreign HTML made safe and plain: an analyst's prose and displays in the report's look.

Only known elements and attributes pass. Nothing that runs, styles or loads passes: scripts,
styles, frames, pictures that are not in the page, links that leave it.
"""

import re
from collections.abc import Mapping
from typing import Final

from bs4 import BeautifulSoup
from bs4.element import Comment, Doctype, NavigableString, Tag

from crm_strategy import words
from crm_strategy.words.numbers import format_count

PROSE_HEADING: Final = 3
"""The highest heading of prose: the chapter's question is level 2."""

_NEVER: Final = re.compile(
    "script|style|iframe|frame|object|embed|applet|form|input|button|select|textarea|svg|math|"
    "link|meta|base|template|noscript|video|audio|canvas|title|head|map|dialog"
)
_PLAIN: Final = re.compile(
    "p|br|hr|em|strong|b|i|u|s|del|sub|sup|small|code|pre|kbd|blockquote|ul|li|dl|dt|dd|h[1-6]|"
    "table|caption|thead|tbody|tfoot|tr|details|summary"
)
_WITH_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "a": ("href",),
    "img": ("src", "alt"),
    "ol": ("start",),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan"),
}
_INSIDE: Final = {"a": "#", "img": "data:image/"}
_SCHEME: Final = re.compile(r"\b(?:https?|ftp|file)://|\bmailto:", re.IGNORECASE)
_FRAME_SIZE: Final = re.compile(r"(\d+) rows? × (\d+) columns?")
_NUMBER: Final = re.compile(r"[-+−]?[^\w\s]{0,2}\s?\d[\d\s.,]*\s?[%\w]{0,3}")
_HEADING: Final = re.compile(r"<(/?)h([1-6])(?=[\s>])")


def prose_html(html: str) -> str:
    """Prose from Markdown: headings below the chapter's, addresses as text."""
    return _safe(html, top=PROSE_HEADING, caption=words.say("report.prose_table"))


def display_html(html: str) -> str:
    """What a cell displays as HTML, such as a data frame; its tables in the report's look."""
    return _safe(html, top=PROSE_HEADING + 1, caption=words.say("report.working_table"))


def level_headings(html: str, *, start: int) -> str:
    """The same HTML with no heading more than one level below the one before it.

    Parameters
    ----------
    html
        Markup whose text is escaped.
    start
        The level of the heading above it.
    """
    level = start

    def levelled(tag: re.Match[str]) -> str:
        nonlocal level
        if not tag[1]:
            level = min(int(tag[2]), level + 1)
        return f"<{tag[1]}h{level}"

    return _HEADING.sub(levelled, html)


def _safe(html: str, *, top: int, caption: str) -> str:
    soup = BeautifulSoup(html, "html.parser")
    for hidden in soup.find_all(string=lambda text: isinstance(text, (Comment, Doctype))):
        hidden.extract()
    for tag in soup.find_all(_is_never):
        tag.extract()
    for tag in soup.find_all(True):
        _clean(tag, top)
    for text in soup.find_all(string=_SCHEME):
        text.replace_with(NavigableString(_SCHEME.sub("", text)))
    for text in soup.find_all(string=_FRAME_SIZE):
        text.replace_with(NavigableString(_FRAME_SIZE.sub(_frame_size, text)))
    for table in soup.find_all("table"):
        _dress(soup, table, caption)
    return str(soup)


def _is_never(tag: Tag) -> bool:
    return _NEVER.fullmatch(tag.name) is not None


def _clean(tag: Tag, top: int) -> None:
    kept = _WITH_ATTRIBUTES.get(tag.name, ())
    if not kept and not _PLAIN.fullmatch(tag.name):
        tag.unwrap()
        return
    inside = _INSIDE.get(tag.name)
    if inside and not str(tag.get("src") or tag.get("href") or "").startswith(inside):
        _write_out(tag)
        return
    tag.attrs = {name: tag[name] for name in kept if tag.get(name) is not None}
    if tag.name == "img":
        tag["alt"] = tag.get("alt") or words.say("report.image_alt")
    if re.fullmatch("h[1-6]", tag.name):
        tag.name = f"h{min(max(int(tag.name[1]) + 1, top), 6)}"


def _write_out(tag: Tag) -> None:
    # A link out becomes its text and address, a picture from outside its alternative text.
    if tag.name == "img":
        tag.replace_with(NavigableString(str(tag.get("alt", ""))))
        return
    text, address = tag.get_text(), str(tag.get("href") or "")
    if address and address != text:
        tag.append(NavigableString(f" ({address})"))
    tag.unwrap()


def _frame_size(size: re.Match[str]) -> str:
    rows, columns = (format_count(int(count)) for count in size.groups())
    return words.say("report.frame_size", rows=rows, columns=columns)


def _dress(soup: BeautifulSoup, table: Tag, caption: str) -> None:
    if table.caption is None:
        named = soup.new_tag("caption")
        span = soup.new_tag("span")
        span.string = caption
        named.append(span)
        table.insert(0, named)
    for head in table.find_all("th"):
        head["scope"] = "row" if head.find_parent(("tbody", "tfoot")) else "col"
    for column in _columns(table):
        figures = [cell for cell in column if not cell.find_parent("thead")]
        if figures and all(_is_number(cell) for cell in figures):
            for cell in column:
                cell["class"] = "n"
    scroll = table.wrap(soup.new_tag("div"))
    scroll["class"] = "scroll"


def _columns(table: Tag) -> list[tuple[Tag, ...]]:
    # Only plain grids: a cell that spans others has no column of its own.
    rows = [row.find_all(("td", "th"), recursive=False) for row in table.find_all("tr")]
    if not rows or len({len(row) for row in rows}) > 1 or table.select("[colspan]"):
        return []
    return list(zip(*rows, strict=True))


def _is_number(cell: Tag) -> bool:
    return cell.name == "td" and _NUMBER.fullmatch(cell.get_text().strip()) is not None
