"""Executed notebooks made by hand: payloads as views make them, without a kernel.

All figures are invented.
"""

from base64 import b64encode
from io import BytesIO

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from crm_strategy.report.executed import META_MIME
from crm_strategy.views.payload import CHART_MIME, FINDING_MIME, TABLE_MIME

META = {
    "client": "Eco Mart",
    "slug": "eco-mart",
    "period": "2026-Q3",
    "period_label": "2026 Q3",
    "start": "2026-07-01",
    "end": "2026-09-30",
    "data_to": "2026-09-30",
    "language": "en",
    "currency": "EUR",
    "rhythm": "quarter",
    "min_cell": 10,
    "version": "0.1.0",
    "demo": True,
}
RU = {"language": "ru", "period_label": "3 кв. 2026"}


def column(name, kind="text", label=None, *, sheet_only=False):
    return {"name": name, "label": label or name, "kind": kind, "sheet_only": sheet_only}


def figures(columns, rows, **more):
    return {"columns": columns, "rows": rows, "keys": {}, "kinds": {}, **more}


def table(columns, rows, *, id="segments", **more):  # noqa: A002 - the payload's own word
    return {
        "id": id,
        "title": "Segments on 30 Sep 2026",
        "note": "",
        "total": False,
        "source": "",
        "n": None,
        "void": "",
        "void_title": "",
        "look": "",
        "rows_shown": 40,
        "row_count": len(rows) - bool(more.get("total")),
        **figures(columns, rows, **more),
    }


def chart(columns, rows, *, id="segment_revenue", kind="bars", beside=None, **more):  # noqa: A002
    picture = png(wide=800, high=264)
    return {
        "id": id,
        "title": "Revenue by segment",
        "kind": kind,
        "alt": "Bar chart of revenue by segment.",
        "note": "",
        "source": "",
        "beside": beside,
        "category": columns[0]["name"],
        "values": [one["name"] for one in columns[1:]],
        "wide": picture if rows else None,
        "narrow": png(wide=355, high=260) if rows else None,
        "wide_size": [800, 264],
        "narrow_size": [355, 260],
        "void": "" if rows else "Add `data.orders`.",
        "void_title": "" if rows else "Not supplied: revenue by segment",
        **figures(columns, rows, **more),
    }


def finding(title, *, id="finding", text="", severity="note", decision=None):  # noqa: A002
    return {
        "id": id,
        "title": title,
        "text": text,
        "severity": severity,
        "figures": {},
        "decision": decision,
    }


def decision(title, why="Because.", owner="CRM lead", evidence="measured"):
    return {"title": title, "why": why, "owner": owner, "evidence": evidence}


def png(*, wide, high):
    file = BytesIO()
    Image.new("RGB", (wide, high), "#C3CCD4").save(file, "PNG")
    return b64encode(file.getvalue()).decode()


def said(meta=META):
    return _cell({META_MIME: dict(meta), "text/plain": "a book"})


def shown(payload):
    if "severity" in payload:
        return _cell({FINDING_MIME: payload, "text/html": "fallback", "text/plain": "fallback"})
    if "wide" in payload:
        return _cell({CHART_MIME: payload, "image/png": payload["wide"] or ""})
    return _cell({TABLE_MIME: payload, "text/html": "fallback", "text/plain": "fallback"})


def displayed(**data):
    """An analyst's own display: `displayed(html="<b>…")`."""
    mimes = {"html": "text/html", "text": "text/plain", "png": "image/png"}
    return _cell({mimes[key]: value for key, value in data.items()})


def printed(text, *, name="stdout"):
    return new_code_cell(
        "print()", execution_count=1, outputs=[new_output("stream", text=text, name=name)]
    )


def failed(ename="ValueError", evalue="no such column"):
    output = new_output("error", ename=ename, evalue=evalue, traceback=[])
    return new_code_cell("fail()", execution_count=1, outputs=[output])


def prose(text, *, language=None):
    tags = [f"lang-{language}"] if language else []
    return new_markdown_cell(text, metadata={"tags": tags})


def notebook(*cells, chapter=None):
    made = new_notebook(cells=list(cells))
    if chapter:
        made.metadata["crm_strategy"] = {"chapter": chapter}
    return made


def _cell(data):
    output = new_output("execute_result", data=data, execution_count=1)
    return new_code_cell("show()", execution_count=1, outputs=[output])


# A whole report, small but with everything in it.

SEGMENTS = (
    ("champions", "Champions", 1610, 0.051, 1142683.0, 0.22, 94.2, "2026-09-28"),
    ("loyal", "Loyal", 3240, 0.103, 1298504.0, 0.25, 71.2, "2026-09-20"),
    ("at_risk", "At risk", 4120, 0.131, 1194623.0, 0.23, 66.1, "2026-02-03"),
    ("lost", "Lost", {"suppressed": True, "text": "<10"}, None, None, None, None, None),
)


def segments_table():
    columns = [
        column("segment", "word", "Segment"),
        column("customer_count", "count", "Customers"),
        column("customer_share", "share", "Share"),
        column("revenue", "money", "Revenue"),
        column("revenue_share", "share", "Share of revenue"),
        column("average_order_value", "unit_money", "Average order value"),
        column("last_order", "date", "Last order"),
    ]
    return table(
        columns,
        [list(one[1:]) for one in SEGMENTS] + [["Total", 8970, 0.285, 3635810.0, 0.7, None, None]],
        keys={"segment": [*(one[0] for one in SEGMENTS), None]},
        total=True,
        source="Source: orders, 2026 Q3; n = 31,460 customers.",
        note="Small groups are hidden.",
    )


