"""`forkpolicy schema`: the policy's JSON Schema, for editors."""

import sys

from ..schema_file import schema_text


def run() -> int:
    """Print the schema."""
    sys.stdout.write(schema_text())
    return 0
