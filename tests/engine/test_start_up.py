"""What a command loads: nobody waits for what is not used, templates for a version, pydantic for a good policy."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.forks import make_fork

LIBRARIES = {"pydantic", "jinja2", "rich", "pygit2", "ruamel", "pathspec"}
"""Those whose loading one notices."""
_POLICY = {"ruamel", "pathspec", "pygit2"}
"""What reads a repository by a policy."""

_LOADED = """
import sys
from forkpolicy.engine import cli
cli.run(sys.argv[1:])
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_fork(tmp_path_factory.mktemp("start-up") / "fork")


COMMANDS: dict[str, set[str]] = {
    "--version": set(),
    "--help": set(),
    "plan": {*_POLICY, "rich"},
    "plan --format json": {*_POLICY, "jinja2"},
    "plan --format markdown": {*_POLICY, "jinja2"},
    "check --base HEAD~1 --head HEAD": {*_POLICY, "rich"},
    "check --base HEAD~1 --head HEAD --format json": _POLICY,
    "version next": _POLICY,
    "status": {*_POLICY, "rich"},
    "explain untouched": {*_POLICY, "rich"},
    "validate": {*_POLICY, "rich"},
    "doctor": {*_POLICY, "rich"},
}
"""What each may load of the libraries."""


@pytest.mark.parametrize("command_line", COMMANDS)
def test_a_command_loads_what_it_uses(fork: Path, command_line: str) -> None:
    command = [sys.executable, "-c", _LOADED, "-C", str(fork), *command_line.split()]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(run.stderr.splitlines()[-1].split())
    assert loaded & LIBRARIES <= COMMANDS[command_line]
