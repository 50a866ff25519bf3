"""The demo business's files as tables, and what is counted on them."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest


class Demo:
    """The files of the demo business, read with the standard means of pandas."""

    def __init__(self, folder: Path) -> None:
        self.raw_orders = pd.read_csv(
            folder / "orders.csv", sep=";", decimal=",", keep_default_na=False, encoding="utf-8-sig"
        )
        self.all_orders = self.raw_orders.drop_duplicates().assign(
            at=lambda rows: pd.to_datetime(
                rows["Order date"], format="%d.%m.%Y %H:%M", errors="coerce"
            )
        )
        dated = self.all_orders.dropna(subset="at")
        self.sold = dated[dated["Status"].isin(["completed", "refunded"])]
        self.orders = self.sold[(self.sold["Total"] >= 0) & (self.sold["Customer No"] != "")]
        self.raw_touches = pd.read_csv(folder / "touches.csv", parse_dates=["touched_at"])
        self.touches = self.raw_touches.drop_duplicates()
        self.raw_lines = pd.read_csv(folder / "order_lines.csv")
        self.lines = self.raw_lines.drop_duplicates()
        self.customers = pd.read_csv(folder / "customers.csv", parse_dates=["created_at"])
        self.surveys = pd.read_csv(folder / "surveys.csv", parse_dates=["answered_at"])
        self.leads = pd.read_csv(folder / "leads.csv", parse_dates=["created_at"])
        self.consents = pd.read_csv(
            folder / "consents.csv", parse_dates=["granted_at", "withdrawn_at"]
        )
        self.tests = pd.read_csv(folder / "experiments.csv", parse_dates=["assigned_at"])
        rows = list(cells(folder / "costs.xlsx"))
        self.cost_rows = rows
        self.costs = pd.DataFrame(rows[3:], columns=rows[2])

    def by_quarter(self) -> pd.DataFrame:
        quarter = self.sold["at"].dt.to_period("Q")
        placed = self.orders["at"].dt.to_period("Q")
        spent = self.costs[(self.costs["Kind"] == "actual") & (self.costs["Item"] != "goods")]
        firsts = self.orders.groupby("Customer No")["at"].min().dt.to_period("Q")
        table = pd.DataFrame(
            {
                "revenue": self.sold.groupby(quarter)["Total"].sum(),
                "goods": self.sold.groupby(quarter)["Cost of goods"].sum(),
                "orders": self.orders.groupby(placed).size(),
                "buyers": self.orders.groupby(placed)["Customer No"].nunique(),
                "new": firsts.value_counts(),
                "cost": spent.groupby(spent["From"].dt.to_period("Q"))["Amount, EUR"].sum(),
            }
        )
        table["order_value"] = self.orders.groupby(placed)["Total"].mean()
        table["frequency"] = table["orders"] / table["buyers"]
        return table


def cells(path: Path) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))


@pytest.fixture(scope="module")
def demo(folder: Path) -> Demo:
    return Demo(folder)
