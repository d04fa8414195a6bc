"""Workflows through a sync, case by case: new ones arrive disabled, disabled ones stay so, running ones go on."""

from pathlib import Path

import pytest

from tests.builder import RepositoryBuilder, lines
from tests.planned import Files, Outcome, plan, plan_of, write

RULES = (
    {"name": "disabled", "paths": ["/wf/off.yml"], "resolve": "disable", "applies": "always"},
    {"name": "fork-only", "when": {"fork_only": True}, "resolve": "keep-fork", "applies": "always"},
    {
        "name": "new",
        "paths": ["/wf/*.yml"],
        "when": {"upstream": ["added"]},
        "resolve": "disable",
        "applies": "always",
    },
    {"name": "running", "paths": ["/wf/"], "resolve": "keep-fork", "scope": "hunks"},
)
ACTIVE = lines(1, 20)
EDITED = lines(1, 20, l18="upstream's")
OWN = lines(1, 20, l3="own")
DISABLED: Files = {"wf/off.yml": None, "wf/off.yml.txt": ACTIVE}


def synced(place: Path, base: Files, fork: Files, upstream: Files) -> Outcome:
    return plan(place, base, fork, upstream, *RULES)


class TestNewOnes:
    def test_they_arrive_disabled(self, tmp_path: Path) -> None:
        found = synced(tmp_path, {}, {}, {"wf/new.yml": ACTIVE})
        assert (found["wf/new.yml"], found["wf/new.yml.txt"]) == (None, ACTIVE)

    def test_so_do_those_that_upstream_moved_here_from_elsewhere(self, tmp_path: Path) -> None:
        found = synced(tmp_path, {"doc/a.yml": ACTIVE}, {}, {"doc/a.yml": None, "wf/a.yml": ACTIVE})
        assert (found["wf/a.yml"], found["wf/a.yml.txt"]) == (None, ACTIVE)

    def test_when_upstream_goes_on_editing_one_the_copy_follows(self, tmp_path: Path) -> None:
        fork: Files = {"wf/new.yml": None, "wf/new.yml.txt": ACTIVE}
        found = synced(tmp_path, {"wf/new.yml": ACTIVE}, fork, {"wf/new.yml": EDITED})
        assert (found["wf/new.yml"], found["wf/new.yml.txt"]) == (None, EDITED)

    @pytest.mark.parametrize("own", [None, OWN])
    def test_a_copy_that_the_fork_made_beforehand_follows(self, tmp_path: Path, own: str | None) -> None:
        found = synced(tmp_path, {}, {"wf/new.yml.txt": own} if own else {}, {"wf/new.yml": EDITED})
        assert (found["wf/new.yml"], found["wf/new.yml.txt"]) == (None, EDITED)


class TestDisabledOnes:
    def test_the_copy_follows_upstreams_edits(self, tmp_path: Path) -> None:
        found = synced(tmp_path, {"wf/off.yml": ACTIVE}, DISABLED, {"wf/off.yml": EDITED})
        assert (found["wf/off.yml"], found["wf/off.yml.txt"]) == (None, EDITED)

    def test_it_follows_where_upstream_wrote_the_file_anew(self, tmp_path: Path) -> None:
        anew = lines(100, 130)
        found = synced(tmp_path, {"wf/off.yml": ACTIVE}, DISABLED, {"wf/off.yml": anew})
        assert (found["wf/off.yml"], found["wf/off.yml.txt"]) == (None, anew)

    def test_it_goes_with_upstreams_file(self, tmp_path: Path) -> None:
        found = synced(tmp_path, {"wf/off.yml": ACTIVE}, DISABLED, {"wf/off.yml": None})
        assert (found["wf/off.yml"], found["wf/off.yml.txt"]) == (None, None)

    @pytest.mark.parametrize("content", [ACTIVE, EDITED], ids=["as it is", "edited"])
    def test_it_follows_a_rename(self, tmp_path: Path, content: str) -> None:
        found = synced(tmp_path, {"wf/off.yml": ACTIVE}, DISABLED, {"wf/off.yml": None, "wf/other.yml": content})
        active = {path: found[path] for path in ("wf/off.yml", "wf/other.yml", "wf/off.yml.txt")}
        assert active == dict.fromkeys(active)
        assert found["wf/other.yml.txt"] == content

    def test_one_that_the_fork_switched_on_is_switched_off_again(self, tmp_path: Path) -> None:
        found = synced(tmp_path, {"wf/off.yml": ACTIVE}, {"wf/off.yml.txt": ACTIVE}, {"wf/off.yml": EDITED})
        assert (found["wf/off.yml"], found["wf/off.yml.txt"]) == (None, EDITED)

    def test_also_where_upstream_did_nothing(self, tmp_path: Path) -> None:
        found = synced(tmp_path, {"wf/off.yml": ACTIVE}, {"wf/off.yml.txt": ACTIVE}, {})
        assert (found["wf/off.yml"], found["wf/off.yml.txt"]) == (None, ACTIVE)

    def test_one_that_the_fork_switched_on_and_changed_waits_for_a_person(self, tmp_path: Path) -> None:
        found = synced(tmp_path, {"wf/off.yml": ACTIVE}, {"wf/off.yml": OWN}, {"wf/off.yml": EDITED})
        left = found.left("wf/off.yml")
        assert left is not None
        assert left.at_stake == ("own", "line 3")

    def test_without_a_copy_one_is_made(self, tmp_path: Path) -> None:
        found = synced(tmp_path, {"wf/off.yml": ACTIVE}, {"wf/off.yml": None}, {"wf/off.yml": EDITED})
        assert (found["wf/off.yml"], found["wf/off.yml.txt"]) == (None, EDITED)


