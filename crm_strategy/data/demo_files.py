"""The demo business as files: each as a real system exports it, with the dirt of real exports."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd

from crm_strategy.data.demo_business import DemoBusiness
from crm_strategy.data.demo_catalogue import articles
from crm_strategy.data.demo_customers import times
from crm_strategy.data.demo_truth import TRUTH

_ORDER_HEADERS = {
    "order_id": "Order No",
    "customer_id": "Customer No",
    "ordered_at": "Order date",
    "status": "Status",
    "amount": "Total",
    "currency": "Currency",
    "channel": "Sales channel",
    "payment_method": "Payment",
    "delivery_method": "Delivery",
    "cost_amount": "Cost of goods",
    "discount": "Discount",
    "coupon": "Coupon",
}
_COST_HEADERS = ("From", "To", "Channel", "Item", "Kind", "Amount, EUR")


def write_files(folder: Path, business: DemoBusiness, random: np.random.Generator) -> list[str]:
    """Write every file of the demo business into `folder` and return their names."""
    orders = _order_ids(business.sales)
    for name, write in _WRITERS.items():
        write(folder / name, business, orders, random)
    return list(_WRITERS)


def _order_ids(sales: pd.DataFrame) -> np.ndarray:
    """Order numbers by time; a refund bears its order's number with an R behind it."""
    by_time = sales["at"].where(sales["refunds"] < 0, np.inf).rank(method="first").astype(int)
    ids = np.array([f"EM-{100_000 + number}" for number in by_time], dtype=object)
    refunds = np.flatnonzero(sales["refunds"] >= 0)
    ids[refunds] = ids[sales["refunds"].to_numpy()[refunds]] + "-R"
    return ids


def _names(ids: np.ndarray, rows: pd.Series) -> np.ndarray:
    """The ids of rows given by number; "" for -1."""
    return np.asarray(np.append(ids, "")[rows.to_numpy()])


def _twice(table: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Let some rows stand twice, as when two exports overlap."""
    times_each = 1 + (random.random(len(table)) < TRUTH.duplicate_rows)
    return table.iloc[np.repeat(np.arange(len(table)), times_each)]


def _plain(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path, index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M:%S")


def _write_orders(
    path: Path, business: DemoBusiness, orders: np.ndarray, random: np.random.Generator
) -> None:
    """UTF-8 with a byte order mark, semicolons, decimal commas, DD.MM.YYYY HH:MM."""
    sales = business.sales
    people = business.customers["customer_id"].to_numpy()
    table = sales.assign(order_id=orders, customer_id=_names(people, sales["customer"]))
    stamps = pd.DatetimeIndex(times(sales["at"].to_numpy()))
    table["ordered_at"] = stamps.strftime("%d.%m.%Y %H:%M")
    table["currency"] = "EUR"
    table = table.iloc[np.argsort(stamps, kind="stable")][list(_ORDER_HEADERS)]
    unreadable = (
        table[table["status"] == "completed"]
        .head(len(TRUTH.bad_dates))
        .assign(
            order_id=[f"EM-{number}" for number in range(99_001, 99_001 + len(TRUTH.bad_dates))],
            ordered_at=list(TRUTH.bad_dates),
        )
    )
    table = pd.concat([_twice(table, random), unreadable])
    table.rename(columns=_ORDER_HEADERS).to_csv(
        path,
        index=False,
        sep=";",
        decimal=",",
        encoding="utf-8-sig",
        lineterminator="\r\n",
        float_format="%.2f",
    )


def _write_order_lines(
    path: Path, business: DemoBusiness, orders: np.ndarray, random: np.random.Generator
) -> None:
    lines = business.lines
    table = articles().iloc[lines["article"].to_numpy()]
    written = pd.DataFrame(
        {
            "order_id": orders[lines["sale"].to_numpy()],
            "line_id": lines["line"].to_numpy(),
            **{name: table[name].to_numpy() for name in ("product_id", "product", "category")},
            **{name: lines[name].to_numpy() for name in ("quantity", "price", "amount", "cost")},
        }
    )
    order = np.argsort(business.sales["at"].to_numpy()[lines["sale"].to_numpy()], kind="stable")
    _plain(path, _twice(written.iloc[order], random))


def _write_customers(path: Path, business: DemoBusiness, *_: Any) -> None:
    people = business.customers
    visible = ["kind", "created_at", "birth_date", "gender", "country", "region", "city"]
    visible += ["area_type", "source_channel", "household", "loyalty_card"]
    table = people.assign(created_at=times(people["created"].to_numpy()))
    table["birth_date"] = table["birth_date"].dt.strftime("%Y-%m-%d")
    _plain(path, table[["customer_id", *visible]])


def _write_touches(
    path: Path, business: DemoBusiness, orders: np.ndarray, random: np.random.Generator
) -> None:
    touches = business.touches
    people = business.customers["customer_id"].to_numpy()
    table = pd.DataFrame(
        {
            "touch_id": [f"T-{number:07d}" for number in range(1, len(touches) + 1)],
            "customer_id": people[touches["customer"].to_numpy()],
            "touched_at": times(touches["at"].to_numpy()),
            **{name: touches[name] for name in ("channel", "campaign", "touchpoint", "action")},
            "order_id": _names(orders, touches["sale"]),
        }
    )
    _plain(path, _twice(table, random))


def _write_costs(path: Path, business: DemoBusiness, *_: Any) -> None:
    """A workbook with two title rows above its header."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Costs")
    sheet.append(["Eco Mart: marketing costs by channel"])
    sheet.append([f"As of {TRUTH.end:%d.%m.%Y}, net of VAT"])
    sheet.append(list(_COST_HEADERS))
    for row in business.costs.itertuples(index=False):
        sheet.append(list(row))
    book.save(path)


