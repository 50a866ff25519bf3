import json
import runpy
import sys
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from crm_strategy.plan.schema import schema_text, write_schema
from crm_strategy.plan.template import new_params

SCHEMA = json.loads(schema_text())
ROOT = Path(__file__).parents[2]


def errors(text):
    # Editors read a day as text.
    value = json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))
    return [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(value)]


def test_the_schema_in_params_is_fresh():
    assert (ROOT / "params/params.schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_new_file_keeps_to_the_schema():
    assert errors(new_params("Acme", {"orders": ("orders.csv", {"order_id": "Id"})})) == []


@pytest.mark.parametrize("language", ["ru", "[en, ru]"])
def test_one_language_and_several_keep_to_the_schema(language):
    text = f"client: Acme\nlanguage: {language}\ndata: {{orders: {{file: a.csv}}}}\n"

    assert errors(text) == []


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("goal: []", "Additional properties are not allowed ('goal' was unexpected)"),
        ("rhythm: weekly", "'weekly' is not one of ['month', 'quarter', 'half', 'year']"),
        ("privacy: {min_cell: 3}", "3 is less than the minimum of 5"),
    ],
)
def test_editors_see_what_is_wrong(yaml, message):
    assert errors(f"client: Acme\ndata: {{orders: {{file: a.csv}}}}\n{yaml}\n") == [message]


def test_every_key_is_explained():
    for name, model in {"Params": SCHEMA, **SCHEMA["$defs"]}.items():
        for key, value in model.get("properties", {}).items():
            assert value.get("description"), f"{name}.{key}"


def test_the_command_writes_the_schema(tmp_path, monkeypatch):
    file = tmp_path / "made.json"
    monkeypatch.setattr(sys, "argv", ["schema", str(file)])
    monkeypatch.delitem(sys.modules, "crm_strategy.plan.schema")
    runpy.run_module("crm_strategy.plan.schema", run_name="__main__")

    assert file.read_text(encoding="utf-8") == schema_text()


def test_a_written_schema_is_the_schema(tmp_path):
    write_schema(tmp_path / "schema.json")

    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8")) == SCHEMA
