"""The first parameters file of a client: filled in as far as is known, explained throughout."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ruamel.yaml import YAML

from crm_strategy.plan.data_params import TABLE_NAMES
from crm_strategy.plan.period import Rhythm
from crm_strategy.plan.schema import FIRST_LINE
from crm_strategy.words.kpis import KPIS

Tables = Mapping[str, tuple[str, Mapping[str, str]]]
"""By canonical table: the file's path relative to the YAML, and our column: its header."""


def new_params(
    client: str,
    tables: Tables,
    *,
    languages: Sequence[str] = ("en",),
    currency: str = "EUR",
    timezone: str = "UTC",
    rhythm: Rhythm = "quarter",
    by: date | None = None,
) -> str:
    """A commented parameters file that read_params accepts as it stands.

    Goals, touchpoints, channels and scenarios are examples behind `#`: a plan that nobody
    decided must not stand in a report.

    Parameters
    ----------
    client
        The client's name as printed.
    tables
        What is known of the client's files; with neither orders nor order_lines, a place for
        orders is held.
    languages, currency, timezone, rhythm
        As in the parameters file.
    by
        Deadline of the example goals; the end of the next year unless given.
    """
    deadline = by or date(date.today().year + 1, 12, 31)
    settings = {
        "client": _scalar(client),
        "language": f"[{', '.join(languages)}]",
        "currency": _scalar(currency),
        "timezone": _scalar(timezone),
        "rhythm": rhythm,
    }
    parts = (
        _HEAD,
        "\n".join(f"{f'{key}: {settings[key]}':<35}{_SETTINGS[key]}".rstrip() for key in settings),
        "",
        _data(tables),
        _GOALS.format(by=deadline, kpis=_wrapped(KPIS)),
        _SEGMENTS + _TOUCHPOINTS,
        _REST,
    )
    return "\n".join(parts)


def _data(tables: Tables) -> str:
    given = dict(tables)
    held = "" if {"orders", "order_lines"} & set(given) else _NO_ORDERS
    if held:
        given["orders"] = ("../data/orders.csv", {})
    lines = [_DATA + held]
    lines += [_table(name, *given[name]) for name in TABLE_NAMES if name in given]
    lines += [example for name, example in _TABLE_EXAMPLES.items() if name not in given]
    return "\n".join(lines) + "\n"


def _table(name: str, file: str, columns: Mapping[str, str]) -> str:
    lines = [f"  {name}:", f"    file: {_scalar(file)}"]
    if columns:
        lines.append("    columns:")
        lines += [f"      {_scalar(ours)}: {_header(theirs)}" for ours, theirs in columns.items()]
    return "\n".join(lines)


def _header(text: str) -> str:
    # A header that begins with = would be an expression: it is one that names the header.
    return _scalar(f"= `{text}`" if text.startswith("=") else text)


def _scalar(text: str) -> str:
    """Text as YAML that reads back as the same text, plain where that is safe."""
    plain = re.fullmatch(r"[\w.][\w ./-]*", text)
    if plain and YAML(typ="safe", pure=True).load(text) == text:
        return text
    # YAML breaks lines at characters that JSON leaves alone.
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in quoted)


def _wrapped(words: Iterable[str], width: int = 90) -> str:
    lines = ["#"]
    for word in words:
        if len(lines[-1]) + len(word) > width:
            lines.append("#")
        lines[-1] += f" {word},"
    return "\n".join(lines).removesuffix(",") + "."


_HEAD = f"""\
{FIRST_LINE}
#
# Everything this client's report is made from. Check it with 'crm-strategy check', make the
# report with 'crm-strategy report'. Paths are relative to this file. Lines that begin with '#'
# and no single blank after it are examples: delete that '#' and fill in your own. A text that
# reports print may be one for all languages, or one for each: {{en: Newsletter, ru: Рассылка}}.
"""

_SETTINGS = {
    "client": "",
    "language": "# en, ru: one report for each",
    "currency": "# of all amounts: its ISO 4217 code",
    "timezone": "# where the client's days begin, such as Europe/Berlin",
    "rhythm": "# month, quarter, half or year: how often the report is made",
}

