"""Prints how fast versions are computed, beside the bars that they have to keep: whole processes, by turns."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .measure import CommandError, compare, cost_of

ROOT = Path(__file__).resolve().parent.parent
FORKPOLICY = str(Path(sys.executable).with_name("forkpolicy"))
PYTHON_START = [sys.executable, "-c", "import pygit2, pydantic, ruamel.yaml, click, pathspec"]
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


def main() -> int:
    """Print the table; 1 only where a command failed, since a slow machine is not a broken one."""
    parser = argparse.ArgumentParser(prog="bench.versions", description=__doc__)
    parser.add_argument("--snapshot", type=Path, help="a git directory that holds CartoDB/litellm")
    snapshot: Path | None = parser.parse_args().snapshot
    try:
        with tempfile.TemporaryDirectory(prefix="forkpolicy-bench-") as directory:
            if snapshot is not None:
                for line in _real(snapshot, Path(directory)):
                    print(line, flush=True)
            print(_growth(Path(directory)))
    except (CommandError, subprocess.CalledProcessError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def _real(snapshot: Path, directory: Path) -> Iterator[str]:
    """`version next` on the real fork before two of its releases, each made as it was tagged."""
    place = directory / "real"
    prepare = ROOT / "tests/real/prepare"
    subprocess.run([prepare, snapshot, place, "after"], check=True, stdout=subprocess.DEVNULL)
    for start, end in (
        ("v1.81.3-carto.1.18.6", "v1.81.9-carto.1.19.6"),
        ("v1.79.1-carto.1.0.27", "v1.81.6-carto.1.18.3"),
    ):
        later = subprocess.check_output(["git", "-C", place, "tag", "--contains", end], text=True).split()
        subprocess.run(["git", "-C", place, "update-ref", "refs/heads/carto/main", f"{end}^{{commit}}"], check=True)
        for tag in later:
            subprocess.run(["git", "-C", place, "update-ref", "-d", f"refs/tags/{tag}"], check=True)
        where = [FORKPOLICY, "-C", str(place), "--policy", str(ROOT / "carto-fork.yaml")]
        log = ["git", "-C", str(place), "log", f"{start}..carto/main"]
        both = compare([[*where, "version", "next"]], [log, PYTHON_START], rounds=9)
        mark = "ok  " if both.ratio <= 1.5 else "OVER"
        yield f"{mark} version next, the real fork after {start}: {both.ratio:.2f} x git log and Python, at most 1.5"


def _growth(directory: Path) -> str:
    costs = [cost_of([_next_of(directory, size)]).seconds for size in SIZES]
    ratio = costs[1] / costs[0]
    mark = "ok  " if ratio < 10 else "OVER"
    seconds = ", ".join(f"{size:,}: {cost:.2f} s" for size, cost in zip(SIZES, costs, strict=True))
    return f"{mark} version next, ten times the commits: {ratio:.1f} x, under 10 ({seconds})"


def _next_of(directory: Path, size: int) -> list[str]:
    """The command for a fork with so many commits of its own since its last release."""
    place, policy = directory / str(size), directory / "policy.yaml"
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


if __name__ == "__main__":
    sys.exit(main())
