"""When the prepared file is made, reused, waited for, refused and cleared away."""

import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import ibis
import pytest
from filelock import FileLock

from crm_strategy.data.prepare import prepare
from crm_strategy.errors import ReportError
from crm_strategy.plan.params import read_params
from tests.data.clients import TODAY, Prepared, client
from tests.data.four_orders import ORDERS

DATA = "  orders: {file: ../data/orders.csv}\n"


@pytest.fixture(scope="module")
def prepared_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a client whose data are prepared."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(read_params(client(folder, DATA, {"orders.csv": ORDERS})))
    return folder


@pytest.fixture
def params(prepared_once: Path, tmp_path: Path) -> Path:
    """The params of a copy of that client, to change."""
    return shutil.copytree(prepared_once, tmp_path, dirs_exist_ok=True) / "params/acme.yml"


def prepared_file(params: Path) -> Path:
    """The file that was made of a client's data before."""
    (made,) = (params.parents[1] / "reports/.cache").glob("acme-*.duckdb")
    return made


def test_an_unchanged_client_is_not_prepared_again(tmp_path: Path):
    params = client(tmp_path, DATA, {"orders.csv": ORDERS})
    steps: list[str] = []
    first = prepare(read_params(params), on_step=steps.append)
    assert steps[0] == "Reading ../data/orders.csv"
    made = first.stat().st_mtime_ns
    (tmp_path / "data/orders.csv").touch()
    steps.clear()
    assert prepare(read_params(params), on_step=steps.append) == first
    assert steps == []
    assert first.stat().st_mtime_ns == made


@pytest.mark.parametrize("change", ["input", "mapping", "rules", "currency", "reason"])
def test_what_the_data_depend_on_prepares_them_anew_and_removes_the_old(
    params: Path, tmp_path: Path, change: str
):
    first = prepared_file(params)
    text = params.read_text()
    if change == "input":
        (tmp_path / "data/orders.csv").write_text(ORDERS.replace("30\n", "31\n"))
    else:
        data = "orders: {file: ../data/orders.csv"
        params.write_text(
            {
                "mapping": text.replace(data, f"{data}, columns: {{coupon: customer_id}}"),
                "rules": text + "  rules: {zero_amounts: exclude}\n",
                "currency": text.replace("currency: EUR", "currency: USD"),
                "reason": text + 'privacy: {special_categories: {religion: "asked for it"}}\n',
            }[change]
        )
    second = prepare(read_params(params))
    assert second != first
    assert not first.exists()
    assert second.exists()


def test_a_changed_engine_table_is_prepared_anew(tmp_path: Path):
    lite = ibis.sqlite.connect(tmp_path / "shop.sqlite")
    rows = {"order_id": [1], "customer_id": ["a"], "ordered_at": ["2026-01-05"], "amount": [10.0]}
    lite.create_table("orders", ibis.memtable(rows))
    data = f"  engine: sqlite://{tmp_path / 'shop.sqlite'}\n  orders: {{table: orders}}\n"
    params = client(tmp_path, data, {})
    first = prepare(read_params(params))
    assert prepare(read_params(params)) == first
    lite.insert("orders", ibis.memtable(rows | {"order_id": [2], "amount": [5.0]}))
    lite.disconnect()
    assert Prepared(prepare(read_params(params))).column("orders", "amount") == [10.0, 5.0]


def test_goals_and_texts_do_not_prepare_the_data_anew(params: Path):
    first = prepared_file(params)
    params.write_text(params.read_text() + "rfm: {bins: 4}\nprivacy: {min_cell: 20}\n")
    assert prepare(read_params(params)) == first


def test_what_an_interrupted_run_left_is_cleared(tmp_path: Path):
    params = client(tmp_path, DATA, {"orders.csv": ORDERS})
    cache = tmp_path / "reports/.cache"
    (cache / "acme.x1y2.scratch").mkdir(parents=True)
    (cache / "acme.x1y2.scratch/raw.duckdb").write_bytes(b"half")
    (cache / "acme-0123456789abcdef.tmp").write_bytes(b"half")
    (cache / "acme-two-0123456789abcdef.duckdb").write_bytes(b"another client's")
    made = prepare(read_params(params))
    assert sorted(path.name for path in cache.iterdir()) == sorted(
        [made.name, "acme.inputs.json", "acme.lock", "acme-two-0123456789abcdef.duckdb"]
    )


