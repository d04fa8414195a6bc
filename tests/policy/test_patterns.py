"""Path patterns equal `git check-ignore`; in branch patterns `*` stops at a slash."""

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from forkpolicy.policy.names import RepoPath
from forkpolicy.policy.patterns import PathSet, RefPatterns, path_pattern_problem

NAMES = st.text("ab.-\n", min_size=1, max_size=3).filter(lambda name: name not in (".", ".."))
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
SEGMENTS = st.one_of(
    st.sampled_from(["*", "**", "a", "b", "a*", "*b", "?", "a?b", r"\a"]),
    st.sampled_from(["[ab]", "[!a]", "[^b]x", "[a-b]", "[]a]", "[.-0]", "[[a]", "[&&a]"]),
    st.text(r"ab.*?-[]!^\&|~", min_size=1, max_size=5),
)


@st.composite
def good_patterns(draw: st.DrawFn) -> str:
    parts = draw(st.lists(SEGMENTS, min_size=1, max_size=3))
    start, end = draw(st.sampled_from(["", "/", "**/"])), draw(st.sampled_from(["", "/", "/**", "/**/"]))
    pattern = start + "/".join(parts) + end
    assume(path_pattern_problem(pattern) is None)
    return pattern


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ignore")
    subprocess.run(["git", "init", "--quiet", path], check=True)
    return path


def git_ignores(repository: Path, patterns: list[str], paths: list[str]) -> set[str]:
    (repository / ".git/info/exclude").write_text("".join(f"{each}\n" for each in patterns))
    command = ["git", "-c", "core.excludesFile=", "check-ignore", "--no-index", "-z", "--stdin"]
    run = subprocess.run(command, cwd=repository, input="\0".join(paths).encode(), stdout=subprocess.PIPE, check=False)
    assert run.returncode in (0, 1)
    return set(run.stdout.decode().split("\0")) - {""}


@settings(max_examples=150, deadline=None)
@given(st.lists(good_patterns(), min_size=1, max_size=4), st.lists(PATHS, min_size=10, max_size=40))
def test_a_path_set_equals_git_check_ignore(repository: Path, patterns: list[str], paths: list[str]) -> None:
    path_set = PathSet(tuple(patterns))
    assert {path for path in paths if path_set.matches(RepoPath(path))} == git_ignores(repository, patterns, paths)


@settings(max_examples=150, deadline=None)
@given(st.lists(good_patterns(), min_size=1, max_size=3), st.lists(PATHS, min_size=10, max_size=40))
def test_what_a_path_set_matches_lies_at_its_places(patterns: list[str], paths: list[str]) -> None:
    path_set = PathSet(tuple(patterns))
    for path in paths:
        if path_set.matches(RepoPath(path)):
            assert any(place in ("", path) or path.startswith(f"{place}/") for place in path_set.places)


@pytest.mark.parametrize(
    ("patterns", "places"),
    [
        (("/.github/workflows/a.yml", "/docker/"), (".github/workflows/a.yml", "docker")),
        (("/docs/CARTO_*", "docs/*/x"), ("docs",)),
        (("*.txt",), ("",)),
        (("docs/",), ("",)),
        (("/docs/", "!/docs/x/"), ("docs",)),
    ],
)
def test_where_to_look_for_the_paths_of_a_set(patterns: tuple[str, ...], places: tuple[str, ...]) -> None:
    assert PathSet(patterns).places == places


@pytest.mark.parametrize(
    ("patterns", "path", "decided_by"),
    [
        (("/docker/",), "docker/build/x.sh", "/docker/"),
        (("/docker/",), "docker", None),
        (("/docker/",), "a/docker/x", None),
        (("docker/",), "a/docker/x", "docker/"),
        (("values-*/x",), "values-dev/x", "values-*/x"),
        (("values-*/x",), "charts/values-dev/x", None),
        (("**/values-*/x",), "charts/values-dev/x", "**/values-*/x"),
        (("/docs/", "*.md"), "docs/a.md", "*.md"),
        (("*.md", "!/README.md"), "README.md", None),
        (("*.md", "!/README.md"), "docs/README.md", "*.md"),
        (("/Makefile",), "Makefile\n", None),
        (("/caf\udce9",), "caf\udce9", "/caf\udce9"),
        ((), "a", None),
    ],
)
def test_the_last_pattern_that_matches_decides(patterns: tuple[str, ...], path: str, decided_by: str | None) -> None:
    assert PathSet(patterns).match(RepoPath(path)) == decided_by
    assert PathSet(patterns).matches(RepoPath(path)) == (decided_by is not None)


@pytest.mark.parametrize(
    ("pattern", "part_of_the_problem"),
    [
        ("", "empty"),
        ("!", "empty"),
        ("/", "empty"),
        ("# all", "comment"),
        ("a ", "white space"),
        ("a\nb", "line break"),
        ("a//b", "empty, `.` or `..`"),
        ("../a", "empty, `.` or `..`"),
        ("a/***/b", "three stars"),
        ("a[b", "never closed"),
        ("[]", "never closed"),
        ("[!]", "never closed"),
        ("a[b/c]", "a slash"),
        ("[[:alpha:]]", "a class"),
        (r"[\]]", "a backslash"),
        ("[z-a]", "goes backwards"),
        ("a\\", "ends with a backslash"),
        (r"a\/b", "before a slash"),
    ],
)
def test_a_pattern_that_git_reads_otherwise_is_refused(pattern: str, part_of_the_problem: str) -> None:
    assert part_of_the_problem in (path_pattern_problem(pattern) or "")
    with pytest.raises(ValueError, match=re.escape(part_of_the_problem)):
        PathSet((pattern,))


@pytest.mark.parametrize(
    "pattern",
    ["/a", "a/", "*.py", "**/a/**", "[!a-z]*", r"\#a", "a b", r"\[x", "[]]", "[!^]", "[^!]", "[-a]"],
)
def test_a_good_pattern_has_no_problem(pattern: str) -> None:
    assert path_pattern_problem(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("main", "main", True),
        ("main", "Main", False),
        ("main", "main2", False),
        ("carto/main", "carto/main", True),
        ("feature/*", "feature/x", True),
        ("feature/*", "feature/x/y", False),
        ("feature/**", "feature/x/y", True),
        ("sc-*/*", "sc-536230/carto-features", True),
        ("sc-*/*", "sc-536230", False),
        ("**", "a/b/c", True),
        ("*", "a/b", False),
        ("release-1.*", "release-1x2", False),
        ("v1.[0]", "v1.0", False),
    ],
)
def test_branch_patterns(pattern: str, name: str, matches: bool) -> None:
    assert RefPatterns((pattern,)).matches(name) is matches


def test_the_first_branch_pattern_that_matches_is_named() -> None:
    assert RefPatterns(("x", "fix/*", "**")).match("fix/a") == "fix/*"
