"""What a recorded sync is reproached with: ownership, dropped changes of either side, and what became active."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from forkpolicy.engine.fork import Fork
from forkpolicy.engine.git.repository import Repository
from forkpolicy.engine.merge_review import review
from forkpolicy.engine.replay import replaying
from forkpolicy.engine.sync_merges import sync_merges
from forkpolicy.policy.findings import Finding
from forkpolicy.policy.loader import load
from forkpolicy.policy.names import CommitId
from tests.builder import RepositoryBuilder, lines
from tests.forks import BRANCH, PRODUCTION, make_fork, run
from tests.forks import git as run_git
from tests.planned import Files, write
from tests.policy.conflicts import policy
from tests.squashed import Product

BASE = lines(1, 30)
FORK, UPSTREAM = lines(1, 30, l5="fork"), lines(1, 30, l25="upstream")
BOTH = lines(1, 30, l5="fork", l25="upstream")
CLASH = lines(1, 30, l5="upstream")
OLD, NEW = lines(1, 30, l5="old"), lines(1, 30, l5="new")
WORKFLOW = "wf/ci.yml"

STALE = ({"a": BASE}, {"a": OLD}, ({"a": OLD}, {"a": NEW}))
"""The fork holds what upstream had before: base, fork, and upstream's two commits."""
EXACT = {"paths": ["/a"], "resolve": "accept-upstream", "scope": "exact", "may_lose": "all"}
UNTOUCHED = {"name": "untouched", "when": {"untouched": True}, "resolve": "accept-upstream"}
DISABLED = {"name": "off", "paths": [f"/{WORKFLOW}"], "resolve": "disable", "suffix": ".txt", "applies": "always"}
ADDED = {
    "name": "new",
    "paths": ["/wf/*.yml"],
    "when": {"upstream": ["added"]},
    "resolve": "disable",
    "suffix": ".txt",
    "applies": "always",
}


@dataclass
class Sync:
    """A sync that somebody recorded: every path that the merge changed against the fork's side is told."""

    repository: RepositoryBuilder
    base: Files
    fork: Files
    upstream: Files | tuple[Files, ...]
    recorded: Files
    rules: tuple[Mapping[str, Any], ...] = ()
    later: Files = field(default_factory=dict[str, str | None])
    """What a commit after the merge changes."""
    swapped: bool = False
    """Whether upstream's side is the merge's first parent."""
    own: CommitId = field(init=False)
    release: CommitId = field(init=False)
    merge: CommitId = field(init=False)

    def findings(self) -> list[Finding]:
        """What is found in it."""
        root = write(self.repository.on(), {"README": "readme\n", **self.base}).commit("base")
        release = root
        for number, files in enumerate(self.upstream if isinstance(self.upstream, tuple) else (self.upstream,)):
            release = write(self.repository.on(release), {"README": f"{number}\n", **files}).commit("release")
        start = self.repository.on(root).write("OWN", "own\n").commit("feat: own")
        self.own = write(self.repository.on(start), {"OWN": "more\n", **self.fork}).commit("feat: change (#7)")
        self.release = release
        self.merge = self._merge(release)
        tip = write(self.repository.on(self.merge), {"LATER": "later\n", **self.later}).commit("fix: later")
        self.repository.branch("prod", tip).tag("v1.0", root).tag("v2.0", release)
        seen = Fork.of(Repository.open(self.repository.path), policy(*self.rules))
        return reviewed(seen)

    def rules_found(self) -> list[tuple[str, str | None]]:
        """The findings by rule and path."""
        return [(each.rule, each.path) for each in self.findings()]

    def _merge(self, release: CommitId) -> CommitId:
        """The merge has the fork's files, but for those told, whatever the order of its parents."""
        parents = (release, self.own) if self.swapped else (self.own, release)
        repo = Repository.open(self.repository.path)
        change = self.repository.on(*parents).clear()
        for path, entry in repo.files(repo.tree(self.own)):
            change.write(path, repo.read(entry.id))
        readme = repo.entry(repo.tree(release), "README")  # type: ignore[arg-type]
        assert readme is not None
        merge: CommitId = write(change.write("README", repo.read(readme.id)), self.recorded).commit("Merge")
        return merge


