"""Tables of attribution: every rule's credit side by side, and whether channels pay."""

from typing import Final

import numpy as np
import pandas as pd

from crm_strategy.analysis.attribution import RULES
from crm_strategy.analysis.channel_crowds import OTHERS, UNSHARED
from crm_strategy.views.cells import Data, frame_of
from crm_strategy.views.channel_privacy import UNTOLD, UNTOUCHED, channels_untold, rules_untold
from crm_strategy.views.layout import Layout, Suppress
from crm_strategy.views.ranges import with_range
from crm_strategy.views.table import Table

ENDS: Final = "ends_untold"
_RULES_UNTOLD: Final = tuple(f"{rule}_untold" for rule in UNSHARED)
"""Guards, which neither the page nor the workbook shows: 1 where a rule's figure, or the range
that it ends, would tell a small group."""

NAMES: Final = ("label:channel", "views.attribution.{}")
_SHOWN: Final = RULES[:7]
_VALUES: Final = tuple(f"{rule}_value" for rule in RULES)
_CREDIT: Final = (
    *("low", "high", "range", "value_low", "value_high", "roi_low", "roi_high"),
    *("roi_least", "roi_most", "roi_rules", "roi_chance"),
    *("break_even_share", "conversion_count"),
)
_ENDED: Final = (
    *("low", "high", "range", "value_low", "value_high", "roi_low", "roi_high", "roi_rules"),
    "break_even_share",
)
GUARDS: Final = (UNTOLD, *_RULES_UNTOLD, ENDS, OTHERS)
_REST: Final = Suppress(count=OTHERS, hides=("conversion_count",))
"""All orders after a touch less those that a channel led to are those that it did not."""


def with_untold(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the guards of channels and rules that tell a small group, and of their ranges.

    Parameters
    ----------
    rows
        All channels of the credit, or of the verdicts.
    """
    if "conversion_count" not in rows:
        return rows.assign(**{UNTOLD: np.nan, ENDS: np.nan})
    found = rows.assign(**{UNTOLD: np.where(channels_untold(rows), 1.0, np.nan), ENDS: np.nan})
    if not set(UNSHARED) <= set(rows.columns):
        return found
    untold, ends = rules_untold(rows), np.zeros(len(rows), dtype=bool)
    for rule, name in zip(UNSHARED, _RULES_UNTOLD, strict=True):
        gone = untold[rule]
        found = found.assign(**{name: np.where(gone, 1.0, np.nan)})
        for end in ("low", "high"):
            ends |= gone & np.isclose(rows[rule].astype("float64"), rows[end].astype("float64"))
    return found.assign(**{ENDS: np.where(ends, 1.0, np.nan)})


RULE_GUARDS: Final = tuple(
    Suppress(count=name, hides=(rule, f"{rule}_value"))
    for rule, name in zip(UNSHARED, _RULES_UNTOLD, strict=True)
)
"""Hide what `with_untold` marks."""


def attribution_table(credit: Data) -> Table:
    """Orders credited to each channel, a column a rule."""
    rest = ("last_non_direct", "conversion_count", "shapley_error", "markov_order", *GUARDS)
    return Table(
        with_untold(_largest_first(frame_of(credit))),
        id="attribution",
        formats=dict.fromkeys((*RULES, "shapley_error"), "score") | {"markov_order": "count"},
        suppress=(Suppress(count=UNTOLD), *RULE_GUARDS, _REST),
        total=RULES,
        layout=Layout(
            columns=("channel", *_SHOWN, *rest),
            words={"channel": NAMES},
            sheet_only=rest,
            page_only=GUARDS,
            ranked=True,
        ),
    )


def attribution_value_table(credit: Data) -> Table:
    """Revenue of the orders credited to each channel, a column a rule."""
    rows = with_untold(_largest_first(frame_of(credit)))
    known = [column for column in _VALUES if column in rows and rows[column].notna().all()]
    rest = ("last_non_direct_value", "shapley_kind", *GUARDS)
    return Table(
        rows,
        id="attribution_value",
        formats=dict.fromkeys(_VALUES, "money"),
        suppress=(Suppress(count=UNTOLD), *RULE_GUARDS),
        total=known,
        layout=Layout(
            columns=("channel", *_VALUES[:7], *rest),
            words={"channel": NAMES, "shapley_kind": "views.shapley_kind.{}"},
            sheet_only=rest,
            page_only=GUARDS,
            ranked=True,
        ),
    )


def attribution_verdicts_table(verdicts: Data) -> Table:
    """Whether each channel pays under every rule, some or none, and what that rests on."""
    rows = with_untold(with_range(frame_of(verdicts), "score"))
    if len(rows):
        rows = rows.sort_values(["roi_high", "channel"], ascending=[False, True])
        rows = rows.assign(
            roi_rules=_ranges(rows, "roi_low", "roi_high"),
            roi_chance=_ranges(rows, "roi_least", "roi_most"),
        )
    ratios = ("roi_low", "roi_high", "roi_least", "roi_most")
    rest = (*ratios, "margin_share", UNTOLD, ENDS, OTHERS)
    return Table(
        rows,
        id="attribution_verdicts",
        formats={
            **dict.fromkeys(ratios, "ratio"),
            **dict.fromkeys(("range", "roi_rules", "roi_chance"), "interval"),
            **dict.fromkeys(("break_even_share", "margin_share"), "share"),
        },
        suppress=(
            Suppress(count=UNTOLD, hides=_CREDIT),
            Suppress(count=ENDS, hides=_ENDED),
            _REST,
        ),
        layout=Layout(
            columns=(
                *("channel", "verdict", "cost", "range", "roi_rules", "roi_chance"),
                *("break_even_share", "conversion_count", *rest),
            ),
            sheet_only=rest,
            page_only=("range", "roi_rules", "roi_chance", UNTOLD, ENDS, OTHERS),
            ranked=True,
        ),
    )


def _ranges(rows: pd.DataFrame, low: str, high: str) -> list[str | None]:
    ends = rows.reindex(columns=[low, high]).rename(columns={low: "low", high: "high"})
    return list(with_range(ends, "ratio")["range"])


def _largest_first(credit: pd.DataFrame) -> pd.DataFrame:
    """Channels by their linear credit, then the orders without a touch; without channels none."""
    if credit.empty or credit["channel"].isna().all():
        return credit[:0]
    rows = credit.assign(untouched=credit["channel"].isna())
    rows = rows.sort_values(["untouched", "linear", "channel"], ascending=[True, False, True])
    return rows.assign(channel=rows["channel"].fillna(UNTOUCHED)).drop(columns="untouched")
