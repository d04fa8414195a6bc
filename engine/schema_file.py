"""The policy's JSON Schema as the file that editors read."""

import json

from ..policy.schema import schema


def schema_text() -> str:
    """The schema's file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
