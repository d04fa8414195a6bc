"""Plans built by hand: one for every status, a large one, and one in which every text is hostile."""

from msgspec.structs import replace

from forkpolicy.engine.plan import (
    LOST_SYNC,
    Base,
    CrossCheck,
    CustomizationState,
    ForkSide,
    Labels,
    NextVersion,
    Plan,
    PullRequest,
    Status,
    Summary,
    UpstreamSide,
)
from forkpolicy.engine.provenance import PolicySource
from forkpolicy.policy.decisions import Decision, Loss, Resolution
from forkpolicy.policy.facts import Entry, ForkCommit, Kind
from forkpolicy.policy.findings import Finding, Severity
from forkpolicy.policy.names import BlobId, CommitId, RepoPath

LABELS = Labels("CARTO", "LiteLLM", "CartoDB/litellm", "BerriAI/litellm")
PRODUCTION = CommitId("c0ffee" + "1" * 34)
RELEASE = CommitId("beef" + "2" * 36)
BASE = CommitId("ba5e" + "3" * 36)
CONTENT_BASE = CommitId("c0de" + "6" * 36)
UPSTREAM_COMMIT = CommitId("fade" + "4" * 36)
BLOB = BlobId("b10b" + "5" * 36)


def clean() -> Plan:
    """A release that merges without a conflict."""
    return Plan(
        policy=PolicySource("carto-fork.yaml", None, "a" * 64),
        labels=LABELS,
        fork=ForkSide("carto/main", PRODUCTION, "v1.81.3-carto.1.18.6"),
        upstream=UpstreamSide("v1.81.9-stable", RELEASE, "1.81.9"),
        base=Base((BASE,), None, "git", 0),
        status=Status.CLEAN,
        summary=Summary(381, 273, 1114, 83120, 21993),
        customizations=(CustomizationState("OCI Gemini tool-call UUIDs", True, (68,)),),
        version=NextVersion("v1.81.3-carto.1.18.6", "v1.81.9-carto.1.18.6"),
        pull_request=PullRequest(
            "upstream-sync/v1.81.9-stable",
            "carto/main",
            "sync: LiteLLM v1.81.9-stable",
            ("upstream-sync", "automated", "clean-merge"),
            draft=True,
            body="",
        ),
        cross_check=CrossCheck("git 2.39.5", agrees=True),
        contained_release="v1.81.3-stable",
        checklist=("make lint", "make test-unit", "docker build -t test ."),
    )


def accepted(path: str) -> Decision:
    """A path that the fork never changed: upstream's."""
    return Decision(
        path=RepoPath(path),
        paths=(RepoPath(path),),
        kind=Kind.CONTENT,
        resolution=Resolution.ACCEPT_UPSTREAM,
        rule="untouched",
        line=41,
        reason="CARTO never changed this file",
        untouched=UPSTREAM_COMMIT,
        loss=Loss(),
        results={RepoPath(path): Entry(0o100644, BLOB)},
    )


def manual(path: str) -> Decision:
    """A path that a person decides."""
    return Decision(
        path=RepoPath(path),
        paths=(RepoPath(path),),
        kind=Kind.CONTENT,
        resolution=Resolution.MANUAL_REVIEW,
        rule="project-file",
        line=58,
        reason="a line of CARTO would be lost that `may_lose` does not give away",
        untouched=None,
        loss=Loss(None, None),
        results={},
        guidance="Keep what stands under `# CARTO:`, then run `docker build -t test .`",
        customizations=("CARTO's build dependencies",),
        fork_commits=(
            ForkCommit(CommitId("a" * 40), "build: pin the proxy's dependencies (#71)", 71),
            ForkCommit(CommitId("d" * 40), "fix: go back to one worker"),
        ),
        at_stake=('gunicorn = "^22.0.0"  # CARTO: see #71',),
    )


def kept(path: str) -> Decision:
    """A path that stays the fork's and drops lines of upstream."""
    return replace(
        accepted(path),
        resolution=Resolution.KEEP_FORK,
        rule="helm-chart",
        line=70,
        reason="the chart is CARTO's",
        untouched=None,
        loss=Loss(("appVersion: 1",), ("version: 0.4.1", "appVersion: v1.81.9")),
    )


def review() -> Plan:
    """A sync like the fork's #92: 41 conflicts decided, one left, with something in every section."""
    pages = tuple(accepted(f"litellm/proxy/_experimental/out/page-{i}/index.html") for i in range(39))
    return replace(
        clean(),
        status=Status.REVIEW,
        base=Base((BASE,), None, "git", 43, 43),
        decisions=(
            *pages,
            accepted("ui/litellm-dashboard/src/app/layout.tsx"),
            accepted("litellm/router.py"),
            kept("deploy/charts/litellm-helm/Chart.yaml"),
            manual("pyproject.toml"),
        ),
        findings=(
            Finding("stale-scheme", Severity.WARNING, "no newer release for 61 days", fix="look at `releases`"),
            Finding("detached-head", Severity.NOTE, "HEAD is detached, as in CI"),
        ),
        customizations=(
            CustomizationState("OCI Gemini tool-call UUIDs", True, (68,)),
            CustomizationState("CARTO's build dependencies", None, (71,), at_risk=("pyproject.toml is open",)),
            CustomizationState(
                "Azure model router",
                False,
                (80, 81),
                (RepoPath("litellm/llms/azure/common_utils.py"),),
                (r"`chat/completions\|` is not in litellm/llms/azure/common_utils.py",),
            ),
        ),
    )


