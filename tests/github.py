"""GitHub, as far as the sync needs it: checkouts as Actions makes them; a `gh` and a `curl` that record their calls."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.forks import PRODUCTION, git

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / ".github/action/sync.sh"
REPOSITORY = "Acme/widget"
WEBHOOK = "https://hooks.slack.example/services/secret"

_GH = """#!{python}
import json, pathlib, sys
place = pathlib.Path({place!r})
state = json.loads((place / "state.json").read_text())
words = sys.argv[1:]
with (place / "calls").open("a") as calls:
    calls.write(json.dumps(words) + "\\n")
def option(name):
    return [words[i + 1] for i, word in enumerate(words) if word == name]
body = [pathlib.Path(name).read_text() for name in option("--body-file")]
match words[:2]:
    case ["pr", "list"]:
        print(json.dumps([each for each in state["pulls"] if each["base"] == option("--base")[0]]))
    case ["pr", "create"]:
        number = 1 + max((each["number"] for each in state["pulls"]), default=0)
        url = f"https://github.com/{repository}/pull/{{number}}"
        state["pulls"].append({{"number": number, "url": url, "title": option("--title")[0], "body": body[0],
            "headRefName": option("--head")[0], "base": option("--base")[0], "isCrossRepository": False}})
        print(url)
    case ["pr", "edit"]:
        [pull] = [each for each in state["pulls"] if str(each["number"]) == words[2]]
        pull.update(title=option("--title")[0], body=body[0])
    case ["pr", "close"]:
        state["pulls"] = [each for each in state["pulls"] if str(each["number"]) != words[2]]
    case ["label", "list"]:
        print(json.dumps([{{"name": name}} for name in state["labels"]]))
    case ["label", "create"]:
        if words[2] in state["labels"]:
            sys.exit("the label exists")
        state["labels"].append(words[2])
    case _:
        sys.exit(f"no such command: {{words}}")
(place / "state.json").write_text(json.dumps(state))
"""
_CURL = """#!{python}
import json, pathlib, sys
words = sys.argv[1:]
data = next(pathlib.Path(word[1:]).read_text() for word in words if word.startswith("@"))
with pathlib.Path({place!r}, "posts").open("a") as posts:
    posts.write(json.dumps({{"words": words, "config": sys.stdin.read(), "data": json.loads(data)}}) + "\\n")
"""
_FORKPOLICY = '#!/bin/sh\nexec "{python}" -m forkpolicy.engine "$@"\n'


@dataclass(frozen=True)
class Run:
    """One run of the sync."""

    code: int
    log: str
    calls: list[list[str]]
    posts: list[dict[str, Any]]

    @property
    def changes(self) -> list[list[str]]:
        """The calls that change something on GitHub."""
        return [each for each in self.calls if each[1] != "list"]


@dataclass(frozen=True)
class GitHub:
    """A repository on GitHub, and what it was made from."""

    place: Path

    @classmethod
    def of(cls, fork: Path, place: Path) -> "GitHub":
        """Publish a fork, and the branch and tags of upstream that it knows."""
        host = cls(place)
        for name in ("bin", "origin.git", "upstream.git"):
            (place / name).mkdir(parents=True)
        for name in ("origin", "upstream"):
            git(host.repository(name), "init", "--quiet", "--bare")
        git(fork, "push", "--quiet", str(host.repository("origin")), "refs/heads/*:refs/heads/*")
        tags = ("refs/tags/*:refs/tags/*", "refs/remotes/upstream/main:refs/heads/main")
        git(fork, "push", "--quiet", str(host.repository("upstream")), *tags)
        for name, text in (("gh", _GH), ("curl", _CURL), ("forkpolicy", _FORKPOLICY)):
            program = place / "bin" / name
            program.write_text(text.format(python=sys.executable, place=str(place), repository=REPOSITORY))
            program.chmod(0o755)
        host.set_state([], [])
        return host

    def repository(self, name: str = "origin") -> Path:
        """The bare repository of the fork, or of upstream."""
        return self.place / f"{name}.git"

    def set_state(self, pulls: list[dict[str, Any]], labels: Sequence[str]) -> None:
        """What is there: open pull requests, and labels."""
        (self.place / "state.json").write_text(json.dumps({"pulls": pulls, "labels": list(labels)}))

    @property
    def pulls(self) -> list[dict[str, Any]]:
        """The open pull requests."""
        pulls: list[dict[str, Any]] = json.loads((self.place / "state.json").read_text())["pulls"]
        return pulls

    def branches(self) -> dict[str, str]:
        """The branches of the fork with their commits."""
        lines = git(self.repository(), "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads")
        return dict(line.split() for line in lines.splitlines())

    def run_sync(self, **environment: str) -> Run:
        """Run the sync in a new checkout, as the workflow's steps make it."""
        checkout = self.place / f"checkout-{len(list(self.place.iterdir()))}"
        git(self.place, "clone", "--quiet", "--branch", PRODUCTION, str(self.repository()), str(checkout))
        git(checkout, "remote", "add", "-t", "main", "upstream", str(self.repository("upstream")))
        git(checkout, "fetch", "--quiet", "--tags", "--force", "upstream")
        for record in ("calls", "posts"):
            (self.place / record).write_text("")
        done = subprocess.run(
            [str(SCRIPT)],
            cwd=checkout,
            env=os.environ | self._environment() | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return Run(done.returncode, done.stdout + done.stderr, self._read("calls"), self._read("posts"))

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.place / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / ".src"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": "7",
            "GITHUB_STEP_SUMMARY": str(self.place / "summary.md"),
            "GH_TOKEN": "token",
        }

    def _read(self, record: str) -> list[Any]:
        return [json.loads(line) for line in (self.place / record).read_text().splitlines()]