def test_data_that_fail_leave_no_trace_and_the_old_file_as_it_was(params: Path, tmp_path: Path):
    first = prepared_file(params)
    before = first.read_bytes()
    (tmp_path / "data/orders.csv").write_text("order_id,customer_id,amount\n1,a,5\n")
    with pytest.raises(Exception, match="no column 'ordered_at'"):
        prepare(read_params(params))
    assert first.read_bytes() == before
    names = {path.name for path in first.parent.iterdir()}
    assert names == {first.name, "acme.inputs.json", "acme.lock"}


def test_many_processes_prepare_once_and_read_at_once(tmp_path: Path):
    params = client(tmp_path, DATA, {"orders.csv": ORDERS})
    with ProcessPoolExecutor(4) as pool:
        results = list(pool.map(_prepare_and_read, [params] * 4))
    paths, totals, builders = zip(*results, strict=True)
    assert len(set(paths)) == 1
    assert totals == (60.5,) * 4
    assert sum(builders) == 1


def _prepare_and_read(params: Path) -> tuple[Path, float, bool]:
    steps: list[str] = []
    path = prepare(read_params(params), on_step=steps.append)
    total = sum(Prepared(path).column("orders", "amount"))
    return path, total, any(step.startswith("Reading") for step in steps)


def test_a_second_run_says_that_it_waits(tmp_path: Path):
    params = client(tmp_path, DATA, {"orders.csv": ORDERS})
    (tmp_path / "reports/.cache").mkdir(parents=True)
    lock = FileLock(tmp_path / "reports/.cache/acme.lock")
    lock.acquire()
    steps: list[str] = []

    def release_when_told(step: str) -> None:
        steps.append(step)
        lock.release()

    prepare(read_params(params), on_step=release_when_told)
    assert steps[0] == "Waiting for another run of this client to prepare the data"


def test_a_prepared_file_is_used_where_nothing_can_be_written(params: Path):
    made = prepared_file(params)
    for path in made.parent.iterdir():
        path.chmod(0o444)
    made.parent.chmod(0o555)
    try:
        assert prepare(read_params(params)) == made
        assert sum(Prepared(made).column("orders", "amount")) == 60.5
    finally:
        made.parent.chmod(0o755)


def test_a_reports_folder_that_cannot_be_written_is_named(tmp_path: Path):
    params = client(tmp_path, DATA, {"orders.csv": ORDERS})
    (tmp_path / "reports").write_text("a file, not a folder")
    with pytest.raises(ReportError) as error:
        prepare(read_params(params))
    assert str(error.value) == (
        f"{tmp_path / 'reports' / '.cache'}: the prepared data can't be written: "
        "Not a directory.\n"
        "Make it writable, or give another folder: --out DIR, or CRM_STRATEGY_REPORTS=DIR."
    )


def test_the_reports_folder_may_be_given_or_named_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    params = client(tmp_path, DATA, {"orders.csv": ORDERS})
    monkeypatch.setenv("CRM_STRATEGY_REPORTS", str(tmp_path / "elsewhere"))
    read = read_params(params)
    assert prepare(read, today=TODAY).parent == tmp_path / "elsewhere/.cache"
    assert prepare(read, reports=tmp_path / "given").parent == tmp_path / "given/.cache"


@pytest.mark.parametrize("step", ["Checking orders.csv", "Writing the prepared tables"])
def test_an_interrupted_run_leaves_the_old_file_and_no_trace(
    params: Path, tmp_path: Path, step: str
):
    first = prepared_file(params)
    before = first.read_bytes()
    (tmp_path / "data/orders.csv").write_text(ORDERS.replace("30\n", "31\n"))

    def interrupt(told: str) -> None:
        if told == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(read_params(params), on_step=interrupt)
    assert first.read_bytes() == before
    assert {path.name for path in first.parent.iterdir()} == {
        first.name,
        "acme.inputs.json",
        "acme.lock",
    }


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from crm_strategy.data.prepare import prepare
from crm_strategy.errors import ReportError
from crm_strategy.plan.params import read_params

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    prepare(read_params(Path(sys.argv[1])))
except ReportError as error:
    print(error)
"""


def test_a_full_disk_is_told_and_leaves_no_trace(tmp_path: Path):
    params = client(tmp_path, DATA, {"orders.csv": ORDERS})
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, params], capture_output=True, text=True, check=True
    )
    first, second = done.stdout.splitlines()
    cache = tmp_path / "reports/.cache"
    assert first.startswith(f"{cache}: the prepared data can't be written: ")
    assert second == (
        "Free some space, or give another folder: --out DIR, or CRM_STRATEGY_REPORTS=DIR."
    )
    assert [path.name for path in cache.iterdir()] == ["acme.lock"]