def resolved() -> Plan:
    """The policy decides every conflict."""
    return replace(review(), status=Status.RESOLVED, decisions=review().automatic, findings=())


def settled(path: str, result: bool = True) -> Decision:
    """A path that conflicts on git's base and merges by itself on the content base."""
    return replace(
        accepted(path),
        kind=None,
        resolution=Resolution.MERGE,
        rule="content-base",
        line=None,
        reason=f"no conflict on the content base: it is {'as' if result else 'deleted, as'} in LiteLLM's release",
        untouched=CONTENT_BASE,
        base=CONTENT_BASE,
        results={RepoPath(path): Entry(0o100644, BLOB) if result else None},
    )


def squashed() -> Plan:
    """A sync after a squashed one, planned on the content base."""
    pages = tuple(settled(f"litellm/part{i % 5}/module_{i}.py") for i in range(40))
    gone = tuple(settled(f"ui/old_{i}.tsx", result=False) for i in range(2))
    why = "the fork's content stands on it: 3 paths differ from it, 90 from git's base"
    return replace(
        review(),
        base=Base((BASE,), CONTENT_BASE, "content", 43, 1, why),
        decisions=(*pages, *gone, manual("pyproject.toml")),
        findings=(
            Finding(
                LOST_SYNC,
                Severity.NOTE,
                "`fix: resolve conflicts for upstream sync (#26)` took 60 of 61 paths over, but it was squashed",
                commit=UPSTREAM_COMMIT,
                fix="merge the next sync with a merge commit",
            ),
        ),
        customizations=(),
    )


def large() -> Plan:
    """854 conflicts, most of them for people, as on the base that a squashed sync left behind."""
    folders = (
        "litellm/llms",
        "litellm/proxy",
        "tests/local",
        "docs/my-website",
        "ui/src",
        ".github/workflows",
    )
    people = tuple(manual(f"{folders[i % 6]}/part{i % 13}/a_rather_long_name_of_a_module_{i}.py") for i in range(600))
    decided = tuple(accepted(f"{folders[i % 6]}/built{i % 40}/file_{i}.html") for i in range(254))
    return replace(review(), decisions=(*decided, *people))


def up_to_date() -> Plan:
    """Production contains the newest release."""
    return replace(
        clean(),
        status=Status.UP_TO_DATE,
        upstream=None,
        base=None,
        summary=None,
        version=None,
        pull_request=None,
        customizations=(),
        cross_check=CrossCheck(None, None),
    )


def refused() -> Plan:
    """What was asked for is denied by the policy."""
    return replace(
        up_to_date(),
        status=Status.REFUSED,
        upstream=UpstreamSide("v1.82.7", RELEASE, "1.82.7"),
        findings=(
            Finding(
                "release-denied",
                Severity.ERROR,
                "v1.82.7 is denied: withdrawn by upstream",
                fix="plan another release: `forkpolicy version releases` lists them",
            ),
        ),
    )


def hostile(text: str) -> Plan:
    """A review in which a stranger's text stands everywhere that a text can stand."""
    path = RepoPath(text)
    left = replace(
        manual(text),
        paths=(path, RepoPath(text + "2")),
        reason=f"it says {text}",
        rule=text,
        guidance=text,
        customizations=(text,),
        fork_commits=(ForkCommit(CommitId("a" * 40), text, 71), ForkCommit(CommitId("d" * 40), text)),
        at_stake=(text, text),
    )
    taken = replace(kept(text), reason=text, rule=text, loss=Loss((text,), (text,)))
    plan = review()
    assert plan.pull_request
    return replace(
        plan,
        policy=PolicySource(text, text, "a" * 64),
        labels=Labels("CARTO", "LiteLLM", "CartoDB/litellm", "BerriAI/litellm"),
        fork=ForkSide(text, PRODUCTION, text),
        upstream=UpstreamSide(text, RELEASE, text),
        decisions=(accepted(text), taken, left),
        findings=(
            Finding(text, Severity.ERROR, text, path, fix=text),
            Finding(text, Severity.NOTE, text, path, fix=text),
        ),
        customizations=(
            CustomizationState(text, True, (68,)),
            CustomizationState(text, False, (80,), (path,), (text,)),
        ),
        version=NextVersion(text, text),
        pull_request=replace(plan.pull_request, branch=text, base=text, title=text, labels=(text,)),
        cross_check=CrossCheck(text, agrees=False, differences=(path,)),
        contained_release=text,
        checklist=(text,),
    )


EVERY = {
    "clean": clean,
    "resolved": resolved,
    "review": review,
    "squashed": squashed,
    "large": large,
    "up-to-date": up_to_date,
    "refused": refused,
}
"""Every ordinary example by name."""
