"""Ready-made journeys: each step must be named, and is called as the parameters call it."""

from collections.abc import Mapping

import ibis
from ibis import _

from crm_strategy.data import engine
from crm_strategy.data.distinct import MOST_VALUES
from crm_strategy.data.duplicates import PLACE
from crm_strategy.data.staging import Staged
from crm_strategy.data.vocabulary import fold
from crm_strategy.errors import DataError

BETWEEN = ">"
"""What separates the channels of a path in a file."""

_EMPTY_STEP = r"(^|>)\s*(>|$)"
_COUNTS = ("conversions", "nulls")


def check_paths(staged: Staged) -> None:
    """Whether every step of every path is named, and no count is below 0.

    Raises
    ------
    DataError
        With the first row: attribution would credit a channel without a name.
    """
    rows = staged.table.filter(_.path.notnull())
    empty = rows.filter(_.path.re_search(_EMPTY_STEP))
    remedy = f"Write a channel between any two '{BETWEEN}', or leave the row out."
    _refuse(staged, empty, "has an empty step", remedy)
    for column in _COUNTS:
        if column in staged:
            below = rows.filter(_[column] < 0)
            _refuse(staged, below, f"has {column} below 0", "Correct it, or leave the row out.")


def with_path_channels(paths: ibis.Table, spelled: Mapping[str, str]) -> ibis.Table:
    """Paths with each step as the parameters call it, where only the spelling differs.

    Parameters
    ----------
    paths
        `path`: channels with `>` between them.
    spelled
        As the text folds: the channel of the parameters.
    """
    steps = paths.path.split(BETWEEN)
    named = paths.select(step=steps.unnest()).select(step=_.step.strip()).distinct()
    texts = [row["step"] for row in engine.rows(named.order_by("step").limit(MOST_VALUES + 1))]
    changes = {text: spelled[fold(text)] for text in texts if fold(text) in spelled}
    changes = {text: channel for text, channel in changes.items() if text != channel}
    if not changes or len(texts) > MOST_VALUES:
        return paths

    def renamed(step: ibis.Value) -> ibis.Value:
        bare = step.strip()
        return bare.cases(*changes.items(), else_=bare)

    return paths.mutate(path=steps.map(renamed).join(f" {BETWEEN} "))


def _refuse(staged: Staged, rows: ibis.Table, what: str, remedy: str) -> None:
    first = engine.rows(rows.order_by(list(PLACE)).limit(1))
    if not first:
        return
    count, place = engine.count(rows), first[0]
    several = f"; so have {count - 1:,} more of {staged.source.row_count:,} rows" * (count > 1)
    raise DataError(
        f"{staged.place.label}: row {place['_row']} of the data, '{place['path']}', {what}"
        f"{several}.\n{remedy}"
    )
