"""Public data sets: the params that read each by itself, and the figures published of it."""

import json
from typing import Any

from tests.conftest import shared

ONLINE_RETAIL = """\
client: Online Retail
language: en
currency: GBP
timezone: Europe/London
rhythm: quarter
data:
  order_lines:
    file: {data}/online_retail.parquet
    columns:
      order_id: InvoiceNo
      customer_id: CustomerID
      ordered_at: InvoiceDate
      product_id: StockCode
      product: Description
      quantity: Quantity
      price: UnitPrice
      country: Country
  rules: {{refunds: exclude, duplicates: keep, without_customer: exclude, zero_amounts: exclude}}
"""

CDNOW = """\
client: CDNOW
language: en
currency: USD
timezone: America/New_York
rhythm: quarter
data:
  orders:
    file: {data}/cdnow_master.csv.gz
    columns: {{customer_id: customer_id, ordered_at: date, amount: amount}}
  rules: {{duplicates: keep}}
"""

COMPLETE_JOURNEY = """\
client: Complete Journey
language: en
currency: USD
timezone: America/New_York
rhythm: year
data:
  order_lines:
    file: {data}/transactions.parquet
    lookups: [{{file: {data}/products.parquet, by: product_id}}]
    columns:
      order_id: basket_id
      customer_id: household_id
      ordered_at: transaction_timestamp
      product_id: brand
      category: department
      amount: sales_value
  customers: {{file: {data}/demographics.csv.gz, columns: {{customer_id: household_id}}}}
  touches:
    file: {data}/campaigns.csv.gz
    lookups: [{{file: {data}/campaign_descriptions.csv.gz, by: campaign_id}}]
    columns: {{customer_id: household_id, touched_at: start_date, campaign: campaign_id,
              channel: campaign_type, action: '= "sent"'}}
  rules: {{duplicates: keep}}
"""

ECSI = """\
client: ECSI mobile
language: en
timezone: Europe/Paris
rhythm: year
data:
  orders:
    file: {data}/mobi.csv.gz
    columns: {{customer_id: "= row", ordered_at: '= "2005-06-30"', amount: "= 1"}}
  surveys:
    file: {data}/mobi.csv.gz
    columns: {{customer_id: "= row", answered_at: '= "2005-06-30"', kind: '= "nps"',
              score: CUSL3, scale_max: "= 10"}}
  rules: {{duplicates: keep}}
"""

BANK = """\
client: Bank marketing
language: en
timezone: Europe/Lisbon
rhythm: year
data:
  orders:
    file: {data}/bank-additional-full.csv.gz
    columns: {{customer_id: "= row", ordered_at: '= "2010-06-30"', amount: '= y == "yes"'}}
  customers:
    file: {data}/bank-additional-full.csv.gz
    columns: {{customer_id: "= row", occupation: job, education: education, called_on: contact,
              last_campaign: poutcome}}
  leads:
    file: {data}/bank-additional-full.csv.gz
    columns: {{lead_id: "= row", created_at: '= "2010-06-30"', source_channel: contact,
              status_group: y}}
    stages: {{won: ["yes"], lost: ["no"]}}
  rules: {{duplicates: keep}}
"""

SHOPPERS = """\
client: Online shoppers
language: en
timezone: UTC
rhythm: year
data:
  orders:
    file: {data}/online_shoppers_intention.csv.gz
    columns: {{customer_id: "= row", ordered_at: '= "2018-12-31"', amount: '= Revenue == "True"'}}
  customers:
    file: {data}/online_shoppers_intention.csv.gz
    columns: {{customer_id: "= row", visitor: VisitorType}}
  leads:
    file: {data}/online_shoppers_intention.csv.gz
    columns: {{lead_id: "= row", created_at: '= "2018-12-31"', source_channel: TrafficType,
              status_group: Revenue}}
    stages: {{won: ["True"], lost: ["False"]}}
  rules: {{duplicates: keep}}
"""

NORTHWIND = """\
client: Northwind
language: en
currency: USD
timezone: UTC
rhythm: year
data:
  order_lines:
    file: {data}/order_details.csv.gz
    lookups:
      - {{file: {data}/orders.csv.gz, by: OrderID}}
      - {{file: {data}/products.csv.gz, by: ProductID}}
      - {{file: {data}/categories.csv.gz, by: CategoryID}}
      - {{file: {data}/shippers.csv.gz, by: {{ShipVia: ShipperID}}}}
    columns:
      order_id: OrderID
      customer_id: CustomerID
      ordered_at: OrderDate
      product_id: ProductID
      product: ProductName
      category: CategoryName
      delivery_method: CompanyName
      amount: "= UnitPrice * Quantity * (1 - Discount)"
  customers:
    file: {data}/customers.csv.gz
    columns: {{customer_id: CustomerID, country: Country, city: City, kind: '= "company"'}}
"""


def expected(name: str) -> dict[str, Any]:
    return dict(json.loads(shared(f"data/{name}/expected.json").read_text("utf-8")))
