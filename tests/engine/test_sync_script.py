"""The sync workflow's script, under a `gh` that records its calls: once, and again with nothing left to do."""

import shutil
from collections.abc import Callable

import pytest

from tests.forks import BRANCH, LOG, PRODUCTION, RELEASE, git, make_fork
from tests.github import REPOSITORY, SCRIPT, WEBHOOK, GitHub, Run

OLDER = "upstream-sync/v1.1.0"
NAMES = ("-c", "user.name=x", "-c", "user.email=x@example.com")

pytestmark = [
    pytest.mark.skipif(not SCRIPT.exists(), reason="an sdist has no action"),
    pytest.mark.skipif(shutil.which("jq") is None, reason="the script reads JSON with jq, as on GitHub"),
]


@pytest.fixture(name="make", scope="module")
def make_(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., GitHub]:
    def make(edit: tuple[str, str] = ("", ""), *, decided: bool = False) -> GitHub:
        place = tmp_path_factory.mktemp("sync")
        fork = make_fork(place / "fork", decided=decided)
        policy = fork / "carto-fork.yaml"
        policy.write_text(policy.read_text().replace(*edit))
        git(fork, *NAMES, "commit", "--allow-empty", "--all", "--quiet", "--message", "chore: policy")
        return GitHub.of(fork, place / "github")

    return make


def commit(host: GitHub, branch: str, parent: str, path: str = "own", content: str = "own") -> str:
    """Push a commit of somebody's to a branch of the fork."""
    clone = host.place / f"by-{len(list(host.place.iterdir()))}"
    git(host.place, "clone", "--quiet", str(host.repository()), str(clone))
    git(clone, "switch", "--quiet", "-C", branch, f"origin/{parent}")
    (clone / path).write_text(content)
    git(clone, "add", path)
    git(clone, *NAMES, "commit", "--quiet", "--message", "feat: own")
    git(clone, "push", "--quiet", "origin", branch)
    return git(clone, "rev-parse", "HEAD")


def older_sync(host: GitHub, *, cross: bool = False, head: str = OLDER) -> None:
    """An open pull request of another sync."""
    if not cross:
        commit(host, head, PRODUCTION)
    pull = {"number": 5, "url": "https://x/5", "title": "sync", "body": "", "headRefName": head, "base": PRODUCTION}
    host.set_state([pull | {"isCrossRepository": cross}], [])


def of(run: Run, *words: str) -> list[list[str]]:
    return [each for each in run.calls if tuple(each[: len(words)]) == words]


def test_a_sync_is_opened_once(make: Callable[..., GitHub]) -> None:
    host = make()
    behind = git(host.repository("upstream"), "rev-parse", "main~1")
    git(host.repository(), "update-ref", "refs/heads/main", behind)
    host.set_state([], ["upstream-sync"])
    first = host.run_sync(SLACK_WEBHOOK_URL=WEBHOOK)
    assert first.code == 0, first.log
    assert all(each[-2:] == ["--repo", REPOSITORY] for each in first.calls)

    branches = host.branches()
    assert branches["main"] == git(host.repository("upstream"), "rev-parse", "main")
    parents = git(host.repository(), "rev-parse", f"{BRANCH}^1", f"{BRANCH}^2").split()
    assert parents == [branches[PRODUCTION], git(host.repository("upstream"), "rev-parse", f"{RELEASE}^0")]
    assert RELEASE in git(host.repository(), "show", f"{BRANCH}:{LOG}")

    (create,) = of(first, "pr", "create")
    assert create[create.index("--head") + 1] == BRANCH
    assert "--draft" in create
    (pull,) = host.pulls
    assert f"{RELEASE}" in pull["body"]
    assert pull["body"] in (host.place / "summary.md").read_text()
    wanted = [create[at + 1] for at, word in enumerate(create) if word == "--label"]
    assert [each[2] for each in of(first, "label", "create")] == [name for name in wanted if name != "upstream-sync"]

    (post,) = first.posts
    assert WEBHOOK not in " ".join(post["words"])
    assert WEBHOOK in post["config"]
    assert pull["url"] in str(post["data"])

    again = host.run_sync(SLACK_WEBHOOK_URL=WEBHOOK)
    assert (again.code, again.changes, again.posts) == (0, [], []), again.log
    assert host.branches() == branches
    assert host.pulls == [pull]


