"""Pull requests that try to get past the gate, or to break what it prints."""

import json
from pathlib import Path
from typing import Any

import pytest

from forkpolicy.engine import cli
from forkpolicy.policy.names import CommitId
from tests.builder import RepositoryBuilder
from tests.gated import HOME, POLICY_FILE, PRODUCTION, Gated
from tests.hostile import HOSTILE
from tests.numbered import POLICY

TEMPLATE = ".github/forkpolicy/body.md.j2"
WITH_TEMPLATE = f"{POLICY}templates: {{ pull_request: {TEMPLATE} }}\n"
NAMES = {
    "shell": "`x`;$(y)",
    "odd space": "main\u00a0",
    "zero width": "ma\u200bin",
    "full ref": "refs/heads/main",
    "remote": "origin/main",
    "upstream": "upstream/main",
    "capitals": "MAIN",
    "full width": "\uff4d\uff41\uff49\uff4e",
    "production in other case": "CARTO/main",
    "a commit": "a" * 40,
    "an option": "--exit-zero",
    "a release": "v1.79.1-stable",
    "a topic": "feature/x",
    "a sync": "upstream-sync/v1.80.0-stable",
    "workflow command": "::error::x",
}


@pytest.fixture
def fork(repository: RepositoryBuilder) -> Gated:
    fork = Gated(repository, WITH_TEMPLATE)
    fork.production = fork.change().write(TEMPLATE, "{{ plan }}\n").commit("chore: template")
    return fork


