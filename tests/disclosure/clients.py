"""Small clients in files: few customers, among them some of a tiny region and of rare ways."""

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

REGIONS = {
    **dict.fromkeys(("Graz", "Leoben", "Knittelfeld"), "Styria"),
    **dict.fromkeys(("Linz", "Wels", "Steyr"), "Upper Austria"),
    "Eisenstadt": "Burgenland",
}
CHANNELS = {"pickup": "shop", "desk": "shop", "parcel": "web", "locker": "app", "drone": "drone"}
DEFAULT = """\
client: Corner Shop
language: en
currency: EUR
timezone: Europe/Berlin
rhythm: quarter
data:
  orders: {file: ../orders.csv}
  customers: {file: ../customers.csv}
  touches: {file: ../touches.csv}
  surveys: {file: ../surveys.csv}
value: {models: [mbg_nbd]}
"""
MANY = (
    DEFAULT
    + """\
kpis: {breakdowns: [segment, region, city, gender, channel, delivery_method]}
segment_kinds: [rfm, grid, lifecycle, value, regularity, tier, response, stopped_at, satisfaction,
  "attribute:region", "attribute:city", "attribute:gender", "attribute:age_band",
  "preference:channel", "preference:delivery_method"]
"""
)
KINDS = {"default": DEFAULT, "many": MANY, "surveys": DEFAULT}
"""Two surveys: some answered but one of them."""

_LAST = datetime(2025, 9, 30, 18)


def write_client(root: Path, seed: int, size: int, kinds: str = "default") -> Path:
    """A client of so many customers who order, are contacted and answer; its params."""
    random = Random(seed)
    people, orders, touches, answers = [], [], [], []
    for number in range(size):
        who, gap = f"C{number:03d}", random.choice([25, 45, 90, 200])
        people.append((who, *_person(random)))
        at = datetime(2024, 1, 1, 9) + timedelta(days=random.randint(0, 620) if number else 0)
        until = min(at + timedelta(days=random.expovariate(1 / 300)), _LAST)
        usual = _way(random)
        while at <= until:
            way = usual if random.random() < 0.7 else _way(random)
            amount = round(random.uniform(5, 90), 2)
            orders.append((f"O{len(orders)}", who, at, amount, CHANNELS[way], way))
            at += timedelta(days=random.expovariate(1 / gap) + 0.3)
        touches += [(f"T{number}-{n}", who, *_touch(random)) for n in range(_many(random))]
        if random.random() < 0.5:
            on = datetime(2025, 8, 1) + timedelta(days=random.randint(0, 50))
            weights = [1, 0, 1, 1, 1, 2, 4, 6, 10, 20, 12]
            answers.append((who, on, "nps", random.choices(range(11), weights=weights)[0], 10))
    if kinds == "surveys":
        both = [(who, on, "csat", 1 + score // 3, 5) for who, on, _, score, _ in answers]
        one = [(f"C{size - n:03d}", datetime(2025, 8, 9), "csat", 4, 5) for n in range(1, 6)]
        answers += [*both[4:], *one]
    orders.append(("last", "C000", _LAST, 30.0, "shop", "pickup"))
    (root / "params").mkdir(parents=True)
    heads = ("order_id", "customer_id", "ordered_at", "amount", "channel", "delivery_method")
    _write(root / "orders.csv", heads, orders)
    heads = ("customer_id", "city", "region", "gender", "area_type", "birth_date")
    _write(root / "customers.csv", heads, people)
    heads = ("touch_id", "customer_id", "touched_at", "channel", "action")
    _write(root / "touches.csv", heads, touches)
    heads = ("customer_id", "answered_at", "kind", "score", "scale_max")
    _write(root / "surveys.csv", heads, answers)
    path = root / "params" / "shop.yml"
    path.write_text(KINDS[kinds], "utf-8")
    return path


def _person(random: Random) -> tuple[str, str, str, str, str]:
    city = random.choices([*REGIONS], weights=[60, 11, 5, 50, 15, 6, 4])[0]
    gender = random.choices(["f", "m", "d", ""], weights=[55, 38, 3, 4])[0]
    area = random.choices(["city", "suburb", "village"], weights=[60, 35, 4])[0]
    born = f"{random.randint(1940, 2006)}-05-0{random.randint(1, 9)}"
    return city, REGIONS[city], gender, area, born


def _way(random: Random) -> str:
    return random.choices([*CHANNELS], weights=[60, 9, 30, 10, 3])[0]


def _many(random: Random) -> int:
    return random.choice([0, 1, 2, 5])


def _touch(random: Random) -> tuple[datetime, str, str]:
    at = datetime(2025, 7, 1, 9) + timedelta(days=random.randint(0, 90), hours=random.randint(0, 9))
    channel = random.choices(["email", "sms", "fax"], weights=[60, 30, 3])[0]
    actions = ["sent", "opened", "clicked", "replied"]
    return at, channel, random.choices(actions, weights=[60, 25, 12, 3])[0]


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