def test_what_people_did_stays_while_the_plan_does(make: Callable[..., GitHub]) -> None:
    host = make(decided=True)
    assert host.run_sync().code == 0
    finished = commit(host, BRANCH, BRANCH)
    (pull,) = host.pulls
    ticked = pull | {"body": pull["body"].replace("- [ ]", "- [x]", 1).replace("\n", "\r\n").rstrip()}
    assert ticked["body"].count("[x]") == 1
    host.set_state([ticked], [])
    again = host.run_sync()
    assert (again.code, again.changes) == (0, []), again.log
    assert host.branches()[BRANCH] == finished

    host.set_state([pull | {"body": "an older plan"}], [])
    again = host.run_sync()
    assert [each[:3] for each in again.changes if each[0] == "pr"] == [["pr", "edit", str(pull["number"])]]
    assert host.pulls == [pull]


def test_a_sync_waits_for_one_that_is_open(make: Callable[..., GitHub]) -> None:
    host = make()
    older_sync(host)
    run = host.run_sync()
    assert (run.code, run.changes) == (0, []), run.log
    assert "waits: another sync is open, #5" in run.log
    assert BRANCH not in host.branches()


def test_a_sync_replaces_one_that_is_open(make: Callable[..., GitHub]) -> None:
    host = make(("pull_request:\n", "pull_request:\n  when_open: replace\n"))
    older_sync(host)
    run = host.run_sync()
    assert run.code == 0, run.log
    assert [each[:5] for each in of(run, "pr", "close")] == [["pr", "close", "5", "--comment", "Replaced by #6."]]
    assert [each["headRefName"] for each in host.pulls] == [BRANCH]
    assert OLDER in host.branches()


def test_a_strangers_branch_of_the_same_name_is_nobodys_sync(make: Callable[..., GitHub]) -> None:
    host = make()
    older_sync(host, cross=True, head=BRANCH)
    run = host.run_sync()
    assert (run.code, len(of(run, "pr", "create"))) == (0, 1), run.log
    assert of(run, "pr", "edit") == []


def test_a_branch_with_other_work_is_left_alone(make: Callable[..., GitHub]) -> None:
    host = make()
    work = commit(host, BRANCH, PRODUCTION)
    run = host.run_sync(SLACK_WEBHOOK_URL=WEBHOOK)
    assert (run.code, run.changes, run.posts) == (0, [], []), run.log
    assert "it is left as it is" in run.log
    assert host.branches()[BRANCH] == work


def test_a_mirror_with_commits_of_its_own_stops_no_sync(make: Callable[..., GitHub]) -> None:
    host = make()
    own = commit(host, "main", "main")
    run = host.run_sync()
    assert (run.code, len(of(run, "pr", "create"))) == (0, 1), run.log
    assert "::warning title=forkpolicy sync::main cannot be fast-forwarded" in run.log
    assert host.branches()["main"] == own


def test_a_push_that_is_refused_fails_the_sync_and_slack_is_told(make: Callable[..., GitHub]) -> None:
    host = make()
    hook = host.repository() / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    run = host.run_sync(SLACK_WEBHOOK_URL=WEBHOOK)
    assert (run.code, run.changes) == (1, []), run.log
    assert "failed" in run.posts[0]["data"]["text"]


def test_what_is_no_release_is_refused(make: Callable[..., GitHub]) -> None:
    host = make()
    run = host.run_sync(RELEASE="main")
    assert (run.code, run.calls) == (1, []), run.log