_DATA = """\
# The client's files: csv, tsv, txt, xlsx, parquet or json lines; * takes many of one shape.
# 'columns' maps our column to the file's header; how the file is written is detected, and can
# be said: format: {encoding: cp1251, delimiter: ";", decimal: ",", dates: "%d.%m.%Y"}.
# A column can also be computed: amount: "= Price * Quantity * (1 - Discount)", kind: '= "nps"',
# lead_id: "= row" (names with blanks: `Unit price`). Columns of a second file join by a key:
# lookups: [{file: ../data/products.csv, by: product_id}], by: {ours: theirs} if headers differ.
# Only orders or order_lines is needed; every other table opens more of the report.
data:
#  rules:                         # rows that can be read in more than one way
#    refunds: net                 # net: they lessen revenue; exclude: left out
#    without_customer: keep       # keep: they count in revenue only; exclude
#    same_day: separate           # merge: a customer's orders of one day are one order"""

_NO_ORDERS = """
# No orders yet: put the shop's export where this line says, or name the place it is in."""

_TABLE_EXAMPLES = {
    "customers": "#  customers: {file: ../data/customers.csv}      # who they are",
    "orders": "#  orders: {file: ../data/orders.csv}            # one row per order",
    "order_lines": "#  order_lines: {file: ../data/order_lines.csv}  # what was in each order",
    "touches": "#  touches: {file: ../data/touches.csv}          # messages, calls, visits",
    "leads": "#  leads: {file: ../data/leads.csv}              # requests before the first order",
    "costs": "#  costs: {file: ../data/costs.xlsx, sheet: Costs}   # what each channel cost",
    "surveys": "#  surveys: {file: ../data/surveys.csv}          # answers: csat, nps",
    "consents": "#  consents: {file: ../data/consents.csv}        # who allowed contact, and where",
    "experiments": "#  experiments: {file: ../data/experiments.csv}  # tests and their groups",
}

_GOALS = """\
# What the business wants. A target is the KPI's value in one period of the rhythm; shares are
# fractions: 0.38 is 38 %.
#business_goals:
#  - {{id: growth, goal: "Grow revenue by 15 % in a year", kpi: revenue,
#     target: 1050000, by: {by}}}

# 5 to 10 goals, each serving a business goal. The status compares today's value with the
# straight way from the baseline (measured at baseline_at: one year before 'by' unless given)
# to the target. KPIs:
{kpis}
#goals:
#  - id: retain
#    goal: Keep more of the customers we have
#    serves: growth
#    priority: primary             # or secondary
#    kpi: customer_retention_rate
#    segment: all                  # or one segment, such as at_risk
#    baseline: 0.31
#    target: 0.38
#    by: {by}
#    owner: CRM lead               # a role, not a name
#  - {{id: second_order, goal: Win the second order of new buyers, serves: growth,
#     priority: primary, kpi: repeat_rate, baseline: 0.20, target: 0.25, by: {by},
#     owner: Shop lead}}
#  - {{id: basket, goal: Sell a matching product with each order, serves: growth,
#     priority: secondary, kpi: average_order_value, baseline: 60, target: 66, by: {by},
#     owner: Category lead}}
#  - {{id: answers, goal: Satisfy more customers with our answers, serves: growth,
#     priority: secondary, kpi: csat, baseline: 0.80, target: 0.86, by: {by},
#     owner: Service lead}}
#  - {{id: cheaper, goal: Spend less on each new customer, serves: growth,
#     priority: secondary, kpi: cac, baseline: 24, target: 20, by: {by},
#     owner: Marketing lead}}
"""

_SEGMENTS = """\
# Segments of your own, beside those of recency, frequency and money: the first rule that holds
# counts. Rules compare columns of customers (country, city, …) and what customers bought:
# order_count, revenue, recency_days, tenure_days, average_order_value, first_order, last_order.
#segments:
#  big_baskets: average_order_value >= 200 and order_count >= 2
#  capital: city in ["Berlin", "Paris"] and not recency_days > 365

# Loyalty tiers, best first: by shares of customers, or at_least: {gold: 1000, silver: 300}.
#tiers: {by: revenue, shares: {gold: 0.05, silver: 0.15, bronze: 0.30}}

# What the workshop knows of a segment's people; the report adds what the data tell.
#personas:
#  champions:
#    needs: [Delivery on the day they say]
#    interests: [Novelties, Organic food]

"""

