"""The report from one params file: prepare, run the chapters, export, publish."""

from pathlib import Path

from crm_strategy.report.kernels import Kernels
from crm_strategy.report.progress import Quiet


def run_report(
    params: Path | str,
    *,
    period: str = "latest",
    languages: tuple[str, ...] = (),
    out: Path | None = None,
    jobs: int | None = None,
    plain_kernels: bool = False,
    progress: Quiet | None = None,
) -> Path:
    """Make a client's report of one period.

    Parameters
    ----------
    params
        The client's parameters file.
    period
        `2026-Q3`, …, or `latest`: the last complete one in the data.
    languages
        `en`, `ru`; those of the params file when left out.
    out
        The reports' folder; the workbook's own when left out.
    jobs
        Notebooks that run at once; as many as there are cores when left out.
    plain_kernels
        Start ordinary kernels instead of forking a warm one.
    progress
        Is told of every step.

    Returns
    -------
    Path
        The folder `<reports>/<client>/<period>`: `report.<language>.html`, `.xlsx` and
        `.ipynb`, and `manifest.json`. It is new as a whole or as it was.

    Raises
    ------
    ParamsError, DataError
        The input is wrong.
    ReportError
        A chapter failed, or the report can't be written.
    """
    with Kernels(plain=plain_kernels) as kernels:
        # Imported here, while the warm process is importing too: together they take seconds.
        from crm_strategy.plan.params import read_params

        client = read_params(params)
        from crm_strategy.report.making import Order, make_report

        order = Order(client, period, languages, out, jobs)
        return make_report(order, kernels, progress or Quiet())
