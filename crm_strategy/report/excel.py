"""The nbconvert exporter `excel`: an executed notebook's tables and charts as a workbook.

`jupyter nbconvert --to excel notebook.ipynb`, or Save and Export As in JupyterLab.
"""

from io import BytesIO
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Bool, default

from crm_strategy import words
from crm_strategy.report.excel_workbook import workbook


class ExcelExporter(Exporter):
    """A workbook with one sheet a table, in the notebook's own language."""

    export_from_notebook = "Excel"
    output_mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    optimistic_validation = Bool(True).tag(config=True)

    @default("file_extension")
    def _xlsx(self) -> str:
        return ".xlsx"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """The notebook as the bytes of an XLSX file.

        Raises
        ------
        ReportError
            A cell failed, or was not run.
        """
        with words.speaking():
            nb, resources = super().from_notebook_node(nb, resources, **kw)
            file = BytesIO()
            workbook(nb, resources["metadata"]["name"]).save(file)
        return file.getvalue(), resources
