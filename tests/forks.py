"""Forks to apply plans to: the demo, as it is or with a policy that leaves nothing to people, and git on them."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from forkpolicy.engine import cli
from forkpolicy.engine.demo import PRODUCTION, make_demo

RELEASE = "v1.2.0"
_DECIDES_ALL = """
ownership:
  default: keep-fork
  rules:
    - { name: all, paths: ["*"], resolve: keep-fork, moves: follow, may_lose_upstream: all }

"""
BRANCH = f"upstream-sync/{RELEASE}"
LOG = f".forkpolicy/decisions/{RELEASE}.json"


def make_fork(place: Path, *, decided: bool = False) -> Path:
    """A copy of the demo; `decided`: nothing is left for people."""
    shutil.copytree(_demo(), place, symlinks=True)
    if decided:
        policy = place / "carto-fork.yaml"
        text = policy.read_text()
        text = re.sub(r"^ownership:\n.*?(?=^\S)", _DECIDES_ALL, text, flags=re.M | re.S)
        text = re.sub(r"^(customizations|examples):\n.*?(?=^\S|\Z)", "", text, flags=re.M | re.S)
        policy.write_text(text)
    return place


def run(fork: Path, *arguments: str) -> int:
    """Run forkpolicy there; the exit code."""
    return cli.run(["-C", str(fork), *arguments])


def git(where: Path, *arguments: str, check: bool = True) -> str:
    """Run git there; what it printed."""
    done = subprocess.run(["git", *arguments], cwd=where, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip()


def refs(fork: Path) -> dict[str, str]:
    """Every ref with its object."""
    return dict(line.split()[::-1] for line in git(fork, "show-ref").splitlines())


def is_sound(fork: Path) -> bool:
    """Whether git finds nothing wrong with any object; nothing refers to some, which is no fault."""
    done = subprocess.run(
        ["git", "fsck", "--strict", "--no-dangling"], cwd=fork, capture_output=True, text=True, check=False
    )
    return done.returncode == 0 and "error" not in done.stderr


@cache
def _demo() -> Path:
    place = Path(mkdtemp(prefix=f"forkpolicy-demo-{os.getpid()}-")) / "fork"
    make_demo(place)
    return place


__all__ = ["BRANCH", "LOG", "PRODUCTION", "RELEASE", "git", "is_sound", "make_fork", "refs", "run"]