def reviewed(fork: Fork) -> list[Finding]:
    """The findings in the one sync of a fork's production."""
    [sync] = sync_merges(fork.repo, fork.history)
    with replaying(fork, sync, "carto-fork.yaml") as replay:
        return list(review(replay, fork.repo.tree(fork.production.commit)))


class TestOwnership:
    @pytest.mark.parametrize("swapped", [False, True])
    def test_the_fork_s_stale_copy(self, repository: RepositoryBuilder, *, swapped: bool) -> None:
        sync = Sync(repository, *STALE, {}, (UNTOUCHED,), swapped=swapped)

        [finding] = sync.findings()
        assert (finding.rule, finding.path, finding.commit) == ("ownership", "a", sync.merge)
        assert finding.message == (
            f"a: {sync.merge[:10]} recorded ACME's file, the policy decides accept-upstream (rule `untouched`)"
        )
        assert finding.fix is not None
        assert finding.fix.endswith(" -- a")

    def test_a_blend_of_it(self, repository: RepositoryBuilder) -> None:
        [finding] = Sync(repository, *STALE, {"a": BASE}, (UNTOUCHED,)).findings()

        assert "recorded a file that is neither ACME's nor Widget's" in finding.message

    @pytest.mark.parametrize("mended", [NEW, BOTH, None], ids=["as decided", "in another way", "deleted"])
    def test_a_later_commit_mended_it(self, repository: RepositoryBuilder, mended: str | None) -> None:
        assert Sync(repository, *STALE, {}, (UNTOUCHED,), later={"a": mended}).findings() == []

    def test_what_the_policy_decides_was_recorded(self, repository: RepositoryBuilder) -> None:
        assert Sync(repository, *STALE, {"a": NEW}, (UNTOUCHED,)).findings() == []

    @pytest.mark.parametrize("recorded", [FORK, BOTH], ids=["the fork's", "a blend"])
    def test_a_path_that_is_left_to_people(self, repository: RepositoryBuilder, recorded: str) -> None:
        sync = Sync(repository, {"a": BASE}, {"a": FORK}, {"a": CLASH}, {"a": recorded})

        assert sync.findings() == []

    def test_a_file_that_was_wrong_before_and_that_upstream_left_alone(self, repository: RepositoryBuilder) -> None:
        assert Sync(repository, {"a": BASE}, {"a": FORK}, {"b": "b\n"}, {"b": "b\n"}, (EXACT,)).findings() == []

    @pytest.mark.parametrize("upstream", [NEW, None], ids=["changed", "deleted"])
    @pytest.mark.parametrize("rule", [EXACT, {**EXACT, "scope": "file", "applies": "always"}], ids=["exact", "always"])
    def test_where_git_merges_as_the_rule_says(
        self, repository: RepositoryBuilder, rule: Mapping[str, Any], upstream: str | None
    ) -> None:
        sync = Sync(repository, {"a": BASE}, {}, {"a": upstream}, {}, (rule,))

        [finding] = sync.findings()
        assert finding.rule == "ownership"
        assert "recorded ACME's file, the policy decides accept-upstream" in finding.message
        assert finding.fix == ("git rm -- a" if upstream is None else f"git checkout {sync.release[:10]} -- a")

    def test_upstream_s_file_whole_where_a_rule_gives_it_hunks_alone(self, repository: RepositoryBuilder) -> None:
        rule = {"name": "code", "resolve": "accept-upstream", "scope": "hunks", "paths": ["/a"], "may_lose": ["^fork"]}
        fork, upstream = lines(1, 30, l5="fork", l25="more"), lines(1, 30, l5="upstream")

        found = Sync(repository, {"a": BASE}, {"a": fork}, {"a": upstream}, {"a": upstream}, (rule,)).findings()
        assert [each.rule for each in found] == ["ownership", "fork-dropped"]
        wanted = "the policy merges both sides, and decides accept-upstream where they conflict (rule `code`)"
        assert wanted in found[0].message


