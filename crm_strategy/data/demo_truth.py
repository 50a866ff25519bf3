"""The true parameters of the demo business: what an analysis of its files should find."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType


@dataclass(frozen=True)
class TrueChannel:
    """How one channel truly works."""

    lift: float
    """Rise of the order rate in the seven days after a touch: 0.5 is half as much again."""
    agreed: float
    """Share of customers who consent to it (who own the app, who live near a shop)."""
    touches_per_year: float
    """Touches a reachable customer gets a year; only those who are contacted by plan."""
    per_touch: float
    """Cost of one touch, EUR."""
    monthly: float
    """Fees and working time a month, EUR."""


@dataclass(frozen=True)
class TrueTest:
    """An A/B test and its true result."""

    experiment: str
    variant: str
    channel: str
    """Only customers who may be contacted by it take part."""
    assigned: date
    """Day on which customers were drawn by lot, half of them into the control."""
    share: float
    """Share of the customers known and reachable by then who take part."""
    lift: float
    """True rise of the variant's order rate for `test_effect_days` after `assigned`."""


_CHANNELS: Mapping[str, TrueChannel] = MappingProxyType(
    {
        "shop": TrueChannel(2.8, 0.48, 2.8, 0.0, 380.0),
        "messenger": TrueChannel(1.6, 0.28, 7.0, 0.06, 160.0),
        "push": TrueChannel(1.0, 0.34, 12.0, 0.0, 190.0),
        "sms": TrueChannel(0.7, 0.52, 4.0, 0.075, 50.0),
        "email": TrueChannel(0.3, 0.76, 13.5, 0.004, 340.0),
        "call": TrueChannel(0.0, 0.30, 0.0, 4.2, 230.0),
    }
)
_SOURCES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "search": (0.31, 0.34),
        "social": (0.24, 0.22),
        "referral": (0.17, 0.55),
        "shop": (0.16, 0.48),
        "marketplace": (0.12, 0.28),
    }
)
_MEDIA: Mapping[str, float] = MappingProxyType({"search": 15.0, "social": 19.0})


