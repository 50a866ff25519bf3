from datetime import date

import pytest

from crm_strategy.plan.definitions import definition_changes

ACME = """\
client: Acme
data:
  orders: {file: orders.csv}
"""
KEYS = "active_days, conversion_days, lookback_days, margin_rate, discount_rate, refunds"


def changed(*changes: str) -> str:
    return ACME + "definition_changes:\n" + "".join(f"  - {each}\n" for each in changes)


def test_changes_come_oldest_first_with_the_value_of_then_and_of_today(read):
    params = read(
        changed(
            "{since: 2026-Q3, was: {conversion_days: 14}, note: Parcels take longer}",
            "{since: 2026, was: {margin_rate: 0.4, refunds: exclude}}",
        )
    )
    assert definition_changes(params) == [
        {
            "since": date(2026, 1, 1),
            "period": "2026",
            "was": {"margin_rate": 0.4, "refunds": "exclude"},
            "now": {"margin_rate": None, "refunds": "net"},
            "note": None,
        },
        {
            "since": date(2026, 7, 1),
            "period": "2026-Q3",
            "was": {"conversion_days": 14},
            "now": {"conversion_days": 30},
            "note": "Parcels take longer",
        },
    ]


def test_without_changes_there_are_none(read):
    assert definition_changes(read(ACME)) == []


REFUSED = {
    "a key that no KPI is counted by": (
        "{since: 2026-Q3, was: {min_cell: 5}}",
        "[0].was.min_cell: unknown key.\nKnown here: " + KEYS + ".",
    ),
    "a period nobody can read": (
        "{since: latest, was: {active_days: 365}}",
        "[0].since: 'latest' is not a period.\n"
        "Write 2026-Q3, 2026-09, 2026-H1, 2026 or 2026-07-01..2026-09-30.",
    ),
    "nothing earlier": (
        "{since: 2026-Q3, was: {}}",
        "[0].was: no earlier definition.\n"
        f"Name what was otherwise, such as active_days: 365. Known: {KEYS}.",
    ),
    "the value of today": (
        "{since: 2026-Q3, was: {conversion_days: 30}}",
        "[0].was.conversion_days: 30 is what kpis.conversion_days says today.\n"
        "Write the earlier value, or change kpis.conversion_days.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_change_that_cannot_be_restated_is_refused(refusal, case):
    change, message = REFUSED[case]
    assert refusal(changed(change)) == f"params/acme.yml, line 5, definition_changes{message}"


def test_refunds_left_out_of_the_data_cannot_be_counted_again(refusal):
    text = changed("{since: 2026-Q3, was: {refunds: net}}")
    text = text.replace("data:\n", "data:\n  rules: {refunds: exclude}\n")
    assert refusal(text) == (
        "params/acme.yml, line 6, definition_changes[0].was.refunds: refunds are left out of the "
        "data today, so they cannot be counted again.\n"
        "Write refunds: net under data.rules, or leave this key out of `was`."
    )


def test_two_changes_of_one_period_are_one(refusal):
    two = ("{since: 2026-Q3, was: {active_days: 365}}", "{since: 2026Q3, was: {margin_rate: 0.4}}")
    assert refusal(changed(*two)) == (
        "params/acme.yml, line 6, definition_changes[1].since: 2026-Q3 has a change already in "
        "line 5.\nWrite all that changed then into one `was`."
    )