class TestForkDropped:
    @pytest.mark.parametrize("swapped", [False, True])
    def test_upstream_s_file_whole_though_both_merge(self, repository: RepositoryBuilder, *, swapped: bool) -> None:
        sync = Sync(repository, {"a": BASE}, {"a": FORK}, {"a": UPSTREAM}, {"a": UPSTREAM}, swapped=swapped)

        [finding] = sync.findings()
        assert (finding.rule, finding.path, finding.commit) == ("fork-dropped", "a", sync.merge)
        assert finding.message == (
            f"a: {sync.merge[:10]} recorded Widget's file whole; ACME's changes are gone (2 lines), "
            f"made by {sync.own[:10]} #7 “feat: change (#7)”"
        )

    def test_in_a_conflict_that_is_left_to_people(self, repository: RepositoryBuilder) -> None:
        sync = Sync(repository, {"a": BASE}, {"a": FORK}, {"a": CLASH}, {"a": CLASH})

        assert sync.rules_found() == [("fork-dropped", "a")]

    def test_though_upstream_had_not_changed_it(self, repository: RepositoryBuilder) -> None:
        sync = Sync(repository, {"a": BASE}, {"a": FORK}, {}, {"a": BASE})

        assert sync.rules_found() == [("fork-dropped", "a")]

    def test_a_file_of_the_fork_is_gone(self, repository: RepositoryBuilder) -> None:
        sync = Sync(repository, {}, {"a": FORK}, {}, {"a": None})

        [finding] = sync.findings()
        assert "recorded no file; ACME's changes are gone (30 lines)" in finding.message

    def test_an_untouched_file(self, repository: RepositoryBuilder) -> None:
        """The fork's differs from the base's, but upstream had it."""
        assert Sync(repository, *STALE, {"a": NEW}).findings() == []

    def test_upstream_has_the_same_lines_by_now(self, repository: RepositoryBuilder) -> None:
        assert Sync(repository, {"a": BASE}, {"a": FORK}, {"a": BOTH}, {"a": BOTH}).findings() == []

    def test_a_path_that_a_rule_gives_away(self, repository: RepositoryBuilder) -> None:
        rule = {"paths": ["/a"], "resolve": "accept-upstream", "may_lose": "all"}

        assert Sync(repository, {"a": BASE}, {"a": FORK}, {"a": CLASH}, {"a": CLASH}, (rule,)).findings() == []

    def test_one_that_a_rule_removes(self, repository: RepositoryBuilder) -> None:
        rule = {"paths": ["/a"], "resolve": "remove", "applies": "always", "may_lose": "all"}

        assert Sync(repository, {"a": BASE}, {"a": FORK}, {"a": UPSTREAM}, {"a": None}, (rule,)).findings() == []

    def test_a_later_commit_put_it_back(self, repository: RepositoryBuilder) -> None:
        sync = Sync(repository, {"a": BASE}, {"a": FORK}, {"a": UPSTREAM}, {"a": UPSTREAM}, later={"a": BOTH})

        assert sync.findings() == []

    def test_a_later_commit_put_one_line_back(self, repository: RepositoryBuilder) -> None:
        fork, later = lines(1, 30, l5="fork", l10="more"), lines(1, 30, l10="more", l25="upstream")
        sync = Sync(repository, {"a": BASE}, {"a": fork}, {"a": UPSTREAM}, {"a": UPSTREAM}, later={"a": later})

        assert sync.findings() == []

    def test_a_later_commit_changed_something_else(self, repository: RepositoryBuilder) -> None:
        later = {"a": lines(1, 30, l15="later", l25="upstream")}
        sync = Sync(repository, {"a": BASE}, {"a": FORK}, {"a": UPSTREAM}, {"a": UPSTREAM}, later=later)

        assert sync.rules_found() == [("fork-dropped", "a")]

    @pytest.mark.parametrize(("own", "lost"), [("", None), ("own\n", "(1 line)")])
    def test_what_upstream_had_for_a_while_is_not_the_fork_s(
        self, repository: RepositoryBuilder, own: str, lost: str | None
    ) -> None:
        """The fork took a draft of upstream's, who has reworked it since."""
        drafted, done = BASE + "draft\n", lines(2, 30) + "done\n"
        picked = lines(2, 30) + own + "draft\n"

        found = Sync(repository, {"a": BASE}, {"a": picked}, ({"a": drafted}, {"a": done}), {"a": done}).findings()
        assert [each.message.partition("gone ")[2].partition(",")[0] for each in found] == ([lost] if lost else [])

    def test_a_mode_that_the_fork_set(self, repository: RepositoryBuilder) -> None:
        root = repository.on().write("run.sh", BASE).commit("base")
        release = repository.on(root).write("run.sh", UPSTREAM).commit("release")
        fork = repository.on(root).chmod("run.sh").commit("feat: run it")
        merge = repository.on(fork, release).write("run.sh", UPSTREAM).commit("Merge")
        repository.branch("prod", merge).tag("v1.0", root).tag("v2.0", release)

        [finding] = reviewed(Fork.of(Repository.open(repository.path), policy()))
        assert "recorded Widget's file whole; ACME's changes are gone (the mode), made by" in finding.message

    def test_a_file_that_the_merge_moved(self, repository: RepositoryBuilder) -> None:
        assert Sync(repository, {"a": BASE}, {"a": FORK}, {}, {"a": None, "b": FORK}).findings() == []

    def test_the_log_of_an_older_sync_is_nobody_s_work(self, repository: RepositoryBuilder) -> None:
        log = ".forkpolicy/decisions/v1.0.json"

        assert Sync(repository, {}, {log: "{}\n"}, {}, {log: None}).findings() == []

    def test_of_a_binary_no_lines_are_told(self, repository: RepositoryBuilder) -> None:
        [finding] = Sync(repository, {"a": "\0a"}, {"a": "\0b"}, {}, {"a": "\0a"}).findings()

        assert "ACME's changes are gone, made by" in finding.message