class Gate:
    """The command, run as GitHub Actions would."""

    def __init__(self, fork: Gated, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.fork, self.patch, self.capture = fork, patch, capture

    def pull_request(self, head: CommitId, name: str = "feature/x", repository: str | None = HOME) -> int:
        """The exit code for a pull request's event."""
        place = self.fork.save()
        sides = {"base": (self.fork.production, PRODUCTION, HOME), "head": (head, name, repository)}
        data = {
            side: {"sha": commit, "ref": ref, "repo": {"full_name": where} if where else None}
            for side, (commit, ref, where) in sides.items()
        }
        return self.event(place, "pull_request", {"pull_request": data})

    def event(self, place: Path, name: str, payload: dict[str, Any]) -> int:
        """The exit code for any event."""
        file = place.parent / "event.json"
        file.write_text(json.dumps(payload))
        self.patch.setenv("GITHUB_ACTIONS", "true")
        self.patch.setenv("GITHUB_EVENT_NAME", name)
        self.patch.setenv("GITHUB_EVENT_PATH", str(file))
        return self.run("check", "--format", "json")

    def run(self, *arguments: str) -> int:
        """The exit code of a command."""
        return cli.run(["-C", str(self.fork.save()), *arguments])

    def rules(self) -> set[str]:
        """The errors of the report that was printed last."""
        return {
            each["rule"]
            for each in json.loads(self.capture.readouterr().out)["findings"]
            if each["severity"] == "error"
        }


@pytest.fixture
def gate(fork: Gated, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Gate:
    return Gate(fork, monkeypatch, capsys)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_upstream_s_development_does_not_pass_under_any_name(gate: Gate, name: str) -> None:
    assert gate.pull_request(gate.fork.upstream_commit(), name) == 1
    assert "unreleased-upstream" in gate.rules()


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_nor_with_something_on_top_of_it(gate: Gate, name: str) -> None:
    head = gate.fork.on(gate.fork.sync(gate.fork.upstream_commit()), "feat: on top")

    assert gate.pull_request(head, name) == 1
    assert "unreleased-upstream" in gate.rules()


@pytest.mark.parametrize("home", ["somebody/litellm", None, "BerriAI/litellm", "cartodb/LITELLM"])
def test_nor_from_any_repository(gate: Gate, home: str | None) -> None:
    assert gate.pull_request(gate.fork.upstream_commit(), "main", home) == 1
    assert "unreleased-upstream" in gate.rules()


@pytest.mark.parametrize(
    "name", ["odd space", "zero width", "full ref", "remote", "upstream", "capitals", "full width"]
)
def test_the_mirror_is_forbidden_by_any_spelling_of_its_name(gate: Gate, name: str) -> None:
    own = gate.fork.on(gate.fork.production, "feat: nothing of upstream's")

    assert gate.pull_request(own, NAMES[name]) == 1
    assert gate.rules() == {"forbidden-merge"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_and_subjects_break_no_output(gate: Gate, name: str) -> None:
    text = HOSTILE[name]
    path = f"a/x{_as_file_name(text)}"
    marked = "<<<<<<< HEAD\n=======\n>>>>>>> main\n"
    head = gate.fork.change().write(path, marked).commit(text.encode("utf-8", "replace").decode())
    code = gate.pull_request(head, text[:250] or "x")
    document = json.loads(gate.capture.readouterr().out)
    assert document["status"] == "failed"
    assert code == 1
    assert "conflict-markers" in {each["rule"] for each in document["findings"]}

    gate.patch.delenv("GITHUB_ACTIONS")
    asked = ("check", f"--base={PRODUCTION}", f"--head={head}", f"--head-name={text[:250]}")
    for form in ("text", "markdown"):
        assert gate.run(*asked, "--format", form) == code
        shown = gate.capture.readouterr().out
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
        assert "##[" not in shown


def _as_file_name(text: str) -> str:
    """As much of a text as a path can hold."""
    name = text[:200].replace("/", "-").replace("\0", "")
    return "".join(each for each in name if not "\ud800" <= each < "\udc80" and not "\udd00" <= each <= "\udfff")


class TestThePolicyOfThePullRequest:
    """It decides nothing: what would let head pass stands in it, or it is gone."""

    LAX = POLICY.replace("{ names: [main], role: mirror, follows: upstream/main }", "{ names: [main], role: topic }")

    def judged(self, gate: Gate, head: CommitId) -> set[str]:
        assert gate.pull_request(head, "main") == 1
        return gate.rules()

    def test_edited(self, gate: Gate) -> None:
        head = gate.fork.change(gate.fork.sync(gate.fork.upstream_commit())).write(POLICY_FILE, self.LAX)

        assert {"forbidden-merge", "unreleased-upstream"} <= self.judged(gate, head.commit("chore: lax"))

    def test_with_waivers_of_its_own(self, gate: Gate) -> None:
        waivers = "[{ finding: forbidden-merge, reason: x, expires: 2099-01-01 }]"
        head = gate.fork.change().write(POLICY_FILE, f"{POLICY}check: {{ waivers: {waivers} }}\n")

        assert "forbidden-merge" in self.judged(gate, head.commit("chore: waive"))

    def test_deleted(self, gate: Gate) -> None:
        head = gate.fork.change().delete(POLICY_FILE).commit("chore: no policy")

        assert {"forbidden-merge", "policy-changed"} <= self.judged(gate, head)

    def test_renamed(self, gate: Gate) -> None:
        head = gate.fork.change().move(POLICY_FILE, "old.yaml").commit("chore: move")

        assert {"forbidden-merge", "policy-changed"} <= self.judged(gate, head)

    def test_a_symbolic_link(self, gate: Gate) -> None:
        head = gate.fork.change().delete(POLICY_FILE).link(POLICY_FILE, "lax.yaml").write("lax.yaml", self.LAX)

        assert {"forbidden-merge", "policy-changed"} <= self.judged(gate, head.commit("chore: link"))

    def test_a_folder(self, gate: Gate) -> None:
        head = gate.fork.change().delete(POLICY_FILE).write(f"{POLICY_FILE}/x", "x").commit("chore: folder")

        assert {"forbidden-merge", "policy-changed"} <= self.judged(gate, head)

    @pytest.mark.parametrize("text", ["schema: 2\n", "\xff", "a: &a [*a, *a]\n", "x" * 2_000_000])
    def test_invalid(self, gate: Gate, text: str) -> None:
        head = gate.fork.change().write(POLICY_FILE, text.encode("latin-1")).commit("chore: break")

        assert {"forbidden-merge", "policy-changed"} <= self.judged(gate, head)

    @pytest.mark.parametrize("how", ["edit", "delete", "rename", "link"])
    def test_its_templates(self, gate: Gate, how: str) -> None:
        change = gate.fork.change()
        {
            "edit": lambda: change.write(TEMPLATE, "{{ ''.__class__.__mro__ }}"),
            "delete": lambda: change.delete(TEMPLATE),
            "rename": lambda: change.move(TEMPLATE, "elsewhere.j2"),
            "link": lambda: change.delete(TEMPLATE).link(TEMPLATE, "/etc/passwd"),
        }[how]()

        assert "forbidden-merge" in self.judged(gate, change.commit("chore: template"))

    def test_one_that_base_has_not_is_an_error(self, gate: Gate) -> None:
        gate.fork.production = gate.fork.change().delete(POLICY_FILE).commit("chore: no policy")
        head = gate.fork.change().write(POLICY_FILE, self.LAX).commit("chore: lax")

        assert gate.pull_request(head) == 4
        assert "has no policy" in gate.capture.readouterr().err

    def test_an_invalid_one_in_base_is_an_error(self, gate: Gate) -> None:
        gate.fork.production = gate.fork.change().write(POLICY_FILE, "schema: 2\n").commit("chore: break")

        assert gate.pull_request(gate.fork.on(gate.fork.production, "feat: one")) == 3

    def test_a_work_tree_s_is_not_read(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        from tests.forks import git, make_fork  # noqa: PLC0415

        place = make_fork(tmp_path / "fork")
        git(place, "switch", "-q", "-c", "feature/x")
        policy = (place / POLICY_FILE).read_text()
        (place / POLICY_FILE).write_text("schema: 2\n")
        git(place, "commit", "-qam", "fix: break the policy")
        assert "schema: 1" in policy
        for named in ((), ("--policy", str(place / POLICY_FILE))):
            assert cli.run(["-C", str(place), *named, "check", "--base", "HEAD~1", "--head", "HEAD"]) == 1
            assert "policy-changed" in capsys.readouterr().out


class TestWhatIsNoPass:
    def test_no_commits(self, gate: Gate) -> None:
        assert gate.pull_request(gate.fork.production) == 4
        assert gate.pull_request(gate.fork.upstream) == 4

    def test_a_commit_that_is_not_here(self, gate: Gate) -> None:
        assert gate.pull_request(CommitId("a" * 40)) == 4

    def test_a_push_that_made_or_deleted_the_branch(self, gate: Gate) -> None:
        payload = {"ref": f"refs/heads/{PRODUCTION}", "repository": {"full_name": HOME}}
        ends = {"before": "0" * 40, "after": gate.fork.production}
        assert gate.event(gate.fork.save(), "push", {**payload, **ends}) == 4
        ends = {"before": gate.fork.production, "after": "0" * 40}
        assert gate.event(gate.fork.save(), "push", {**payload, **ends}) == 4

    def test_an_event_that_says_nothing(self, gate: Gate) -> None:
        assert gate.event(gate.fork.save(), "pull_request", {}) == 4
        assert gate.event(gate.fork.save(), "schedule", {}) == 2

    def test_an_object_that_is_missing(self, gate: Gate) -> None:
        head = gate.fork.change().write("a/b.txt", "b\n").commit("feat: b")
        tree = gate.fork.repository.tree(head)
        (gate.fork.repository.objects_dir / tree[:2] / tree[2:]).unlink()

        assert gate.pull_request(head) == 4
        assert tree in gate.capture.readouterr().err


def test_a_branch_that_is_called_like_the_base_commit_does_not_stand_in_for_it(gate: Gate) -> None:
    head = gate.fork.upstream_commit()
    gate.fork.repository.ref(f"refs/tags/{PRODUCTION}", head)
    gate.fork.repository.ref(f"refs/tags/{gate.fork.production}", head)

    assert gate.pull_request(head) == 1
    assert gate.run("check", "--base", PRODUCTION, "--head", head) == 1


def test_a_forged_author_counts_for_nothing(gate: Gate) -> None:
    gate.fork.upstream_commit("feat: x", "boss@carto.com")

    assert gate.pull_request(gate.fork.sync(gate.fork.upstream), "feature/x") == 1


def test_a_release_s_name_on_a_commit_of_the_fork_releases_nothing(gate: Gate) -> None:
    since = f"fork: {{ since: {gate.fork.production}, "
    policy = POLICY.replace("fork:     { ", since)
    gate.fork.production = gate.fork.change().write(POLICY_FILE, policy).commit("chore: since")
    head = gate.fork.sync(gate.fork.upstream_commit())
    gate.fork.repository.tag("v1.83.0-stable", head)

    assert gate.pull_request(head, "upstream-sync/v1.83.0-stable") == 1
    assert "unreleased-upstream" in gate.rules()


def test_ten_thousand_commits_are_all_judged(gate: Gate) -> None:
    head = gate.fork.upstream_commit()
    raw = gate.fork.repository.raw
    tree, person = gate.fork.repository.tree(gate.fork.production), raw[gate.fork.production].author
    tip = gate.fork.production
    for number in range(10_000):
        parents = [tip, head] if number == 5_000 else [tip]
        tip = CommitId(str(raw.create_commit(None, person, person, f"feat: {number}", tree, parents)))

    assert gate.pull_request(tip) == 1
    assert "unreleased-upstream" in gate.rules()


def test_a_merge_queue_s_commit_is_judged_by_content(gate: Gate) -> None:
    queued = gate.fork.sync(gate.fork.upstream_commit(), "Merge pull request #1 from CartoDB/x")
    group = {
        "base_sha": gate.fork.production,
        "head_sha": queued,
        "base_ref": f"refs/heads/{PRODUCTION}",
        "head_ref": f"refs/heads/gh-readonly-queue/{PRODUCTION}/pr-1",
    }

    code = gate.event(gate.fork.save(), "merge_group", {"merge_group": group, "repository": {"full_name": HOME}})
    assert code == 1
    assert {"forbidden-merge", "unreleased-upstream"} <= gate.rules()


def test_exit_zero_still_reports(gate: Gate) -> None:
    head = gate.fork.upstream_commit()
    gate.fork.save()

    assert gate.run("check", "--base", PRODUCTION, "--head", head, "--exit-zero", "--format", "json") == 0
    assert json.loads(gate.capture.readouterr().out)["status"] == "failed"