def segments_chart():
    columns = [column("segment", "word", "Segment"), column("revenue", "money", "Revenue")]
    rows = [[one[1], one[4]] for one in SEGMENTS[:3]]
    return chart(columns, rows, beside="segments", keys={"segment": [o[0] for o in SEGMENTS[:3]]})


def goals_table():
    columns = [
        column("goal_id", "text", "Id"),
        column("goal", "text", "Goal"),
        column("kpi", "word", "KPI"),
        column("segment", "word", "Segment"),
        column("target", "by_row", "Target"),
        column("by", "date", "By"),
        column("owner", "text", "Owner"),
        column("actual", "by_row", "Actual"),
        column("status", "status", "Status"),
    ]
    by = "2026-12-31"
    rows = [
        ["grow", "Grow revenue by 15 %", "Revenue", "All", 4.2e6, by, "Sales", 3.1e6, "On track"],
        ["keep", "Keep new buyers", "Retention rate", "New", 0.38, by, "CRM", 0.31, "At risk"],
        ["nps", "Be recommended", "NPS", "All", 45, by, "Service", None, "No data"],
    ]
    kinds = ["money", "share", "score"]
    return table(
        columns,
        rows,
        id="goals",
        title="Goal register",
        keys={
            "kpi": ["revenue", "customer_retention_rate", "nps"],
            "segment": ["all", "new", "all"],
            "status": ["on_track", "at_risk", "no_data"],
        },
        kinds={"target": kinds, "actual": kinds},
    )


def kpis_table():
    by_row = ("value", "low", "high", "previous", "last_year", "target")
    columns = [
        column("kpi", "word", "KPI"),
        *(column(name, "by_row", name.replace("_", " ").capitalize()) for name in by_row),
        column("change", "by_row", "Change"),
        column("history", "spark", "13 quarters"),
        column("verdict", "verdict", "Verdict"),
        column("status", "status", "Status"),
    ]
    revenue = [1245715.25, None, None, 1228699.0, 1173034.0, 1.22e6, 0.0138]
    retention = [0.758, 0.751, 0.765, 0.791, 0.794, 0.8, -0.033]
    orders = [17496, None, None, 17250, None, None, None]
    rows = [
        ["Revenue", *revenue, [1.0, 2, 3], "Noise", "On track"],
        ["Retention rate", *retention, [3.0, 2, 1], "Signal, low", "Off track"],
        ["Orders", *orders, [1, 1, 1], "Too short", None],
    ]
    kinds = ["money", "share", "count"]
    return table(
        columns,
        rows,
        id="kpis",
        title="KPIs, 2026 Q3",
        look="score",
        keys={
            "kpi": ["revenue", "customer_retention_rate", "order_count"],
            "verdict": ["noise", "signal_low", "too_short"],
            "status": ["on_track", "off_track", None],
        },
        kinds={**dict.fromkeys(by_row, kinds), "change": ["change", "points", "change"]},
    )


def void_table():
    return table(
        [column("channel", "text", "Channel")],
        [],
        id="channel_costs",
        title="Cost by channel",
        void="Add `data.costs` to the parameters file.",
        void_title="Not supplied: cost by channel",
    )


def revenue_chart():
    columns = [column("month", "month", "Month"), column("revenue", "money", "Revenue")]
    rows = [["2026-07-01", 400000.0], ["2026-08-01", 420000.0], ["2026-09-01", 425715.25]]
    return chart(columns, rows, id="revenue_by_month", kind="line", title="Revenue by month")


def moves_chart():
    columns = [column("from_segment", "word", "From"), column("share", "share", "Share")]
    return chart(columns, [["New", 0.4]], id="moves", kind="heatmap", title="Moves of customers")


def read_table():
    columns = [column("table", "text", "Table"), column("rows_read", "count", "Rows read")]
    return table(columns, [["orders", 541909]], id="data_tables", title="Tables read")


def whole_report():
    """The notebooks of a report, in the order they run."""
    ask = decision("Fund a win-back for 2,640 at-risk customers", "They hold 23% of revenue.")
    at_risk = "At-risk customers hold 23% of revenue"
    return [
        _chapter(
            "00_data_check",
            ("# Data: can we believe it?", "# Данные: можно ли им верить?"),
            finding("All 541,909 rows were read", id="read"),
            read_table(),
        ),
        _chapter(
            "01_goals",
            ("# Goals: are we on course?\n\nWhat was *promised*.", "# Цели: идём ли мы по плану?"),
            finding("1 of 3 goals is on track", id="goals", severity="watch"),
            goals_table(),
        ),
        _chapter(
            "03_segments",
            ("# Segments: who merits effort?", "# Сегменты: кому уделить силы?"),
            finding(at_risk, id="at_risk", severity="act", decision=ask),
            segments_chart(),
            segments_table(),
            moves_chart(),
        ),
        _chapter(
            "04_channels",
            ("# Channels: what do they cost?", "# Каналы: сколько они стоят?"),
            void_table(),
        ),
        _chapter(
            "06_kpi_review",
            (
                "# KPI review: why did revenue change?\n\n## Reading it\n\nProse.",
                "# Обзор показателей: почему изменилась выручка?",
            ),
            finding("Revenue grew by 1.4%", id="revenue", severity="good"),
            revenue_chart(),
            kpis_table(),
        ),
    ]


def _chapter(name, twins, *views):
    english, russian = twins
    return notebook(
        said(),
        prose(english, language="en"),
        prose(russian, language="ru"),
        *(shown(view) for view in views),
        chapter=name,
    )
