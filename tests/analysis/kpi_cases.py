"""Histories of KPIs of a few rows, for two quarters."""

from datetime import date

from crm_strategy.analysis.kpis import kpi_actuals, kpi_history
from crm_strategy.analysis.spans import Span
from tests.analysis.builders import costs, orders, surveys, touches

Q2 = Span("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))
Q3 = Span("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))


def history(*rows, periods=(Q2, Q3), active_days=92, **more):
    given_tables = {"orders": orders(*rows), "touches": touches(), "surveys": surveys()}
    return kpi_history(
        **(given_tables | {"costs": costs()} | more), periods=periods, active_days=active_days
    )


def values(*rows, period=Q3, **more):
    found = history(*rows, **more)
    return {kpi: value for (kpi, _), value in kpi_actuals(found, period=period).items()}
