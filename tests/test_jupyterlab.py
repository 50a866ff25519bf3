"""The notebooks by hand: Run All in JupyterLab, and its export list."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import Page
from tests.conftest import REPO

pytestmark = pytest.mark.whole

NOTEBOOKS = sorted(path.name for path in (REPO / "notebooks").glob("[0-9]*.ipynb"))
TOKEN = "only-for-this-test"

STATE = """(() => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    const cells = panel?.content?.model?.cells;
    if (!cells || !panel.sessionContext?.isReady) return null;
    const code = Array.from(cells).filter(cell => cell.type === 'code').map(cell => cell.toJSON());
    return {
        path: panel.context.path,
        waiting: code.filter(cell => cell.execution_count === null).length,
        errors: code.flatMap(cell => cell.outputs.filter(o => o.output_type === 'error')
            .map(o => o.ename + ': ' + o.evalue)),
        outputs: code.flatMap(cell => cell.outputs.flatMap(o => Object.keys(o.data ?? {}))),
    };
})()"""
# Asked five times a second, so without the pictures that the state brings.
ENDED = """(() => {
    const cells = Array.from(window.jupyterapp.shell.currentWidget.content.model.cells);
    const code = cells.filter(cell => cell.type === 'code');
    const failed = cell => Array.from({length: cell.outputs.length}, (_, n) => cell.outputs.get(n))
        .some(output => output.type === 'error');
    return code.every(cell => cell.executionCount !== null) || code.some(failed);
})()"""


@pytest.fixture(scope="module")
def lab(shop_workbook: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab on a small business, whose data are prepared; yields its address.

    The business stands in place of the demo, whose notebooks `test_by_hand` runs as plainly.
    """
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(REPO / "notebooks", root / "notebooks")
    (root / "params").mkdir()
    shutil.copy(shop_workbook / "params/shop.yml", root / "params/demo.yml")
    for name in ("orders.csv", "reports"):
        (root / name).symlink_to(shop_workbook / name)
    log = (root / "lab.log").open("w")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--port=0", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"),
            *("--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={root}"),
        ],
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(root / ".jupyter")},
    )
    try:
        yield _address(root / "lab.log")
    finally:
        server.terminate()
        server.wait(timeout=60)
        log.close()


@pytest.fixture(scope="module")
def page(lab: str) -> Iterator[Page]:
    with Page() as page:
        page.goto(f"{lab}/lab?token={TOKEN}")
        page.wait_for("typeof window.jupyterapp === 'object'")
        page.evaluate("window.jupyterapp.restored.then(() => true)")
        yield page


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_run_all_in_jupyterlab_leaves_no_error(page: Page, name: str) -> None:
    _execute(page, "docmanager:open", path=f"notebooks/{name}")
    page.wait_for(f"({STATE})?.path === 'notebooks/{name}'", seconds=120)
    _execute(page, "notebook:run-all-cells")
    page.wait_for(ENDED, seconds=120)
    state = page.evaluate(STATE)
    assert state["errors"] == []
    assert state["waiting"] == 0
    assert "application/vnd.crm-strategy.meta.v1+json" in state["outputs"]
    _execute(page, "docmanager:save")


def test_both_exporters_are_listed_and_download(lab: str, page: Page) -> None:
    assert {"report", "excel"} <= set(json.loads(_get(f"{lab}/api/nbconvert")))
    saved = f"notebooks/{NOTEBOOKS[-1]}?download=true"
    assert _get(f"{lab}/nbconvert/report/{saved}").startswith(b"<!DOCTYPE html>")
    assert _get(f"{lab}/nbconvert/excel/{saved}").startswith(b"PK")


def _execute(page: Page, command: str, **arguments: str) -> None:
    call = f"window.jupyterapp.commands.execute('{command}', {json.dumps(arguments)})"
    page.evaluate(f"{call}.then(() => true)")


def _get(address: str) -> bytes:
    request = urllib.request.Request(address, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request, timeout=120) as reply:
        return bytes(reply.read())


def _address(log: Path) -> str:
    for _ in range(600):
        found = re.search(r"http://127\.0\.0\.1:(\d+)/lab", log.read_text())
        if found:
            return f"http://127.0.0.1:{found[1]}"
        time.sleep(0.1)
    raise TimeoutError(log.read_text())