class TestRenamedFiles:
    """Upstream moved the file that the fork had changed; git merges both."""

    def sync(self, repository: RepositoryBuilder, recorded: Files) -> list[tuple[str, str | None]]:
        """What is found where this was recorded of the two names."""
        return Sync(repository, {"a": BASE}, {"a": FORK}, {"a": None, "b": UPSTREAM}, recorded).rules_found()

    def test_merged(self, repository: RepositoryBuilder) -> None:
        assert self.sync(repository, {"a": None, "b": BOTH}) == []

    def test_the_fork_s_change_was_dropped(self, repository: RepositoryBuilder) -> None:
        assert self.sync(repository, {"a": None, "b": UPSTREAM}) == [("fork-dropped", "b")]

    def test_the_file_is_gone(self, repository: RepositoryBuilder) -> None:
        assert self.sync(repository, {"a": None}) == [("fork-dropped", "b")]

    def test_upstream_s_change_was_dropped(self, repository: RepositoryBuilder) -> None:
        assert self.sync(repository, {}) == [("upstream-dropped", "b")]

    def test_the_change_was_dropped_and_the_move_was_not(self, repository: RepositoryBuilder) -> None:
        assert self.sync(repository, {"a": None, "b": FORK}) == [("upstream-dropped", "b")]

    def test_merged_under_the_old_name(self, repository: RepositoryBuilder) -> None:
        assert self.sync(repository, {"a": BOTH}) == []


class TestAfterASquashedSync:
    """The fork began on upstream's first commit, and squashed the sync of the eighth."""

    @pytest.fixture
    def product(self, repository: RepositoryBuilder) -> Product:
        return Product.of(repository)

    def sync(self, product: Product, **recorded: str) -> list[Finding]:
        """What is found in the sync of upstream's newest commit, after a change of the fork to a file."""
        start = product.commit(product.own(0), product.upstream[0])
        squashed = product.commit(product.own(8), start, message="sync")
        changed = product.states[8]["f3"] + "own line\n"
        fork = product.commit(product.own(8, f3=changed), squashed, message="feat: own line (#9)")
        files = product.own(12, f3=changed) | recorded
        return reviewed(product.fork(product.commit(files, fork, product.upstream[12], message="Merge")))

    def test_a_sync_that_kept_everything(self, product: Product) -> None:
        assert self.sync(product) == []

    def test_what_the_squashed_sync_brought_is_not_the_fork_s(self, product: Product) -> None:
        [finding] = self.sync(product, f3=product.states[12]["f3"])

        assert (finding.rule, finding.path) == ("fork-dropped", "f3")
        assert "(1 line), made by" in finding.message
        assert finding.message.endswith(" #9 “feat: own line (#9)”")


