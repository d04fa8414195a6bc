"""The report of the gate as SARIF 2.1.0 (OASIS), for code scanning and for editors.

A result keeps its fingerprint through rebases: it is made of the check, the path and the message without the
numbers and object ids in it. GitHub takes `primaryLocationLineHash` where a file has it, and shows no result
without a place in a file: what concerns no file is placed at the policy.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version

from ...policy.checks.check import Check
from ...policy.findings import Finding
from ..check_report import CheckReport, Waived
from ..escape import one_line, url
from .document import Data, as_document

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/forkpolicy/forkpolicy"
"""The address of this project, as in pyproject.toml."""

_TEXT = 2000
_PATH = 4096
_CHANGES_ON_REBASE = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{7,64}\b|\d[\d,.]*")
_PLACEHOLDERS = str.maketrans({"{": "{{", "}": "}}"})


def to_sarif(report: CheckReport, checks: Sequence[Check]) -> str:
    """The report as a document: a run with every check as a rule; what is waived is there, and suppressed."""
    found = [*((each, None) for each in report.findings), *((each.finding, each) for each in report.waived)]
    known = {each.name for each in checks}
    others = dict.fromkeys(each.rule for each, _ in found if each.rule not in known)
    rules = [*map(_check_rule, checks), *map(_other_rule, others)]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    prints = _fingerprints(each for each, _ in found)
    results = [
        _result(finding, waived, fingerprint, index[finding.rule], report.policy.path)
        for (finding, waived), fingerprint in zip(found, prints, strict=True)
    ]
    driver = {"name": "forkpolicy", "version": version("forkpolicy"), "informationUri": HOME, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"base": report.base, "head": report.head, "standing": report.standing},
    }
    return as_document({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


# Private


def _check_rule(check: Check) -> Data:
    return {
        "id": check.name,
        "shortDescription": {"text": _text(check.name.replace("-", " "))},
        "fullDescription": {"text": _text(f"Fails when {check.fails_when}")},
        "help": {"text": _text(check.mend)},
        "helpUri": f"{HOME}/blob/main/docs/findings/{check.name}.md",
        "defaultConfiguration": {"level": check.severity.value},
    }


def _other_rule(name: str) -> Data:
    """What is no check of the gate: what is unusual about the repository."""
    shown = {"text": _text(name.replace("-", " "))}
    return {"id": name, "shortDescription": shown, "helpUri": f"{HOME}/blob/main/docs/preflight.md"}


def _result(finding: Finding, waived: Waived | None, fingerprint: str, rule: int, policy: str) -> Data:
    fix = f"\nTo mend it: {_text(finding.fix)}" if finding.fix else ""
    result: Data = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": _text(finding.message) + fix},
        "locations": [{"physicalLocation": _place(finding, policy)}],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint, "forkpolicyFinding/v1": fingerprint},
        "properties": {"commit": finding.commit} if finding.commit else {},
    }
    if waived is not None:
        reason = f"{one_line(waived.reason, _TEXT)} (until {waived.until})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result


def _place(finding: Finding, policy: str) -> Data:
    path, line = (policy, finding.line) if finding.path is None else (finding.path, None)
    return {"artifactLocation": {"uri": url(path, _PATH)}, "region": {"startLine": line or 1}}


def _text(text: str) -> str:
    """Plain text of a message: braces stand for themselves (SARIF 3.11.5), brackets make no link (3.11.6)."""
    return re.sub(r"\](?=\()", "]\u200b", one_line(text, _TEXT)).translate(_PLACEHOLDERS)


def _fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """One for each finding, in order; of findings that are alike, the second and later ones are numbered."""
    seen: Counter[str] = Counter()
    for each in findings:
        words = _CHANGES_ON_REBASE.sub("#", each.message)
        key = "\0".join((each.rule, each.path or "", words))
        alike = f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass")
        seen[key] += 1
        yield hashlib.sha256(alike).hexdigest()[:32]
