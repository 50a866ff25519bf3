"""The demo business Eco Mart: three years of a shop's files, drawn from known parameters.

`TRUTH` holds the parameters; what an analysis finds in the files can be held against them.
Eco Mart does not exist, and neither do its customers: no names, addresses or numbers.
"""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from crm_strategy.data.demo_business import DemoBusiness, draw_business, random_of
from crm_strategy.data.demo_files import FILES, write_files
from crm_strategy.data.demo_truth import TRUTH

__all__ = [
    "DEMO_VERSION",
    "FILES",
    "TRUTH",
    "DemoBusiness",
    "draw_business",
    "needs_demo",
    "write_demo",
]

DEMO_VERSION = "3"
"""Counts up when the files change, so that older ones are written anew."""

SEED = 20260930
CUSTOMERS = 6000
_MARKER = "demo-version.txt"


def needs_demo(folder: Path) -> bool:
    """Whether `folder` lacks the demo business' files, whole and of this version."""
    marker = folder / _MARKER
    if not marker.is_file() or marker.read_text(encoding="utf-8").strip() != DEMO_VERSION:
        return True
    return not all((folder / name).is_file() for name in FILES)


def write_demo(folder: Path, *, seed: int = SEED, customers: int = CUSTOMERS) -> list[Path]:
    """Write the demo business' files into `folder`.

    The files are written aside and renamed; a marker is written last, so an interrupted run
    leaves no half file, and `needs_demo` says to write again. Other files stay as they are.

    Parameters
    ----------
    folder
        Made if absent.
    seed
        Seed of all chance: the same seed and size give the same bytes in every csv file.
    customers
        Number of customers; touches, costs and planted groups scale with it.

    Returns
    -------
    list of Path
        The files, customers first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    aside = Path(mkdtemp(prefix=".demo-", dir=folder))
    try:
        business = draw_business(seed=seed, customers=customers)
        names = write_files(aside, business, random_of(seed, "dirt"))
        (aside / _MARKER).write_text(f"{DEMO_VERSION}\n", encoding="utf-8")
        (folder / _MARKER).unlink(missing_ok=True)
        for name in (*names, _MARKER):
            (aside / name).replace(folder / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return [folder / name for name in names]
