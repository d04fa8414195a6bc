"""What a sync dropped: the fork's changes to a file, or upstream's, though neither git nor the policy gives them away.

A renamed file is one file. What a later commit put back, be it a part, is no finding any more.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from ..policy.checks import fork_dropped, upstream_dropped
from ..policy.facts import Entry, ForkCommit
from ..policy.loss import is_binary, lost_lines
from ..policy.names import RepoPath
from .against_policy import AgainstPolicy
from .decision_log import FOLDER
from .glance import NOT_ACTIVE
from .history import fork_commits_by_path
from .recorded import RecordedFile, Recording
from .untouched import untouched_paths
from .upstream_lines import upstream_lines


class DroppedWork(Struct, frozen=True, dict=True):
    """Finds what was dropped; what is told as being against the policy is not told again as upstream's."""

    recording: Recording
    against: AgainstPolicy

    def of_fork(self) -> Iterator[fork_dropped.Dropped]:
        """The files that the fork had changed, and that are upstream's or gone; none that a rule gives away."""
        sync = self.recording.replay.sync
        losses = tuple(self._without_upstream_s(self._losses()))
        commits = self._commits(each.file.fork_path for each in losses)
        for each in losses:
            yield fork_dropped.Dropped(
                each.file.path,
                sync.commit,
                gone=each.file.recorded is None,
                lines=None if each.lines is None else len(each.lines),
                fork_parent=sync.fork_parent,
                commits=commits[each.file.fork_path],
            )

    def of_upstream(self) -> Iterator[upstream_dropped.Dropped]:
        """The files that git merges by itself, and that were recorded as the fork's."""
        sync, merge = self.recording.replay.sync, self.recording.replay.evaluation.merge
        for file in self.recording.files_left_alone():
            path, versions = file.path, file.versions
            if path not in merge.changes or path in self.recording.decisions or path in self.against.rulings:
                continue
            if file.recorded == versions.fork != merge.changes[path] and not self._took_upstream_s(file):
                yield upstream_dropped.Dropped(
                    path,
                    sync.commit,
                    sync.upstream_parent,
                    deleted=merge.changes[path] is None,
                    alone=versions.fork == versions.base,
                )

    # What the fork had

    def _losses(self) -> Iterator["_Loss"]:
        """What was given up and is missing still."""
        given_up = tuple(filter(self._is_given_up, self.recording.files_changed_by_fork()))
        entries = {each.fork_path: each.versions.fork for each in given_up if each.versions.fork is not None}
        replay = self.recording.replay
        untouched = untouched_paths(replay.fork.repo, replay.fork.history, entries)
        for file in given_up:
            loss = self._loss(file)
            if file.fork_path not in untouched and loss.is_any and not self._was_put_back(loss):
                yield loss

    def _is_given_up(self, file: RecordedFile) -> bool:
        """Whether upstream's entry, or none, was recorded of a file that the fork had changed, and nobody says so."""
        path, fork, recorded = file.path, file.versions.fork, file.recorded
        if path.startswith(f"{FOLDER}/") or fork in (file.versions.base, recorded):
            return False
        if recorded is None and fork in self._moved:
            return False
        return recorded in (None, file.versions.upstream) and not self._is_given_away(path, recorded)

    def _is_given_away(self, path: RepoPath, recorded: Entry | None) -> bool:
        """Whether the policy, or git's own merge, makes the path what was recorded."""
        decision = self.recording.decisions.get(path)
        if decision is not None:
            return not decision.needs_person and (
                decision.resolution in NOT_ACTIVE or decision.results.get(path) == recorded
            )
        ruling = self.against.rulings.get(path)
        return (ruling is not None and ruling.resolution in NOT_ACTIVE) or recorded == self.recording.clean(path)

    @cached_property
    def _moved(self) -> frozenset[Entry | None]:
        """What the sync recorded at new places."""
        return frozenset(new for old, new in self.recording.anew.values() if old is None)

    def _loss(self, file: RecordedFile) -> "_Loss":
        base, fork, recorded = file.versions.base, file.versions.fork, file.recorded
        return _Loss(file, self._lost(base, fork, recorded), _is_mode_lost(base, fork, recorded))

    def _was_put_back(self, loss: "_Loss") -> bool:
        """Whether a later commit brought some of it back: a line, or where no lines tell, anything else."""
        file = loss.file
        if file.final == file.recorded:
            return False
        still = self._lost(file.versions.base, file.versions.fork, file.final)
        return not loss.lines or still is None or len(still) < len(loss.lines)

    def _without_upstream_s(self, losses: Iterable["_Loss"]) -> Iterator["_Loss"]:
        """Without the lines that upstream has had in the meantime: the fork took them early, and they went again."""
        found = tuple(losses)
        replay, repo = self.recording.replay, self.recording.repo
        asked = {name: frozenset(each.lines) for each in found if each.lines for name in each.file.names}
        news = repo.walk([replay.sync.upstream_parent], replay.evaluation.based.bases)
        known = upstream_lines(repo, news, asked)
        for each in found:
            if each.lines is None:
                yield each
                continue
            others = frozenset[str]().union(*(known.get(name, ()) for name in each.file.names))
            file = each.file
            own = replace(each, lines=self._lost(file.versions.base, file.versions.fork, file.recorded, others))
            if own.is_any:
                yield own

    def _commits(self, paths: Iterable[RepoPath]) -> Mapping[RepoPath, tuple[ForkCommit, ...]]:
        """The commits that made the changes; a squashed sync made none of them."""
        replay = self.recording.replay
        squashed = {each.commit for each in replay.evaluation.based.lost_syncs}
        found = fork_commits_by_path(replay.fork.repo, replay.fork.history, paths)
        return {path: tuple(each for each in made if each.commit not in squashed) for path, made in found.items()}

    # What upstream had

    def _took_upstream_s(self, file: RecordedFile) -> bool:
        """Whether a later commit took some of what upstream did."""
        if file.final == file.recorded:
            return False
        base, upstream = file.versions.base, file.versions.upstream
        missing, still = (self._lost(base, upstream, each) for each in (file.recorded, file.final))
        return not missing or still is None or len(still) < len(missing)

    def _lost(
        self, base: Entry | None, side: Entry | None, result: Entry | None, others: frozenset[str] = frozenset()
    ) -> tuple[str, ...] | None:
        """The lines of a side's work that are not in a result; None where lines cannot be told."""
        entries = (base, side, result)
        if any(each is not None and each.is_submodule for each in entries):
            return None
        before, mine, after = (None if each is None else self.recording.repo.read(each.id) for each in entries)
        if any(each is not None and is_binary(each) for each in (before, mine, after)):
            return None
        return lost_lines(before, mine, after, others=others)


class _Loss(Struct, frozen=True):
    """What of the fork's work on a file is lost."""

    file: RecordedFile
    lines: tuple[str, ...] | None
    """None where lines cannot be told."""
    mode: bool
    """Whether the fork had changed the file's mode."""

    @property
    def is_any(self) -> bool:
        """Whether anything is; white space does not count."""
        return self.lines is None or bool(self.lines) or self.mode


def _is_mode_lost(base: Entry | None, fork: Entry | None, recorded: Entry | None) -> bool:
    if fork is None or recorded is None:
        return False
    return recorded.mode != fork.mode and (base is None or base.mode != fork.mode)
