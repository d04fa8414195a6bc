"""The first policy: it loads, says what the repository shows, and marks what it does not show."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forkpolicy.engine.demo import make_demo
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.git.writing import Content, File, NewRepository, Person
from forkpolicy.engine.initial_policy import FILL_IN, initial_policy
from forkpolicy.engine.tag_shapes import fork_formats, release_forms
from forkpolicy.policy.loader import load
from forkpolicy.policy.models import Policy
from forkpolicy.policy.names import CommitId

SOMEONE = Person("Someone", "someone@example.com")


class Shape:
    """A repository whose branches, tags and remotes matter, and whose content does not."""

    def __init__(self, directory: Path, branch: str = "main") -> None:
        self.directory = directory
        self.new = NewRepository(directory, branch)
        self._day = 0

    def commit(self, *parents: CommitId, files: Mapping[str, Content] | None = None) -> CommitId:
        self._day += 1
        when = datetime(2025, 1, self._day, tzinfo=UTC)
        content = files or {"a": File(str(self._day).encode())}
        return self.new.commit(content, parents, "feat: something", SOMEONE, when)

    def refs(self, refs: Mapping[str, CommitId]) -> None:
        for name, commit in refs.items():
            self.new.set_ref(name, commit)

    def policy(self) -> tuple[str, Policy]:
        """The policy's text and what it loads as."""
        text = initial_policy(Repository.open(self.directory))
        return text, load(text.encode(), "carto-fork.yaml")


@pytest.fixture
def shape(tmp_path: Path) -> Shape:
    return Shape(tmp_path)


def test_a_fork_with_everything(tmp_path: Path) -> None:
    make_demo(tmp_path)
    text = initial_policy(Repository.open(tmp_path))
    policy = load(text.encode(), "carto-fork.yaml")
    assert text.startswith("# yaml-language-server: $schema=./carto-fork.schema.json\n")
    assert (policy.fork.name, policy.fork.repository) == ("ACME", "acme/widget")
    assert (policy.upstream.name, policy.upstream.repository) == ("widget", "widget/widget")
    assert policy.production == "acme/main"
    assert [(each.names, each.follows) for each in policy.branches if each.role == "mirror"] == [
        (("main",), "upstream/main")
    ]
    assert policy.releases.schemes[0].tags == ("v{version}",)
    assert policy.versions is not None
    assert policy.versions.format == "v{upstream}-acme.{major}.{minor}.{patch}"
    assert [rule.name for rule in policy.ownership.rules] == [
        "fork-only",
        "untouched",
        "disabled-workflows",
        "new-workflows",
        "build-files",
        "lock-requirements.lock",
        "customized",
    ]
    assert FILL_IN not in text
    assert text == initial_policy(Repository.open(tmp_path))


def test_a_repository_that_shows_nothing(shape: Shape) -> None:
    shape.refs({"refs/heads/main": shape.commit()})
    text, policy = shape.policy()
    assert policy.production == "main"
    assert [each.role for each in policy.branches] == ["production", "sync", "topic"]
    assert text.count(FILL_IN) == 3
    assert "git remote add upstream" in text


def test_a_fork_that_works_on_main_has_no_mirror(shape: Shape) -> None:
    upstream = shape.commit()
    shape.refs({"refs/remotes/upstream/main": upstream, "refs/heads/main": shape.commit(upstream)})
    shape.new.add_remote("upstream", "https://example.com/widget/widget")
    first = shape.policy()[1].branches[0]
    assert (first.role, first.names) == ("production", ("main",))


def test_a_mirror_may_have_another_name_than_upstreams_branch(shape: Shape) -> None:
    upstream = shape.commit()
    shape.refs({f"refs/{name}": upstream for name in ("remotes/upstream/master", "heads/vendor")})
    shape.refs({"refs/heads/main": shape.commit(upstream), "refs/heads/feature/x": upstream})
    shape.new.add_remote("upstream", "https://example.com/widget/widget")
    mirror, production, *_ = shape.policy()[1].branches
    assert (mirror.role, mirror.names, mirror.follows) == ("mirror", ("vendor",), "upstream/master")
    assert (production.role, production.names) == ("production", ("main",))


