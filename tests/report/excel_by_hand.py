"""Workbooks exported from notebooks by hand, read back as openpyxl reads them."""

from io import BytesIO

from openpyxl import load_workbook

from crm_strategy.report.excel import ExcelExporter
from crm_strategy.report.merge import merge
from tests.report.by_hand import META, column, notebook, said, shown, table, whole_report

NAME = {"metadata": {"name": "03_segments"}}

TEXT = column("segment", "text", "Segment")


def export(made):
    return ExcelExporter().from_notebook_node(made, NAME)[0]


def book(made):
    return load_workbook(BytesIO(export(made)))


def report(**meta):
    return merge(whole_report(), {"prepared": "2026-10-06", **meta})


def sheet_of(*views, meta=META):
    """The sheet of the first view's table."""
    return book(notebook(said(meta), *(shown(view) for view in views))).worksheets[2]


def one_cell(value, kind, meta=META, **more):
    columns = [TEXT, column("value", kind, "Value")]
    return sheet_of(table(columns, [["New", value]], **more), meta=meta)["B4"]