@dataclass(frozen=True)
class TrueParameters:
    """Every number the demo business is drawn from; money in EUR, rates a week."""

    start: date = date(2023, 10, 1)
    """Opening day: no customer ordered before."""
    end: date = date(2026, 9, 30)
    """Last day of the data, inclusive."""

    never_bought: float = 0.06
    """Share of customers who registered and never ordered."""
    opening_rush: float = 4.0
    """Extra new customers in each of the first two months, as a multiple of an ordinary month's:
    the customers of the shops register."""
    new_customer_season: tuple[float, ...] = (
        *(0.95, 0.95, 0.98, 0.98, 0.98, 0.95),
        *(0.93, 0.95, 1.0, 1.05, 1.22, 1.16),
    )
    """Index of new customers by month, January first."""

    rate_shape: float = 0.62
    """r: shape of the gamma distribution of customers' order rates (BG/NBD)."""
    rate_scale_weeks: float = 7.5
    """alpha: its rate, so the mean customer alive orders r / alpha times a week untouched."""
    drop_out_a: float = 1.1
    """a of the beta distribution of the chance to leave for good after a repeat order."""
    drop_out_b: float = 4.6
    """b of it; the mean chance is a / (a + b). Nobody leaves after a first order."""
    order_season: tuple[float, ...] = (
        *(0.98, 0.98, 0.99, 0.99, 0.99, 0.98),
        *(0.97, 0.97, 0.99, 1.0, 1.08, 1.08),
    )
    """Index of order rates by month, January first: a mild Christmas season."""
    order_weekday: tuple[float, ...] = (1.12, 1.06, 1.02, 1.0, 0.96, 0.86, 0.98)
    """Index of order rates by weekday, Monday first."""

    fall_from: date = date(2026, 7, 1)
    """Planted: from this day on customers order more rarely."""
    fall_factor: float = 0.75
    """Order rate of every customer from `fall_from` on, as a share of before."""

    spend_shape: float = 4.0
    """p: shape of the gamma distribution of a customer's order values (Gamma-Gamma)."""
    spend_mean_shape: float = 6.0
    """q: shape of the distribution of customers' mean order values."""
    spend_mean: float = 62.0
    """Mean order value of the mean customer, before the season: p x gamma / (q - 1). Baskets
    are filled with whole articles, so order values scatter a little more than p says."""
    basket_season: tuple[float, ...] = (
        *(0.97, 0.97, 0.98, 0.99, 0.99, 0.98),
        *(0.97, 0.97, 0.98, 1.0, 1.12, 1.15),
    )
    """Index of order values by month, January first: presents make Christmas baskets larger."""

    touch_days: int = 7
    """Days a touch works."""
    channels: Mapping[str, TrueChannel] = field(default_factory=lambda: _CHANNELS)
    """Channels by true lift, best first; calls do nothing and cost most a touch."""
    listed_days: int = 270
    """E-mail and SMS offers stop so many days after the last order."""
    calls_per_month: float = 0.018
    """Calls a month as a share of all customers; they go to those who have not ordered lately."""
    media_per_customer: Mapping[str, float] = field(default_factory=lambda: _MEDIA)
    """Advertising cost per customer won, EUR, by source. Advertising brings first orders and
    touches nobody later."""

    sources: Mapping[str, tuple[float, float]] = field(default_factory=lambda: _SOURCES)
    """Where customers come from: share of customers, share of the source's leads won."""
    quoted_leads: float = 0.4
    """Share of the leads not won that were worth an offer: these are qualified too."""
    referral_tilt: float = 1.6
    """How much likelier a customer of the best quarter by order rate came by referral."""

    dead_product: str = "P-507"
    """Planted: a product that nearly nobody buys any more …"""
    dead_from: date = date(2025, 10, 1)
    """… since this day …"""
    dead_factor: float = 0.02
    """… its sales as a share of before."""
    seasonal_product: str = "P-801"
    """Planted: a product that sells in autumn only."""
    seasonal_index: tuple[float, ...] = (0, 0, 0, 0, 0, 0, 0, 0, 0.3, 2.0, 7.0, 2.7)
    """Its index by month, January first."""
    pair: tuple[str, str] = ("P-101", "P-401")
    """Planted: who buys the first of these often takes the second along."""
    pair_chance: float = 0.4
    """Chance that the first brings the second into a basket of several articles."""

    lapsed_share: float = 0.008
    """Planted: a group of companies who bought often and dearly, as a share of customers."""
    lapsed_rate: float = 0.17
    """Their orders a week while they bought."""
    lapsed_spend: float = 1.9
    """Their mean order value as a multiple of `spend_mean`."""
    lapsed_between: tuple[date, date] = (date(2025, 7, 1), date(2026, 3, 1))
    """All of them stopped for good between these days."""

    winning_test: TrueTest = TrueTest(
        "free_delivery", "free_delivery", "email", date(2026, 7, 7), 0.8, 2.4
    )
    """Planted: an A/B test with a winner."""
    null_test: TrueTest = TrueTest("sms_morning", "morning", "sms", date(2026, 5, 12), 0.8, 0.0)
    """Planted: an A/B test without a difference."""
    test_effect_days: int = 14
    """Days an offer under test works."""
    test_days: int = 30
    """Days after the draw in which an order counts for a test."""

    csat: tuple[float, ...] = (0.03, 0.04, 0.11, 0.35, 0.47)
    """Shares of the answers 1 to 5: CSAT, the share of 4 and 5, is 0.82."""
    nps: tuple[float, ...] = (
        *(0.01, 0.01, 0.01, 0.01, 0.02, 0.05, 0.06),
        *(0.12, 0.19, 0.25, 0.27),
    )
    """Shares of the answers 0 to 10: 52 % promoters less 17 % detractors is an NPS of 35."""
    loyal_are_happier: float = 0.25
    """Correlation of satisfaction with a low chance to leave."""

    duplicate_rows: float = 0.005
    """Dirt: exact duplicates, as a share of rows in orders, order lines and touches."""
    refunds: float = 0.02
    """Refund rows (negative amounts), as a share of orders."""
    cancelled: float = 0.02
    """Dirt: cancelled orders, as a share of orders."""
    till: float = 0.025
    """Orders rung up at the till without a customer, as a share of orders."""
    zero_amounts: int = 8
    """Dirt: orders of free samples."""
    bad_dates: tuple[str, ...] = ("31.02.2025 10:15", "n/a", "00.00.0000 00:00")
    """Dirt: order dates nobody can read."""
    open_orders: int = 12
    """Orders of the last two days still being processed."""


TRUTH = TrueParameters()
