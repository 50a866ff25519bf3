"""Coverage: touchpoints used but not mapped, mapped but not used, segments without an action."""

import pandas as pd

COLUMNS = ("gap", "name", "channel", "touch_count", "customer_count", "smallest_count")


def touchpoint_coverage(touchpoints: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """What the map and the touches do not have in common.

    Parameters
    ----------
    touchpoints
        Result of `touchpoint_map.mapped_touchpoints`.
    actions
        Cells of the plan: `segment`, `touchpoint_id`, `target_action`.

    Returns
    -------
    DataFrame
        `gap` (used_unmapped: customers meet it, the map lacks it; mapped_unused: on the map,
        without a touch; bare_segment: no target action anywhere; then, for comparison, online
        and offline: the mapped touchpoints there), `name` (touchpoint, segment, or how many
        touchpoints), `channel`, `touch_count`, `customer_count` (missing where not counted;
        of places: missing, since customers meet several), `smallest_count` (of places: the
        customers of the touchpoint there that fewest met, for those who hide small groups).
    """
    rows: list[dict[str, object]] = []
    mapped = touchpoints["place"].notna()
    if touchpoints["touch_count"].notna().any():
        lacking = touchpoints[~mapped]
        rows += [_row("used_unmapped", each) for each in lacking.to_dict("records")]
        unused = touchpoints[mapped & touchpoints["touch_count"].isna()]
        rows += [_row("mapped_unused", each) for each in unused.to_dict("records")]
    if len(actions):
        agreed = actions["target_action"].notna().groupby(actions["segment"], sort=False).any()
        rows += [
            {"gap": "bare_segment", "name": segment} for segment, has in agreed.items() if not has
        ]
    for place in ("online", "offline"):
        there = touchpoints[touchpoints["place"] == place]
        if mapped.any():
            touches = there["touch_count"].sum() if there["touch_count"].notna().any() else None
            met = there["customer_count"].where(there["customer_count"] > 0)
            row = {"gap": place, "name": str(len(there)), "touch_count": touches}
            rows.append(row | {"smallest_count": met.min()})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(gap: str, touchpoint: "dict[str, object] | pd.Series") -> dict[str, object]:
    return {"gap": gap, "name": touchpoint["touchpoint"]} | {
        name: touchpoint[name] for name in COLUMNS[2:5]
    }
