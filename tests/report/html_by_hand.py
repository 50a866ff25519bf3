"""Pages exported from notebooks by hand, read back as a parser reads them."""

import re
from itertools import pairwise

from bs4 import BeautifulSoup

from crm_strategy.report.html import ReportExporter
from crm_strategy.report.merge import merge
from tests.report.by_hand import whole_report


def export(made, name="report"):
    html, _ = ReportExporter().from_notebook_node(made, {"metadata": {"name": name}})
    return html


def page(made, name="report"):
    return BeautifulSoup(export(made, name), "html.parser")


def report(**meta):
    return merge(whole_report(), {"prepared": "2026-10-06", **meta})


def texts(soup, selector):
    return [" ".join(one.get_text().split()) for one in soup.select(selector)]


def assert_sound(soup):
    """What holds for every page: one h1, no skipped level, captions, scopes, alt, no script."""
    assert len(soup.select("h1")) == 1
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for each in soup.select("table"):
        assert each.caption is not None
        assert each.caption.get_text().strip()
        assert all(head.get("scope") in {"row", "col"} for head in each.select("th"))
    assert all(picture.get("alt") for picture in soup.select("img"))
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    for tag in soup.find_all(True):
        assert tag.name not in {"script", "iframe", "object", "embed", "form"}
        assert not [name for name in tag.attrs if name.startswith("on")]
        for name in ("src", "href", "srcset", "action", "data"):
            assert tag.get(name, "#").startswith(("#", "data:"))
