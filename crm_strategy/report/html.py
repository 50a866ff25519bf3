"""The nbconvert exporter `report`: an executed notebook as one HTML file, whole in itself.

`jupyter nbconvert --to report notebook.ipynb`, or Save and Export As in JupyterLab.
"""

from pathlib import Path
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool, default

from crm_strategy import words
from crm_strategy.report.html_cells import output_html
from crm_strategy.report.html_page import open_page
from crm_strategy.report.html_prose import level_headings, prose_html
from crm_strategy.views import theme

_TEMPLATES = Path(__file__).with_name("templates")


class PagePreprocessor(Preprocessor):
    """Reads the page's header, summary and numbers from the executed notebook."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Put what the template shows into `resources["page"]`."""
        page = open_page(nb, resources["metadata"]["name"])
        tokens = {"light": _tokens(theme.LIGHT), "dark": _tokens(theme.DARK)}
        resources["page"] = {**page, "tokens": tokens}
        return nb, resources


class ReportExporter(HTMLExporter):
    """A self-contained report: no script, no network, in the notebook's own language."""

    export_from_notebook = "Report"

    exclude_anchor_links = Bool(True).tag(config=True)
    embed_images = Bool(True).tag(config=True)
    optimistic_validation = Bool(True).tag(config=True)

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)  # type: ignore[no-untyped-call]
        page = PagePreprocessor(parent=self)  # type: ignore[no-untyped-call]
        self.register_preprocessor(page, enabled=True)  # type: ignore[no-untyped-call]

    @default("template_name")
    def _report_template(self) -> str:
        return "crm_report"

    @default("extra_template_basedirs")
    def _report_templates(self) -> list[str]:
        return [str(_TEMPLATES)]

    def default_filters(self) -> Any:
        """The filters of nbconvert and the report's own."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "say", _say
        yield "output_html", lambda output: Markup(output_html(output))
        yield "prose_html", lambda html: Markup(prose_html(html))
        yield "level_headings", lambda html: Markup(level_headings(html, start=2))

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The notebook as HTML.

        Raises
        ------
        ReportError
            A cell failed, or was not run.
        """
        with words.speaking():
            html, resources = super().from_notebook_node(nb, resources, **kw)
        return str(html), resources


@pass_context
def _say(_: Context, key: str, **values: Any) -> str:
    # A filter that asks for the context is not worked out when the template is compiled: the
    # language is known only when the page is made.
    return words.say(key, **values)


def _tokens(roles: dict[str, str]) -> Markup:
    return Markup("".join(f"--{role}:{colour};" for role, colour in roles.items()))