class TestUpstreamDropped:
    @pytest.mark.parametrize("swapped", [False, True])
    def test_the_fork_s_file_though_both_merge(self, repository: RepositoryBuilder, *, swapped: bool) -> None:
        sync = Sync(repository, {"a": BASE}, {"a": FORK}, {"a": UPSTREAM}, {}, swapped=swapped)

        [finding] = sync.findings()
        assert (finding.rule, finding.path, finding.commit) == ("upstream-dropped", "a", sync.merge)
        assert finding.message == (
            f"a: {sync.merge[:10]} recorded ACME's file, though Widget changed it, and both merge"
        )

    def test_a_file_that_only_upstream_changed(self, repository: RepositoryBuilder) -> None:
        assert Sync(repository, {"a": BASE}, {}, {"a": UPSTREAM}, {}).rules_found() == [("upstream-dropped", "a")]

    def test_a_file_that_upstream_added(self, repository: RepositoryBuilder) -> None:
        assert Sync(repository, {}, {}, {"a": BASE}, {}).rules_found() == [("upstream-dropped", "a")]

    def test_a_file_that_upstream_deleted(self, repository: RepositoryBuilder) -> None:
        [finding] = Sync(repository, {"a": BASE}, {}, {"a": None}, {}).findings()

        assert finding.message.endswith(
            "recorded ACME's file, though Widget has it no more, and ACME had not changed it"
        )

    def test_its_deletion_was_recorded(self, repository: RepositoryBuilder) -> None:
        assert Sync(repository, {"a": BASE}, {}, {"a": None}, {"a": None}).findings() == []

    def test_it_is_not_repeated_where_a_rule_was_broken(self, repository: RepositoryBuilder) -> None:
        sync = Sync(repository, {"a": BASE}, {"a": FORK}, {"a": UPSTREAM}, {}, (EXACT,))

        assert sync.rules_found() == [("ownership", "a")]

    def test_a_rule_keeps_the_fork_s(self, repository: RepositoryBuilder) -> None:
        rule = {"paths": ["/a"], "resolve": "keep-fork", "applies": "always", "may_lose_upstream": "all"}

        assert Sync(repository, {"a": BASE}, {"a": FORK}, {"a": UPSTREAM}, {}, (rule,)).findings() == []

    def test_a_later_commit_took_it(self, repository: RepositoryBuilder) -> None:
        assert Sync(repository, {"a": BASE}, {"a": FORK}, {"a": UPSTREAM}, {}, later={"a": BOTH}).findings() == []

    def test_a_later_commit_changed_something_else(self, repository: RepositoryBuilder) -> None:
        later = {"a": lines(1, 30, l5="fork", l15="later")}
        sync = Sync(repository, {"a": BASE}, {"a": FORK}, {"a": UPSTREAM}, {}, later=later)

        assert sync.rules_found() == [("upstream-dropped", "a")]

    def test_a_merge_as_git_makes_it(self, repository: RepositoryBuilder) -> None:
        assert Sync(repository, {"a": BASE}, {"a": FORK}, {"a": UPSTREAM}, {"a": BOTH}).findings() == []


