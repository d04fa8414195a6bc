"""The fork as it stands: production, the releases that are known, and the history that both share."""

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from ..policy.findings import Finding
from ..policy.models import Policy
from ..policy.names import CommitId, RefName
from ..policy.releases import Release, ReleaseRules
from ..policy.versions import ForkVersion, VersionFormat
from .git.health import RefFiles, read_refs
from .git.repository import Repository
from .history import ForkHistory, fork_history, upstream_tips
from .preflight import Branch, Expected, branch_refs, preflight, resolve_branch


class Tagged(Struct, frozen=True):
    """A release of the fork: its tag, the version that the tag names, and the commit it leads to."""

    tag: str
    version: ForkVersion
    commit: CommitId


class Fork(Struct, frozen=True, dict=True):
    """A repository seen through a policy. Everything is read on first use, and once."""

    repo: Repository
    policy: Policy
    production: Branch
    known_upstream: tuple[CommitId, ...] = ()
    """Commits that are upstream's whatever the refs say."""

    @classmethod
    def of(cls, repo: Repository, policy: Policy, onto: str | None = None) -> "Fork":
        """Look at a repository; `onto` names another branch than production to plan for.

        Raises:
            RepositoryError: there is no such branch.
        """
        return cls(repo, policy, resolve_branch(repo, onto or policy.production, policy.fork.remote))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is unusual about the repository and the branch, though it stops nothing.

        Raises:
            RepositoryError: a damaged ref hides a release, or a branch of the policy.
        """
        return (*preflight(self.repo, Expected.of(self.policy), self._refs), *self.production.findings)

    @cached_property
    def rules(self) -> ReleaseRules:
        """Which tags are releases."""
        return ReleaseRules(self.policy.releases.schemes, self.policy.releases.deny)

    @cached_property
    def accepted_tags(self) -> dict[Release, CommitId]:
        """Every tag that a scheme accepts; tags of fork versions never count."""
        formats = self.formats
        read = (self.rules.read(tag) for tag in self._tags if formats is None or formats.parse(tag) is None)
        releases = {each: self.repo.ref(f"refs/tags/{each.tag}") for each in read if isinstance(each, Release)}
        return {release: commit for release, commit in releases.items() if commit is not None}

    @cached_property
    def history(self) -> ForkHistory:
        """The fork's own commits on the branch, and where upstream's begin."""
        return fork_history(self.repo, self.production.commit, self.tips, self.since)

    @cached_property
    def tips(self) -> tuple[CommitId, ...]:
        """The tips of upstream's commits; some may turn out to descend from the fork's first commit."""
        mirror = next(iter(self.mirrors.values()), None)
        tips = (*self.accepted_tags.values(), *self.known_upstream)
        return upstream_tips(self.upstream_branches, tips, mirror)

    @cached_property
    def upstream_branches(self) -> tuple[CommitId, ...]:
        """The tips of the branches of upstream's remote; none where they were not fetched, as in CI."""
        prefix = f"refs/remotes/{self.policy.upstream.remote}/"
        found = (self.repo.ref(ref) for ref in self._refs if ref.startswith(prefix))
        return tuple(commit for commit in found if commit is not None)

    @cached_property
    def since(self) -> CommitId | None:
        """The fork's first own commit, where the policy names it and it is here."""
        return None if self.policy.fork.since is None else self.repo.find(self.policy.fork.since)

    @cached_property
    def mirrors(self) -> dict[RefName, CommitId]:
        """The mirror branches that are here: the local ones, and those of the fork's remote."""
        names = [name for branch in self.policy.branches if branch.role == "mirror" for name in branch.names]
        refs = [ref for name in names for ref in branch_refs(name, self.policy.fork.remote)]
        found = {ref: self.repo.ref(ref) for ref in refs}
        return {ref: commit for ref, commit in found.items() if commit is not None}

    @cached_property
    def releases(self) -> Mapping[Release, CommitId]:
        """Upstream's releases with their commits, newest first."""
        upstream = set(self.history.upstream)
        accepted = self.accepted_tags
        return {each: accepted[each] for each in sorted(accepted, reverse=True) if accepted[each] in upstream}

    @cached_property
    def contained(self) -> tuple[Release, ...]:
        """The releases in the branch's history, newest first."""
        return tuple(filter(self.contains, self.releases))

    @cached_property
    def newest_contained(self) -> Release | None:
        """The newest release in the branch's history; the older ones are not looked at."""
        return next(filter(self.contains, self.releases), None)

    def contains(self, release: Release) -> bool:
        """Whether a known release is in the branch's history."""
        return not any(self.repo.walk([self.releases[release]], [self.production.commit]))

    @cached_property
    def version(self) -> ForkVersion | None:
        """The newest fork version that is tagged in the branch's history."""
        return next((each.version for each in self.tagged if self._is_in_history(each.commit)), None)

    @cached_property
    def tagged(self) -> tuple[Tagged, ...]:
        """Every release of the fork in the repository, newest first."""
        formats = self.formats
        if formats is None:
            return ()
        versions = {tag: version for tag in self._tags if (version := formats.parse(tag))}
        commits = {tag: self.repo.ref(f"refs/tags/{tag}") for tag in versions}
        found = (Tagged(tag, versions[tag], commit) for tag, commit in commits.items() if commit is not None)
        return tuple(sorted(found, key=lambda each: each.version, reverse=True))

    @cached_property
    def formats(self) -> VersionFormat | None:
        """How the fork writes its versions; None where it numbers none."""
        versions = self.policy.versions
        return None if versions is None else VersionFormat(versions.format, versions.legacy)

    def tag(self, version: ForkVersion | None) -> str | None:
        """A fork version's tag."""
        return None if version is None or self.formats is None else self.formats.tag(version)

    @cached_property
    def _tags(self) -> tuple[str, ...]:
        return tuple(ref.removeprefix("refs/tags/") for ref in self._refs if ref.startswith("refs/tags/"))

    @cached_property
    def _refs(self) -> RefFiles:
        return read_refs(self.repo)

    def _is_in_history(self, commit: CommitId) -> bool:
        """Whether any commit is in the branch's history; the fork may have tagged one of upstream's, too."""
        return commit in self.history.commits or self.repo.is_ancestor(commit, self.production.commit)


def fork_at(fork: Fork, revision: str) -> Fork:
    """The fork, seen from another commit than its branch's tip.

    Raises:
        RepositoryError: there is no such commit.
    """
    commit = fork.repo.resolve(revision)
    return replace(fork, production=replace(fork.production, name=revision, commit=commit, also=None))
