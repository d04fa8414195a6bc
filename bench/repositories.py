"""The repositories to measure on: generated ones of any size, and the real fork."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_POLICY = """\
schema: 1
fork:     { name: Fork, repository: fork/project, remote: origin }
upstream: { name: Upstream, repository: upstream/project, remote: upstream }
releases: { schemes: [{ tags: ["v{version}"] }] }
branches:
  - { names: [main], role: mirror, follows: upstream/main }
  - { names: [production], role: production }
ownership:
  default: manual-review
  rules:
    - { name: untouched, when: { untouched: true }, resolve: accept-upstream }
versions: { format: "v{upstream}-fork.{major}.{minor}.{patch}", initial: 1.0.0 }
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A repository with a sync to plan: merging a release into production, under a policy."""

    path: Path
    policy: Path
    production: str
    release: str

    def git_commands(self) -> list[list[str]]:
        """What a person would run to learn half of what the plan says (DESIGN.md, section 9)."""
        base = self._git("merge-base", self.production, self.release)
        return [
            ["git", "-C", str(self.path), "merge-tree", "--write-tree", self.production, self.release],
            ["git", "-C", str(self.path), "diff", "--shortstat", base, self.release],
            ["git", "-C", str(self.path), "log", f"{base}..{self.release}"],
        ]

    def plan_command(self, forkpolicy: str, cross_check: str) -> list[str]:
        """The plan of the sync, in full, as one process."""
        repository = [forkpolicy, "-C", str(self.path), "--policy", str(self.policy)]
        return [*repository, "plan", self.release, "--cross-check", cross_check, "--format", "json"]

    def check_command(self, forkpolicy: str, base: str, head: str) -> list[str]:
        """The gate before a pull request."""
        repository = [forkpolicy, "-C", str(self.path), "--policy", str(self.policy)]
        return [*repository, "check", "--base", base, "--head", head, "--head-name", "feature/x"]

    def log_commands(self, base: str, head: str) -> list[list[str]]:
        """What a person would run to see what a pull request brings."""
        git = ["git", "-C", str(self.path)]
        return [[*git, "log", f"{base}..{head}"], [*git, "diff", "--stat", f"{base}...{head}"]]

    def forget_merges(self) -> None:
        """Remove what git's merges wrote; what the repository was made of is in its pack."""
        for folder in self.path.glob("objects/[0-9a-f][0-9a-f]"):
            shutil.rmtree(folder)

    def base_search_command(self) -> list[str]:
        """The search for the content base alone."""
        module = [sys.executable, "-m", "bench.base_search"]
        return [*module, str(self.path), str(self.policy), self.release]

    def _git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.path), *arguments]
        return subprocess.check_output(command, text=True).strip()


def real_fork(snapshot: Path, directory: Path, release: str = "v1.81.9-stable") -> Subject:
    """The real fork shortly before it merged a release: v1.81.9-stable, or v1.81.0-stable after a squashed sync.

    Raises:
        subprocess.CalledProcessError: the snapshot does not hold that fork.
    """
    moment = f"before-{release.removesuffix('-stable')}"
    path = directory / moment
    prepare = ROOT / "tests/real/prepare"
    subprocess.run([prepare, snapshot, path, moment], check=True, stdout=subprocess.DEVNULL)
    return Subject(path, ROOT / "carto-fork.yaml", "carto/main", release)


def generated(directory: Path, files: int, changed: int) -> Subject:
    """A fork of a tree of `files` files, `changed` of which each side changed; a tenth of them on both sides.

    In those the fork holds, by turns, work of its own and a copy that upstream once had.
    """
    path = directory / f"{files}-{changed}"
    subprocess.run(["git", "init", "--quiet", "--bare", path], check=True)
    stream = b"".join(_history(files, changed))
    subprocess.run(["git", "-C", path, "fast-import", "--quiet"], input=stream, check=True)
    subprocess.run(["git", "-C", path, "symbolic-ref", "HEAD", "refs/heads/production"], check=True)
    policy = directory / "policy.yaml"
    policy.write_text(_POLICY)
    return Subject(path, policy, "production", "v1.1.0")


def _history(files: int, changed: int) -> Iterator[bytes]:
    upstream = range(changed)
    first_own = changed - changed // 10 if files >= 2 * changed else 0
    own = range(first_own, first_own + changed)
    shared = [number for number in own if number in upstream]
    copied = set(shared[::2])

    yield from _commit("refs/remotes/upstream/main", 1, dict.fromkeys(range(files), b"base"))
    yield b"reset refs/heads/production\nfrom :1\n\nreset refs/tags/v1.0.0\nfrom :1\n\n"
    yield from _commit("refs/remotes/upstream/main", 2, dict.fromkeys(upstream, b"older"))
    yield from _commit("refs/remotes/upstream/main", 3, dict.fromkeys(upstream, b"newer"))
    yield b"reset refs/tags/v1.1.0\nfrom :3\n\nreset refs/heads/main\nfrom :3\n\n"
    yield from _commit(
        "refs/heads/production", 4, {number: b"older" if number in copied else b"fork" for number in own}
    )


def _commit(ref: str, mark: int, contents: dict[int, bytes]) -> Iterator[bytes]:
    yield b"commit %s\nmark :%d\ncommitter A <a@example.com> %d +0000\n" % (
        ref.encode(),
        mark,
        1_600_000_000 + mark * 86_400,
    )
    yield b"data 4\nwork\n"
    for number, word in contents.items():
        text = b"file %d\n\n%s\n" % (number, word)
        # a hundred files to a folder, a hundred folders to a folder: what large projects look like
        path = b"src/%02d/%02d/%02d.txt" % (number // 10_000, number // 100 % 100, number % 100)
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path, len(text), text)
