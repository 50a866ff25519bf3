"""How the page breaks on paper."""

from pathlib import Path

from crm_strategy.views import markup

STYLE = Path(markup.__file__).parents[1] / "report/templates/crm_report/style.css"


def test_on_paper_neither_a_source_line_nor_a_chapters_last_words_stand_alone():
    style = STYLE.read_text(encoding="utf-8")
    printed = style[style.index("@media print{\n") :]
    assert "\n.src,.tot,section>h3:nth-last-child(2){break-before:avoid}\n" in printed