class TestDisabledFile:
    COPY = f"{WORKFLOW}.txt"

    @pytest.mark.parametrize("swapped", [False, True])
    def test_a_disabled_workflow_came_back(self, repository: RepositoryBuilder, *, swapped: bool) -> None:
        fork = {WORKFLOW: None, self.COPY: BASE}
        sync = Sync(repository, {WORKFLOW: BASE}, fork, {WORKFLOW: NEW}, {WORKFLOW: NEW}, (DISABLED,), swapped=swapped)

        [finding] = sync.findings()
        assert (finding.rule, finding.path, finding.commit) == ("disabled-file", WORKFLOW, sync.merge)
        assert finding.message == (
            f"{WORKFLOW}: {sync.merge[:10]} makes it active, and the policy disables it (rule `off`)"
        )
        assert finding.fix == f"git mv -- {WORKFLOW} {self.COPY}"

    def test_also_where_its_copy_is_no_rename_for_git(self, repository: RepositoryBuilder) -> None:
        fork = {WORKFLOW: None, self.COPY: "switched off\n"}
        sync = Sync(repository, {WORKFLOW: BASE}, fork, {WORKFLOW: NEW}, {WORKFLOW: NEW}, (DISABLED,))

        assert ("disabled-file", WORKFLOW) in sync.rules_found()

    def test_it_stayed_away(self, repository: RepositoryBuilder) -> None:
        fork = {WORKFLOW: None, self.COPY: BASE}

        assert Sync(repository, {WORKFLOW: BASE}, fork, {WORKFLOW: NEW}, {self.COPY: NEW}, (DISABLED,)).findings() == []

    def test_it_was_active_before(self, repository: RepositoryBuilder) -> None:
        sync = Sync(repository, {WORKFLOW: BASE}, {}, {WORKFLOW: NEW}, {WORKFLOW: NEW}, (DISABLED,))

        assert sync.findings() == []

    def test_a_new_workflow_of_upstream_s(self, repository: RepositoryBuilder) -> None:
        sync = Sync(repository, {}, {}, {WORKFLOW: NEW}, {WORKFLOW: NEW}, (ADDED,))

        assert sync.rules_found() == [("disabled-file", WORKFLOW)]

    def test_a_later_commit_took_it_out(self, repository: RepositoryBuilder) -> None:
        later = {WORKFLOW: None, self.COPY: NEW}

        assert Sync(repository, {}, {}, {WORKFLOW: NEW}, {WORKFLOW: NEW}, (ADDED,), later=later).findings() == []

    def test_a_package_that_the_policy_removes(self, repository: RepositoryBuilder) -> None:
        rule = {"name": "built", "paths": ["/dist/"], "resolve": "remove", "applies": "always"}

        [finding] = Sync(repository, {}, {}, {"dist/a.whl": "a"}, {"dist/a.whl": "a"}, (rule,)).findings()
        assert finding.message.endswith("brings it, and the policy removes it (rule `built`)")
        assert finding.fix == "git rm -- dist/a.whl"

    def test_a_command_to_copy_holds_the_name_whatever_it_is(self, repository: RepositoryBuilder) -> None:
        rule = {"paths": ["/dist/"], "resolve": "remove", "applies": "always"}
        name = "dist/it's $(x)"

        [finding] = Sync(repository, {}, {}, {name: "a"}, {name: "a"}, (rule,)).findings()
        assert finding.fix == "git rm -- 'dist/it'\\''s $(x)'"


class TestWhatForkpolicyMade:
    @pytest.mark.parametrize("rules", [(), (UNTOUCHED,), (ADDED, DISABLED, UNTOUCHED)])
    def test_a_merge_as_decided(self, repository: RepositoryBuilder, rules: tuple[Mapping[str, Any], ...]) -> None:
        base, fork, upstream = STALE
        sync = Sync(repository, base, fork, upstream, {"a": NEW}, rules)

        assert sync.findings() == []

    def test_an_applied_plan(self, tmp_path: Path) -> None:
        place = make_fork(tmp_path / "fork", decided=True)
        assert run(place, "-q", "apply") == 0
        merge = run_git(place, "rev-parse", BRANCH)

        loaded = load((place / "carto-fork.yaml").read_bytes(), "carto-fork.yaml")
        fork = Fork.of(Repository.open(place), loaded, BRANCH)
        [*_, sync] = sync_merges(fork.repo, fork.history, CommitId(run_git(place, "rev-parse", PRODUCTION)))
        assert sync.commit == merge
        with replaying(fork, sync, "carto-fork.yaml") as replay:
            assert list(review(replay, fork.repo.tree(CommitId(merge)))) == []