_TOUCHPOINTS = """\
# Where customers meet the client, and what each segment should do next there. Segments:
# champions, loyal, potential, new, need_attention, at_risk, cant_lose, lost, and your own; all:
# every segment not named. Cells left out are shown as gaps.
#touchpoints:
#  - id: cart_email
#    name: Abandoned-cart e-mail
#    channel: email
#    place: online                 # or offline
#    stage: consideration          # awareness, consideration, purchase, delivery, service, …
#    evidence: assumed             # partial, measured: how well this is known
#    pain: Pays on a second page   # where customers stumble
#    owner: CRM lead
#    actions:
#      new: {target_action: Second order, offer: Free delivery, kpi: repeat_rate}
#      all: {target_action: Finish the order, kpi: conversion_rate}

# Ways to reach customers, by the word the data use. A cost left out is unknown, not free.
#channels:
#  email: {label: E-mail, kind: owned, cost: {per_touch: 0.01, monthly: 300}}
#  sms: {label: SMS, kind: paid, cost: {per_touch: 0.07}}

# Cascades: messages that follow one another until the customer answers; each step goes only to
# those who may be written to there and have not answered yet. stop_on left out: any answer.
#scenarios:
#  - id: comeback
#    segment: at_risk
#    message: We miss you           # a step may have its own message and offer
#    offer: Free delivery for a week
#    steps:
#      - {channel: email, wait_days: 2, stop_on: opened}
#      - {channel: sms}
"""

_REST = """\
# What was decided at reviews; the next report shows it beside what came of it.
#decisions:
#  - {id: D1, decision: Send the comeback cascade, period: 2026-Q3, owner: CRM lead,
#     kpi: customer_retention_rate, expected: A third of them order again}
#  - {id: D2, decision: Sell off the phone case, period: 2026-Q3, product: P-507}  # its id

# How customers are scored, and their value foretold.
#rfm:
#  map: named                      # 8 segments; codes: 11; grid: 10
#  cuts: {recency_days: [30, 90, 180, 365], order_count: [2, 3, 5, 9]}   # else equal shares
#value:
#  horizon_days: 365
#  discount_rate: 0.10
#  subscription: {period_days: 30.4, grace_days: 15}   # where orders are subscribers' payments

# Journeys: by customer, or by session (visits to a site: touches with no longer gap). Steps are
# touchpoints, actions or stages of the touches, in order; groups are columns of the customers.
#journeys:
#  by: session
#  gap_minutes: 30
#  steps: [home, product, cart, {id: payment, words: [card, invoice]}, ordered]
#  segments: [segment, city]
#  occasions: [{name: Spring sale, start: 2026-03-01, end: 2026-03-07}]

# What an offer costs and may bring; uplift is assumed until a test has measured it.
#growth:
#  discount: 0.10                  # of the order
#  uplift: 0.05                    # of those who would not order by themselves
#  contact_cost: 0.05              # else the cheapest channel's per_touch
#  loyalty: {points_share: 0.03, used_share: 0.70, monthly: 400}

# How KPIs are counted.
#kpis:
#  active_days: 180                # an order keeps a customer active so long; else from the data,
#                                  # anew each time: after the first report write down its number
#  margin_rate: 0.35               # of revenue, where no costs of goods are supplied
#  conversion_days: 30             # an order so long after a touch is its conversion
#  breakdowns: [segment, channel, country, category]   # also any column of the customers

# How KPIs were counted before a change above: earlier figures are restated, old beside new.
#definition_changes:
#  - {since: 2026-Q3, was: {active_days: 365}, note: Customers return faster now}

privacy:
  min_cell: 10                     # groups of fewer customers are not shown; at least 5
"""
