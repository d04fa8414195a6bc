"""The project around the code: what the repository holds, and what it must never hold."""

import re
import subprocess
import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest

from forkpolicy.policy import errors

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs a git checkout: an sdist has no Makefile")

FOLDERS = {".ci", ".github", ".src", "bench", "docs", "engine", "policy", "templates", "tests"}
FILES = {
    ".editorconfig",
    ".gitignore",
    ".pre-commit-hooks.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "action.yml",
    "carto-fork.schema.json",
    "carto-fork.yaml",
    "pyproject.toml",
}
LOCK_FILES = {
    "Pipfile.lock",
    "package-lock.json",
    "pdm.lock",
    "poetry.lock",
    "pylock.toml",
    "uv.lock",
    "yarn.lock",
}

# What git and pygit2 call the sides themselves; everywhere else the words are fork and upstream.
SPELLED_BY_GIT = re.compile(r"merge=ours|~(ours|theirs)|--(ours|theirs)|-X ?(ours|theirs)")
SPELLED_BY_PYGIT2 = re.compile(r"\.(ours|theirs)\b|\b(ours|theirs)=")
# What tests feed in: words that people write into a policy out of habit, and the name of git's merge driver.
SPELLED_IN_TESTS = re.compile(r'keep-ours|accept-theirs|"ours"')
SWAPPING_WORDS = re.compile(r"\b(ours|theirs)\b", re.IGNORECASE)
REGISTRY_HOSTS = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|npmjs\.(com|org)|crates\.io|proxy\.golang")
MACHINE_PATHS = re.compile(r"/work/(main|shared)|(?<![\w.])/root/|/home/\w+/|/Users/\w+/")


def test_the_top_level_is_as_designed() -> None:
    top = {path.parts[0] for path in tracked_files()}
    assert top - FOLDERS - FILES == set()


def test_the_packages_are_links_for_editable_installs() -> None:
    links = {link.name: str(link.readlink()) for link in (ROOT / ".src/forkpolicy").iterdir()}
    assert links == {name: f"../../{name}" for name in ("engine", "policy", "templates")}


@pytest.mark.parametrize("package", ["engine", "policy"])
def test_the_packages_are_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()


def test_no_lock_file_is_kept() -> None:
    assert [path for path in tracked_files() if path.name in LOCK_FILES] == []


def test_the_sides_are_never_named_by_words_that_swap_with_the_direction_of_a_merge() -> None:
    assert [hit for path in tracked_files() for hit in hits(path, SWAPPING_WORDS, allowed_words(path))] == []


@pytest.mark.parametrize("pattern", [REGISTRY_HOSTS, MACHINE_PATHS], ids=["registry-hosts", "machine-paths"])
def test_no_file_knows_where_it_was_written(pattern: re.Pattern[str]) -> None:
    assert [hit for path in tracked_files() for hit in hits(path, pattern)] == []


def test_the_version_is_said_once() -> None:
    said = project()["version"]
    assert version("forkpolicy") == said
    sources = [path for path in tracked_files() if path.parts[0] in {"engine", "policy", "templates"}]
    assert [path for path in sources if f'"{said}"' in text_of(path)] == []


def test_every_make_target_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(Path("Makefile")), re.MULTILINE))
    documents = [Path("README.md"), Path("CONTRIBUTING.md"), Path(".ci/run")]
    named = {name for path in documents for name in re.findall(r"(?:^|`)make ([a-z-]+)", text_of(path), re.MULTILINE)}
    assert {"demo", "test", "lint", "types"} <= named
    assert named <= targets


def test_every_target_is_explained() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", text_of(Path("Makefile")), re.MULTILINE)
    assert phony
    explained = re.findall(r"^([a-z-]+):.*## \S", text_of(Path("Makefile")), re.MULTILINE)
    assert sorted(explained) == sorted(phony[1].split())


def test_links_between_documents_lead_somewhere() -> None:
    documents = [path for path in tracked_files() if path.suffix == ".md" and path.parts[0] != "tests"]
    targets = [
        (path, target) for path in documents for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", text_of(path))
    ]
    assert targets
    assert [(path, target) for path, target in targets if not (ROOT / path.parent / target).exists()] == []


def test_the_readme_lists_every_exit_code() -> None:
    kinds = (errors.ForkpolicyError, errors.UsageError, errors.RepositoryError, errors.PolicyError)
    codes = {each.exit_code for each in kinds}
    listed = {int(code) for code in re.findall(r"^\| (\d+) +\|", text_of(Path("README.md")), re.MULTILINE)}
    assert codes <= listed


@cache
def tracked_files() -> tuple[Path, ...]:
    """What a commit of everything would hold, without links: they lead to what is listed anyway."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, text=True).rstrip("\0").split("\0")
    paths = [Path(name) for name in dict.fromkeys(names)]
    return tuple(path for path in paths if (ROOT / path).is_file() and not (ROOT / path).is_symlink())


@cache
def text_of(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def hits(path: Path, pattern: re.Pattern[str], allowed: re.Pattern[str] | None = None) -> list[str]:
    """The lines that match, as `path:line: text`; none of this file, which names what it looks for."""
    if ROOT / path == Path(__file__).resolve():
        return []
    lines = enumerate(text_of(path).splitlines(), start=1)
    return [f"{path}:{n}: {line}" for n, line in lines if pattern.search(allowed.sub("", line) if allowed else line)]


def allowed_words(path: Path) -> re.Pattern[str]:
    allowed = [SPELLED_BY_GIT]
    if path.is_relative_to("engine/git"):
        allowed.append(SPELLED_BY_PYGIT2)
    if path.is_relative_to("tests"):
        allowed.append(SPELLED_IN_TESTS)
    return re.compile("|".join(each.pattern for each in allowed))


def project() -> dict[str, str]:
    table: dict[str, str] = tomllib.loads(text_of(Path("pyproject.toml")))["project"]
    return table
