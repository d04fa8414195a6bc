"""How fast versions are computed: on the real fork, and over long ranges."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from .commands import FORKPOLICY, PYTHON_START
from .measure import compare, cost_of
from .repositories import ROOT
from .table import Row, ratio

SIZES = (10_000, 100_000)
_POLICY = """\
schema: 1
fork:     { name: Fork, repository: fork/project, remote: origin }
upstream: { name: Upstream, repository: upstream/project, remote: upstream }
releases: { schemes: [{ tags: ["v{version}"] }] }
branches: [{ names: [production], role: production }]
ownership: {}
versions: { format: "v{upstream}-fork.{major}.{minor}.{patch}", initial: 1.0.0, authors: ["*@fork.example"] }
"""


def real(snapshot: Path, directory: Path) -> Iterator[Row]:
    """`version next` on the real fork before two of its releases, each made as it was tagged.

    Raises:
        CommandError: a measured command failed.
        subprocess.CalledProcessError: the snapshot does not hold that fork.
    """
    place = directory / "versions"
    subprocess.run([ROOT / "tests/real/prepare", snapshot, place, "after"], check=True, stdout=subprocess.DEVNULL)
    for start, end in (
        ("v1.81.3-carto.1.18.6", "v1.81.9-carto.1.19.6"),
        ("v1.79.1-carto.1.0.27", "v1.81.6-carto.1.18.3"),
    ):
        _go_back(place, end)
        where = [FORKPOLICY, "-C", str(place), "--policy", str(ROOT / "carto-fork.yaml")]
        log = ["git", "-C", str(place), "log", f"{start}..carto/main"]
        both = compare([[*where, "version", "next"]], [log, PYTHON_START], rounds=9)
        yield ratio(f"version next after {start}", both, 1.5)


def growth(directory: Path) -> Row:
    """What ten times the commits in the range cost.

    Raises:
        CommandError: a measured command failed.
    """
    costs = [cost_of([_next_of(directory, size)]).seconds for size in SIZES]
    detail = ", ".join(f"{size:,}: {cost:.2f} s" for size, cost in zip(SIZES, costs, strict=True))
    return Row("version next, ten times the commits", costs[1] / costs[0], 10, "x", detail)


# Private


def _go_back(place: Path, tag: str) -> None:
    """Move production to where a release of the fork was made, and forget the releases from there on."""
    later = subprocess.check_output(["git", "-C", place, "tag", "--contains", tag], text=True).split()
    subprocess.run(["git", "-C", place, "update-ref", "refs/heads/carto/main", f"{tag}^{{commit}}"], check=True)
    for each in later:
        subprocess.run(["git", "-C", place, "update-ref", "-d", f"refs/tags/{each}"], check=True)


def _next_of(directory: Path, size: int) -> list[str]:
    """The command for a fork with so many commits of its own since its last release."""
    place, policy = directory / str(size), directory / "versions.yaml"
    policy.write_text(_POLICY)
    subprocess.run(["git", "init", "--quiet", "--bare", place], check=True)
    stream = b"".join(_history(size))
    subprocess.run(["git", "-C", place, "fast-import", "--quiet"], input=stream, check=True)
    subprocess.run(["git", "-C", place, "symbolic-ref", "HEAD", "refs/heads/production"], check=True)
    return [FORKPOLICY, "-C", str(place), "--policy", str(policy), "version", "next"]


def _history(size: int) -> Iterator[bytes]:
    yield _commit(1, b"start")
    yield b"reset refs/tags/v1.0.0\nfrom :1\n\nreset refs/remotes/upstream/main\nfrom :1\n\n"
    yield b"reset refs/heads/production\nfrom :1\n\n" + _commit(2, b"feat: first")
    yield b"reset refs/tags/v1.0.0-fork.1.0.0\nfrom :2\n\n"
    for number in range(3, size + 3):
        yield _commit(number, b"fix(part): number %d\n\nWhy it was wrong.\n" % number)


def _commit(number: int, message: bytes) -> bytes:
    text = b"%d\n" % number
    return (
        b"commit refs/heads/production\nmark :%d\ncommitter A <a@fork.example> %d +0000\ndata %d\n%s\n"
        b"M 100644 inline src/%d.txt\ndata %d\n%s\n"
    ) % (number, 1_600_000_000 + number * 60, len(message), message, number % 50, len(text), text)
