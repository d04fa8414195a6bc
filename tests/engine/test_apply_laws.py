"""Laws of carrying a plan out, on generated histories: nothing else matters, and what is done is done."""

import json
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pygit2
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from pygit2.enums import ConfigLevel

from forkpolicy.engine import cli
from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.planner import Request, planning
from forkpolicy.engine.provenance import PolicySource
from forkpolicy.engine.result import make_result
from forkpolicy.policy.loader import load
from forkpolicy.policy.names import CommitId, RefName
from tests.builder import RepositoryBuilder
from tests.strategies import History, histories

EXAMPLES = max(10, settings().max_examples // 10)
"""Each plans twice or more, git's own merge included."""

NOW = datetime(2026, 6, 1, tzinfo=UTC)
POLICY = """\
schema: 1
fork: {{ name: ACME, repository: acme/widget }}
upstream: {{ name: Widget, repository: widget/widget }}
releases: {{ schemes: [{{ tags: ["v{{version}}"] }}] }}
branches:
  - {{ names: [prod], role: production }}
  - {{ names: [upstream-sync/*], role: sync, base: prod }}
ownership:
  default: {default}
  markers: ["text 3"]
  rules: [{rules}]
"""
RULES = (
    "{ name: keep, paths: [/d/], resolve: keep-fork, applies: always }",
    "{ name: exact, paths: [/x/], resolve: accept-upstream, scope: exact, may_lose: all }",
    "{ name: off, paths: [/a.txt], resolve: disable, applies: always, may_lose: all }",
    "{ name: new, paths: ['*.txt'], when: { upstream: [added] }, resolve: disable, applies: always, may_lose: all }",
    "{ name: gone, paths: [/q], resolve: remove, applies: always, may_lose: all }",
    "{ name: untouched, when: { untouched: true }, resolve: accept-upstream }",
    "{ name: hunks, paths: ['*.txt'], resolve: accept-upstream, scope: hunks, moves: follow, may_lose: all }",
)


def policy_of(default: str, rules: list[str]) -> str:
    return POLICY.format(default=default, rules=", ".join(rules))


policies = st.builds(
    policy_of,
    st.sampled_from(["manual-review", "keep-fork", "accept-upstream"]),
    st.lists(st.sampled_from(RULES), unique=True, max_size=3),
)
SETTINGS = (
    ("merge", "renames", "false"),
    ("merge", "renameLimit", "1"),
    ("merge", "directoryRenames", "true"),
    ("merge", "directoryRenames", "false"),
    ("merge", "conflictStyle", "zdiff3"),
    ("merge", "renormalize", "true"),
    ("diff", "renames", "copies"),
    ("diff", "renameLimit", "1"),
    ("diff", "algorithm", "minimal"),
    ("core", "autocrlf", "true"),
    ("core", "eol", "crlf"),
    ("core", "ignorecase", "true"),
    ("core", "filemode", "false"),
    ("core", "symlinks", "false"),
    ("core", "quotePath", "false"),
    ("commit", "gpgSign", "true"),
)
HEADS = ("refs/heads/unborn", "refs/heads/prod", "refs/remotes/upstream/main", "refs/tags/v1.0")


@dataclass(frozen=True)
class Surroundings:
    """What must not matter: what is checked out, and how git is configured here, for the user, and by attributes."""

    head: str = HEADS[0]
    local: Sequence[tuple[str, str, str]] = ()
    user: Sequence[tuple[str, str, str]] = ()
    attributes: bool = False


surroundings = st.builds(
    Surroundings,
    st.sampled_from(HEADS),
    st.lists(st.sampled_from(SETTINGS), max_size=4),
    st.lists(st.sampled_from(SETTINGS), max_size=4),
    st.booleans(),
)


@settings(max_examples=EXAMPLES)
@given(histories, policies, surroundings)
def test_the_outcome_depends_on_the_two_sides_and_the_policy_alone(
    history: History, policy: str, around: Surroundings
) -> None:
    with built(history) as place:
        plain = outcome(place, policy)
        with surrounded(place, around):
            assert outcome(place, policy) == plain


@settings(max_examples=EXAMPLES)
@given(histories, policies)
def test_what_was_applied_is_not_planned_again(history: History, policy: str) -> None:
    with built(history) as place:
        file = place.parent / "policy.yaml"
        file.write_text(policy)
        release = ("--release", "v1.0", "--cross-check", "never")
        assert run(place, file, "apply", *release, "--with-markers") == 0
        applied = refs(place)
        event(f"{len(applied)} refs")
        assert planned(place, file, "--onto", "upstream-sync/v1.0")["status"] == "up-to-date"
        assert "pending-sync" in {each["rule"] for each in planned(place, file)["findings"]}
        assert run(place, file, "apply", *release, "--with-markers") == 0
        assert refs(place) == applied


# Private


@contextmanager
def built(history: History) -> Generator[Path, None, None]:
    """A history with production, which brings its attributes, and upstream's one release."""
    with tempfile.TemporaryDirectory() as folder:
        builder = RepositoryBuilder(Path(folder) / "repository.git")
        fork, upstream = history.build(builder)
        if history.attributes:
            fork = builder.on(fork).write(".gitattributes", history.attributes).commit()
        builder.branch("prod", fork).ref("refs/remotes/upstream/main", upstream).tag("v1.0", upstream)
        yield builder.path


@contextmanager
def surrounded(place: Path, around: Surroundings) -> Generator[None, None, None]:
    """The repository with another HEAD and other configuration, its own and the user's."""
    home = place.parent / "home"
    home.mkdir()
    (home / "attributes").write_text("* merge=union\n" if around.attributes else "")
    user = (*around.user, ("core", "attributesFile", str(home / "attributes")))
    (home / ".gitconfig").write_text(as_text(user))
    with (place / "config").open("a") as config:
        config.write(as_text(around.local))
    head = around.head if around.head.startswith("refs/heads/") else Repository.open(place).ref(around.head)
    (place / "HEAD").write_text(f"ref: {head}\n" if str(head).startswith("refs/") else f"{head}\n")
    before = pygit2.settings.search_path[ConfigLevel.GLOBAL]
    pygit2.settings.search_path[ConfigLevel.GLOBAL] = str(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
        yield
    pygit2.settings.search_path[ConfigLevel.GLOBAL] = before


def as_text(configuration: Sequence[tuple[str, str, str]]) -> str:
    return "".join(f"[{section}]\n\t{key} = {value}\n" for section, key, value in configuration)


def outcome(place: Path, policy: str) -> object:
    """The decisions, and what carrying them out would leave; the log aside, which tells of HEAD."""
    fork = Fork.of(Repository.open(place), load(policy.encode(), "policy.yaml"))
    with planning(fork, PolicySource("policy.yaml", None, ""), Request("v1.0"), NOW) as plan:
        assert plan.merge is not None
        assert plan.scratch is not None
        result = make_result(plan.plan, plan.merge, plan.scratch, mark=True)
        changes = {path: each for path, each in result.changes.items() if not path.startswith(".forkpolicy/decisions/")}
        return plan.plan.decisions, changes, result.unmerged, plan.plan.cross_check


def run(place: Path, policy: Path, *arguments: str) -> int:
    return cli.run(["-q", "-C", str(place), "--policy", str(policy), *arguments])


def planned(place: Path, policy: Path, *arguments: str) -> dict[str, Any]:
    file = place.parent / "plan.json"
    assert run(place, policy, "plan", "v1.0", "--cross-check", "never", *arguments, "--output", f"json={file}") == 0
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def refs(place: Path) -> dict[RefName, CommitId]:
    return Repository.open(place).refs("refs/")