def _write_surveys(path: Path, business: DemoBusiness, *_: Any) -> None:
    table = business.surveys.assign(
        customer_id=business.customers["customer_id"].to_numpy()[business.surveys["customer"]],
        answered_at=times(business.surveys["at"].to_numpy()),
    )
    columns = ["customer_id", "answered_at", "kind", "score", "scale_max", "touchpoint"]
    _plain(path, table[columns])


def _write_leads(path: Path, business: DemoBusiness, *_: Any) -> None:
    leads = business.leads
    table = leads.assign(
        lead_id=[f"L-{number:05d}" for number in range(1, len(leads) + 1)],
        customer_id=_names(business.customers["customer_id"].to_numpy(), leads["customer"]),
        created_at=times(leads["at"].to_numpy()),
        converted_at=times(leads["converted"].to_numpy()),
    )
    columns = ["lead_id", "customer_id", "created_at", "source_channel", "status_group"]
    _plain(path, table[[*columns, "converted_at", "amount", "lost_reason"]])


def _write_consents(path: Path, business: DemoBusiness, *_: Any) -> None:
    consents = business.consents
    withdrawn = consents["withdrawn"].to_numpy()
    table = consents.assign(
        customer_id=business.customers["customer_id"].to_numpy()[consents["customer"]],
        purpose="marketing",
        granted_at=times(consents["granted"].to_numpy()),
        withdrawn_at=times(np.where(np.isinf(withdrawn), np.nan, withdrawn)),
    )
    columns = ["customer_id", "channel", "purpose", "granted_at", "withdrawn_at", "source"]
    _plain(path, table[columns])


def _write_experiments(path: Path, business: DemoBusiness, *_: Any) -> None:
    tests = business.tests
    table = tests.assign(
        customer_id=business.customers["customer_id"].to_numpy()[tests["customer"]],
        assigned_at=times(tests["at"].to_numpy()),
    )
    columns = ["experiment", "variant", "customer_id", "assigned_at"]
    _plain(path, table[[*columns, "size", "conversions", "revenue"]])


_WRITERS: Mapping[str, Callable[[Path, DemoBusiness, np.ndarray, np.random.Generator], None]] = {
    "customers.csv": _write_customers,
    "orders.csv": _write_orders,
    "order_lines.csv": _write_order_lines,
    "touches.csv": _write_touches,
    "costs.xlsx": _write_costs,
    "surveys.csv": _write_surveys,
    "leads.csv": _write_leads,
    "consents.csv": _write_consents,
    "experiments.csv": _write_experiments,
}

FILES = tuple(_WRITERS)
"""Names of the files of the demo business."""
