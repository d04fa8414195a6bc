"""The policy's JSON Schema as the file that editors read."""

import json

from ..policy.schema import schema

SCHEMA_NAME = "carto-fork.schema.json"
"""The file that `forkpolicy init` writes beside the policy, and that the policy's first line names."""


def schema_text() -> str:
    """The schema's file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
