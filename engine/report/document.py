"""Documents in JSON: plain data as ASCII text, and what stands in several of them."""

import json
from typing import Any

from ...policy.findings import Finding

Data = dict[str, Any]
"""Plain data: dictionaries, lists, strings, numbers."""


def as_document(data: Data) -> str:
    """Plain data as a document, with a newline at its end."""
    # json leaves DEL alone; it can only stand inside a string.
    return json.dumps(data, indent=2).replace("\x7f", "\\u007f") + "\n"


def finding_data(finding: Finding) -> Data:
    """A finding by the contract."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": finding.path,
        "commit": finding.commit,
        "fix": finding.fix,
        "line": finding.line,
    }
