"""The JSON Schema of the parameters file: editors complete and check by it.

`python -m crm_strategy.plan.schema [FILE]` writes it anew, to params/params.schema.json
unless told otherwise.
"""

import json
import sys
from pathlib import Path

from crm_strategy.plan.params import Params

SCHEMA_NAME = "params.schema.json"
"""The schema lies beside the parameters files and is named in their first line."""

FIRST_LINE = f"# yaml-language-server: $schema={SCHEMA_NAME}"


def schema_text() -> str:
    """The schema as it is written."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Params.model_json_schema(),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schema(path: Path) -> None:
    """Write the schema to a file."""
    path.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    write_schema(Path(sys.argv[1] if len(sys.argv) > 1 else f"params/{SCHEMA_NAME}"))