def test_a_checkout_of_ci_with_only_remote_branches(shape: Shape) -> None:
    upstream = shape.commit()
    production = shape.commit(upstream)
    shape.new.add_remote("origin", "git@example.com:acme/widget.git")
    shape.new.add_remote("widget", "ssh://git@example.com/widget/widget.git")
    remote = "refs/remotes"
    shape.refs({f"{remote}/origin/main": upstream, f"{remote}/widget/main": upstream})
    shape.refs({f"{remote}/origin/deploy/stable": production, f"{remote}/origin/chore/x": production})
    _, policy = shape.policy()
    assert policy.production == "deploy/stable"
    assert (policy.upstream.remote, policy.upstream.repository) == ("widget", "widget/widget")


def test_names_that_yaml_would_read_as_something_else(shape: Shape) -> None:
    shape.new.add_remote("origin", "https://example.com/007/true.git")
    shape.new.add_remote("upstream", "https://example.com/1.5/null.git")
    shape.refs({"refs/heads/1.0": shape.commit()})
    _, policy = shape.policy()
    assert (policy.fork.name, policy.upstream.name, policy.production) == ("007", "null", "1.0")


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("git@example.com:Owner/name.git", "Owner/name"),
        ("https://example.com/Owner/name.git", "Owner/name"),
        ("https://user@example.com/Owner/name/", "Owner/name"),
        ("ssh://git@example.com:22/Owner/na.me", "Owner/na.me"),
        ("../elsewhere", "OWNER/FORK"),
        ("somewhere", "OWNER/FORK"),
    ],
)
def test_repositories_of_remotes(shape: Shape, url: str, repository: str) -> None:
    shape.new.add_remote("origin", url)
    shape.refs({"refs/heads/main": shape.commit()})
    assert shape.policy()[1].fork.repository == repository


@pytest.mark.parametrize(
    ("tags", "forms"),
    [
        (["v1.2.3", "v1.2.2"], ("v{version}",)),
        (["1.2.3"], ("{version}",)),
        (
            ["v2.0-stable.patch1", "v2.0-stable", "v1.9-nightly"],
            ("v{version}-stable", "v{version}-stable.patch{patch}"),
        ),
        (["v2.0.post1", "v2.0", "v1.9-stable"], ("v{version}", "v{version}.post{patch}")),
        (["v1.3-stable", "v1.2-stable", "v1.1"], ("v{version}-stable",)),
        (["release/7.1", "release/7.0"], ("release/{version}",)),
        (["v1.2.3-rc1", "v1.2.3.dev4", "v1.2b1", "nightly-1.2", "v1.2-stable-draft"], ()),
        (["v1.2.3-acme.1.0.0"], ()),
        (["latest", "v3", "v1.2\u202e", "v{version}1.2"], ()),
    ],
)
def test_the_usual_form_of_releases(tags: list[str], forms: tuple[str, ...]) -> None:
    assert release_forms(tags) == forms


def test_schemes_come_and_go() -> None:
    newest_first = [f"v2.{number}-stable" for number in range(15)] + [f"v1.{number}" for number in range(100)]
    assert release_forms(newest_first) == ("v{version}-stable",)


@pytest.mark.parametrize(
    ("tag", "formats"),
    [
        ("v1.81.9-carto.1.18.6", ("v{upstream}-carto.{major}.{minor}.{patch}",)),
        ("carto-v1.76.5-0.1.0", ("carto-v{upstream}-{major}.{minor}.{patch}",)),
        ("v1.2.3", ()),
        ("1.2.3.4.5.6", ()),
    ],
)
def test_formats_of_fork_versions(tag: str, formats: tuple[str, ...]) -> None:
    assert fork_formats([tag]) == formats
