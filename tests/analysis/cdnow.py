"""CDNOW's purchases as orders, and the days of the papers that use them."""

from datetime import date

import ibis
import pandas as pd

from tests.conftest import shared

CALIBRATION_END, HOLDOUT_END = date(1997, 9, 30), date(1998, 6, 30)


def cdnow(name: str = "sample") -> ibis.Table:
    """The 1/10 sample of the papers, or the `master` with all customers."""
    rows = pd.read_csv(shared(f"data/cdnow/cdnow_{name}.csv.gz"))
    return ibis.memtable(
        pd.DataFrame(
            {
                "customer_id": rows.iloc[:, 0].astype("string"),
                "ordered_at": pd.to_datetime(rows["date"]),
                "amount": rows["amount"].astype("float64"),
                "is_refund": False,
            }
        )
    )
