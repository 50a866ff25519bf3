from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from crm_strategy.errors import ParamsError
from crm_strategy.plan.params import Params, read_params

settings.register_profile("plan", deadline=None)
settings.load_profile("plan")

Read = Callable[[str], Params]
Refusal = Callable[[str], str]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads YAML text as params/acme.yml."""
    monkeypatch.chdir(tmp_path)
    Path("params").mkdir()

    def read_text(text: str) -> Params:
        Path("params/acme.yml").write_text(text, encoding="utf-8")
        return read_params("params/acme.yml")

    return read_text


@pytest.fixture
def refusal(read: Read) -> Refusal:
    """The whole message with which YAML text is refused."""

    def message(text: str) -> str:
        with pytest.raises(ParamsError) as refused:
            read(text)
        return str(refused.value)

    return message