class TestRunningOnes:
    def test_they_merge_as_ever(self, tmp_path: Path) -> None:
        found = synced(tmp_path, {"wf/ci.yml": ACTIVE}, {"wf/ci.yml": OWN}, {"wf/ci.yml": EDITED})
        assert found["wf/ci.yml"] == lines(1, 20, l3="own", l18="upstream's")

    def test_they_go_when_upstream_deletes_them(self, tmp_path: Path) -> None:
        found = synced(tmp_path, {"wf/ci.yml": ACTIVE}, {}, {"wf/ci.yml": None})
        assert (found["wf/ci.yml"], found["wf/ci.yml.txt"]) == (None, None)

    @pytest.mark.parametrize("content", [ACTIVE, EDITED], ids=["as it is", "edited"])
    @pytest.mark.parametrize("own", [False, True], ids=["untouched", "with lines of the fork's"])
    def test_they_go_on_under_a_new_name(self, tmp_path: Path, content: str, own: bool) -> None:
        fork: Files = {"wf/ci.yml": OWN} if own else {}
        found = synced(tmp_path, {"wf/ci.yml": ACTIVE}, fork, {"wf/ci.yml": None, "wf/build.yml": content})
        running = content.replace("line 3\n", "own\n") if own else content
        assert (found["wf/ci.yml"], found["wf/build.yml"]) == (None, running)
        assert found["wf/build.yml.txt"] is None

    @pytest.mark.parametrize(("own", "left"), [(ACTIVE, ACTIVE), (OWN, OWN)], ids=["the same", "another"])
    def test_one_that_upstream_adds_too_keeps_running(self, tmp_path: Path, own: str, left: str) -> None:
        """The base lacks it, as after a squashed sync, and production runs it."""
        found = synced(tmp_path, {}, {"wf/ci.yml": own}, {"wf/ci.yml": ACTIVE})
        assert (found["wf/ci.yml"], found["wf/ci.yml.txt"]) == (left, None)
        assert found.plan.for_people == ()


class TestSeveralBases:
    """The two sides have merged each other before, so that git finds two bases, of which only one has the workflow."""

    @pytest.fixture
    def repository(self, tmp_path: Path) -> RepositoryBuilder:
        return RepositoryBuilder(tmp_path / "fork.git")

    @pytest.mark.parametrize("first", [True, False])
    def test_a_workflow_of_either_base_is_not_new(self, repository: RepositoryBuilder, first: bool) -> None:
        root = repository.on().write("README", "readme\n").commit("root")
        files: tuple[Files, Files] = ({"wf/ci.yml": ACTIVE}, {"other": "x\n"})
        one, other = (write(repository.on(root), each).commit() for each in (files if first else files[::-1]))
        both: Files = {**files[0], **files[1]}
        fork = write(repository.on(other, one), both).commit("merge upstream")
        release = write(repository.on(one, other), {**both, "wf/new.yml": ACTIVE}).commit()
        production = write(repository.on(fork), {"OWN": "own\n", "wf/ci.yml": None}).commit()
        found = plan_of(repository, production, release, *RULES)
        assert found.plan.base is not None
        assert len(found.plan.base.git) == 2
        assert (found["wf/new.yml"], found["wf/new.yml.txt"]) == (None, ACTIVE)
        assert (found["wf/ci.yml"], found["wf/ci.yml.txt"]) == (None, None)
