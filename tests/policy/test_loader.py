"""The loader: what is wrong with a policy, all at once; `broken/` has the policies."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from forkpolicy.policy.errors import PolicyError
from forkpolicy.policy.loader import load

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.yaml"))

MINIMAL = b"""\
schema: 1
fork: { name: CARTO, repository: CartoDB/litellm }
upstream: { name: LiteLLM, repository: BerriAI/litellm }
releases: { schemes: [{ tags: ["v{version}"] }] }
branches: [{ names: [carto/main], role: production }]
ownership: { default: manual-review }
"""


def problems(text: bytes) -> list[str]:
    """The lines of the error that a text gives."""
    with pytest.raises(PolicyError) as caught:
        load(text, "p.yaml")
    return caught.value.lines()


def test_the_corpus_is_there() -> None:
    assert len(BROKEN) >= 60


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_broken_policies(path: Path, snapshot: SnapshotAssertion) -> None:
    with pytest.raises(PolicyError) as caught:
        load(path.read_bytes(), path.name)
    assert caught.value.exit_code == 3
    lines = len(path.read_text().splitlines())
    assert all(1 <= each.line <= max(lines, 1) and each.column >= 1 for each in caught.value.problems)
    assert str(caught.value) == snapshot


@pytest.mark.parametrize(
    "text",
    [
        MINIMAL.decode().encode("utf-16"),
        MINIMAL + "# é".encode("latin-1"),
        MINIMAL + b"# " + b"x" * 1_000_000,
        MINIMAL + b"x: " + b"[" * 500_000,
        MINIMAL + b"\x00",
        b"\xef\xbb\xbf",
    ],
)
def test_broken_bytes(text: bytes) -> None:
    [message] = problems(text)
    assert message.startswith("p.yaml:")


def test_the_example_of_the_design_loads() -> None:
    policy = load((HERE / "design_example.yaml").read_bytes(), "carto-fork.yaml")
    assert [rule.name for rule in policy.ownership.rules][:3] == [
        "fork-only",
        "disabled-workflows",
        "new-workflows",
    ]


def test_a_minimal_policy_loads() -> None:
    assert load(MINIMAL, "p.yaml").production == "carto/main"


def test_rules_know_their_lines() -> None:
    text = MINIMAL.replace(
        b"ownership: { default: manual-review }",
        b"ownership:\n  rules:\n    - name: one\n      paths: [/x]\n      resolve: remove\n"
        b"    # a comment\n    - resolve: keep-fork\n      name: two\n      when: { fork_only: true }",
    )
    policy = load(text, "p.yaml")
    assert (policy.line_of("one"), policy.line_of("two"), policy.line_of("built-in")) == (8, 12, None)


def test_every_stage_is_told_in_one_run() -> None:
    text = (
        MINIMAL.replace(b"schema: 1", b"schema: &a 1")
        + b"merge:\ncommits: { subject_max: x }\nexamples: [{ path: a, expect: b }]"
    )
    assert [line.split(": ")[1] for line in problems(text)] == [
        "schema",
        "merge",
        "commits.subject_max",
        "examples[0].expect",
    ]


def test_what_the_reader_said_is_not_said_again() -> None:
    [message] = problems(MINIMAL + b"merge: *base\n")
    assert "the alias `*base` is not read" in message


def test_an_unforeseen_error_has_pydantics_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(__import__("forkpolicy.policy.complaints", fromlist=["x"])._SENTENCES, "int_type")
    [message] = problems(MINIMAL + b"commits: { subject_max: x }\n")
    assert message == "p.yaml:7:25: commits.subject_max: Input should be a valid integer"
