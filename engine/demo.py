"""The demo: a small upstream, Widget, and its fork, ACME, whose next sync has every kind of conflict.

Read `make_demo` as a story. Nothing here depends on git, on its configuration or on the clock.
"""

from pathlib import Path

from ..policy.errors import UsageError
from ..policy.names import CommitId
from .git.writing import File, NewRepository, Person, Submodule, Symlink
from .story import Changes, Point, Story, difference

PRODUCTION = "acme/main"

_WIDGET = Person("Wilma Widget", "wilma@widget.example")
_ACME = Person("Alex Acme", "alex@acme.example")


def make_demo(directory: Path) -> None:
    """Make the demo's repository in `directory`, its work tree on the fork's production branch.

    Raises:
        UsageError: the directory is not empty, or cannot be made.
    """
    _require_empty(directory)
    repository = NewRepository(directory, PRODUCTION)
    story = Story(repository)

    release_1_0 = _upstream_releases_1_0(story)
    fork_1_0 = _fork_begins(story, release_1_0)
    main = _upstream_goes_on(story, release_1_0)
    release_1_1 = _upstream_cuts_1_1(story, main)
    fork_1_1 = _fork_squashes_its_sync(story, fork_1_0, release_1_0, release_1_1)
    production = _fork_goes_its_own_way(story, fork_1_1)
    release_1_2 = _upstream_releases_1_2(story, main)
    unreleased = _upstream_experiments(story, release_1_2)

    refs = {
        f"refs/heads/{PRODUCTION}": production,
        f"refs/remotes/origin/{PRODUCTION}": production,
        "refs/heads/main": release_1_2,
        "refs/remotes/origin/main": release_1_2,
        "refs/remotes/upstream/main": unreleased,
        "refs/tags/v1.0.0": release_1_0,
        "refs/tags/v1.1.0": release_1_1,
        "refs/tags/v1.2.0": release_1_2,
        "refs/tags/v1.0.0-acme.1.0.0": fork_1_0,
        "refs/tags/v1.1.0-acme.1.1.0": fork_1_1,
    }
    for name, point in refs.items():
        repository.set_ref(name, point.commit)
    repository.add_remote("origin", "https://example.com/acme/widget.git")
    repository.add_remote("upstream", "https://example.com/widget/widget.git")
    repository.check_out()


# The story


def _upstream_releases_1_0(story: Story) -> Point:
    """Widget, a small web service, begins with 1.0.0."""
    modules = ("server", "router", "cache", "mail", "auth", "legacy", "telemetry")
    return story.commit(
        None,
        _WIDGET,
        "feat: release 1.0.0, a small web service",
        {
            "README.md": "# Widget\n\nA small web service.\n\n## Use\n\nStart it.\n\n## Help\n\nAsk.\n",
            "pyproject.toml": '[project]\nname = "widget"\nversion = "1.0.0"\ndependencies = ["http"]\n',
            "requirements.lock": "http==1.0\n",
            "Dockerfile": "FROM python:3.11\nCOPY . /app\nRUN pip install /app\nCMD widget\n",
            "widget/config.py": "HOST = 'localhost'\nPORT = 80\nTIMEOUT = 30\nRETRIES = 3\n",
            **{f"widget/{name}.py": _module(name) for name in modules},
            **{f"plugins/{name}.py": _module(name) for name in ("email", "sms", "webhook")},
            ".github/workflows/test.yml": _workflow("test", "pytest"),
            ".github/workflows/publish.yml": _workflow("publish", "twine upload dist/*"),
            "docs/v1.md": "# Version 1\n",
            "docs/latest.md": Symlink("v1.md"),
            "static/logo.png": _picture(1),
            ".gitmodules": '[submodule "icons"]\n\tpath = vendor/icons\n\turl = https://example.com/icons.git\n',
            "vendor/icons": _icons(1),
        },
    )


def _fork_begins(story: Story, release: Point) -> Point:
    """ACME forks the release and makes it fit: its own policy, deployment, build and defaults."""
    policy = Path(__file__).with_name("demo_policy.yaml").read_text(encoding="utf-8")
    fork = story.commit(release, _ACME, "chore: rules for syncs with Widget (#1)", {"carto-fork.yaml": policy})
    deployment = story.commit(
        fork,
        _ACME,
        "feat: deploy to the servers of ACME (#2)",
        {"deploy/acme.yaml": "servers: 12\nregion: moon\n"},
    )
    install = "RUN pip install /app\n"
    marked = f"{install}# ACME: begin\nRUN pip install acme-certificates\n# ACME: end\n"
    build = {
        "Dockerfile": fork.edited("Dockerfile", install, marked),
        ".github/workflows/publish.yml": None,
        ".github/workflows/publish.yml.txt": fork.text(".github/workflows/publish.yml"),
    }
    fork = story.merge(
        deployment,
        story.commit(deployment, _ACME, "build: certificates, and no publishing", build),
        _ACME,
        "Merge pull request #3 from acme/feature/build",
        build,
    )
    patience = fork.edited("widget/config.py", "TIMEOUT = 30", "TIMEOUT = 90  # ACME: slow proxies")
    return story.commit(fork, _ACME, "fix: wait for slow proxies (#4)", {"widget/config.py": patience})


def _upstream_goes_on(story: Story, main: Point) -> Point:
    """On main, the server becomes faster and a queue comes in."""
    return story.commit(
        main,
        _WIDGET,
        "feat: a faster server",
        {
            "widget/server.py": main.edited("widget/server.py", "return run(", "return run_fast("),
            "widget/queue.py": _module("queue"),
        },
    )


def _upstream_cuts_1_1(story: Story, main: Point) -> Point:
    """1.1.0 is cut on a release branch, with a quick repair that main never gets in this form.

    So a fork that stands on the release conflicts in a file that it never changed.
    """
    repaired = main.edited("widget/router.py", "return run(", "return run_safely(")
    release = story.commit(main, _WIDGET, "fix: a quick repair of the routes", {"widget/router.py": repaired})
    return story.commit(release, _WIDGET, "chore: release 1.1.0", _version(release, "1.1.0"))


def _fork_squashes_its_sync(story: Story, fork: Point, old: Point, release: Point) -> Point:
    """ACME merges 1.1.0, but squashes the pull request: the content is there, the merge base is lost."""
    return story.commit(fork, _ACME, "sync: Widget v1.1.0 (#7)", difference(old, release))


def _fork_goes_its_own_way(story: Story, fork: Point) -> Point:
    """What ACME does until 1.2.0 comes; each change meets one of Widget's."""
    signed_in = _module("acme_login").replace("run(", "accounts.acme.example(")
    steps: dict[str, Changes] = {
        "feat: no telemetry (#5)": {"widget/telemetry.py": None},  # modify/delete
        "feat: sign in with ACME accounts (#6)": {"widget/login.py": signed_in},  # rename/add
        "fix: the old interface for old customers (#8)": {
            "widget/legacy.py": fork.edited("widget/legacy.py", "return run(", "return run_slowly("),
        },
        "feat: a name that says what it caches (#9)": _renamed(fork, "widget/cache.py", "widget/memory.py"),
        "feat: mail through ACME (#10)": _renamed(fork, "widget/mail.py", "widget/acme_mail.py"),
        "feat: plugins are extensions (#11)": {
            path: content
            for name in ("email", "sms", "webhook")
            for path, content in _renamed(fork, f"plugins/{name}.py", f"extensions/{name}.py").items()
        },
        "docs: how ACME deploys (#12)": {
            "docs/deploy.md": "# Deploy\n\nAsk the ACME operators.\n",
            "docs/acme.md": "# ACME\n",
            "docs/latest.md": Symlink("acme.md"),
            "examples": "See https://acme.example/examples\n",
        },
        "feat: the looks of ACME (#13)": {"static/logo.png": _picture(2), "vendor/icons": _icons(2)},
        "build: dependencies of ACME (#14)": {
            "pyproject.toml": fork.edited("pyproject.toml", '["http"]', '["http", "acme-certificates"]'),
            "requirements.lock": "acme-certificates==7\nhttp==1.0\n",
            "scripts/release.sh": File(_RELEASE_SCRIPT, executable=True),
        },
        "docs: who ACME is (#15)": {
            "README.md": fork.edited("README.md", "Ask.", "Ask ACME."),
        },
    }
    for subject, changes in steps.items():
        fork = story.commit(fork, _ACME, subject, changes)
    return fork


def _upstream_releases_1_2(story: Story, main: Point) -> Point:
    """1.2.0: what the next sync of ACME brings."""
    steps: dict[str, Changes] = {
        "feat: time limits for the web of today": {  # content
            "widget/config.py": main.edited("widget/config.py", "TIMEOUT = 30", "TIMEOUT = 45"),
            "widget/router.py": main.edited("widget/router.py", "return run(", "return check_and_run("),
            "widget/server.py": main.edited("widget/server.py", "run_fast(", "run_faster("),
            "widget/queue.py": main.edited("widget/queue.py", "return run(", "return wait_and_run("),
            "widget/telemetry.py": main.edited("widget/telemetry.py", "return run(", "return send("),
            "README.md": main.edited("README.md", "A small web", "A fast, small web"),
        },
        "feat: one login for all": _renamed(main, "widget/auth.py", "widget/login.py"),
        "feat: the cache is a store": _renamed(main, "widget/cache.py", "widget/store.py"),
        "feat: drop what nobody uses": {"widget/legacy.py": None, "widget/mail.py": None},
        "feat: a chat plugin": {"plugins/chat.py": _module("chat")},
        "docs: deployment and examples": {
            "docs/deploy.md": "# Deploy\n\nUse containers.\n",
            "docs/v2.md": "# Version 2\n",
            "docs/latest.md": Symlink("v2.md"),
            "examples/start.py": _module("start"),
        },
        "feat: a new logo": {"static/logo.png": _picture(3), "vendor/icons": _icons(3)},
        "build: new base image, nightly builds": {
            "Dockerfile": main.edited("Dockerfile", "RUN pip install /app", "RUN pip install --no-cache /app"),
            "requirements.lock": "http==2.0\n",
            "scripts/release.sh": File(_RELEASE_SCRIPT),
            ".github/workflows/nightly.yml": _workflow("nightly", "make nightly"),
            ".github/workflows/publish.yml": main.edited(".github/workflows/publish.yml", "twine", "uv publish"),
        },
    }
    for subject, changes in steps.items():
        main = story.commit(main, _WIDGET, subject, changes)
    return story.commit(main, _WIDGET, "chore: release 1.2.0", _version(main, "1.2.0"))


def _upstream_experiments(story: Story, main: Point) -> Point:
    """Work on main that is in no release: it must not reach production."""
    experiment = main.edited("widget/queue.py", "wait_and_run(", "run_in_parallel(")
    return story.commit(main, _WIDGET, "feat: an experiment", {"widget/queue.py": experiment})


# Contents

_RELEASE_SCRIPT = b"#!/bin/sh\nset -e\nmake test\nmake release\n"


def _module(name: str) -> str:
    """A module of Widget; no two have much in common, so that no rename is taken for another."""
    functions = (
        f"\n\ndef {step}_{name}(request):\n    log('{name}.{step}')\n    return run('{name}', {step}=1)\n"
        for step in ("open", "read", "write", "close")
    )
    return f'"""The {name} of Widget."""\n' + "".join(functions)


def _workflow(name: str, command: str) -> str:
    steps = f"jobs:\n  {name}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {command}\n"
    return f"name: {name}\non:\n  push:\n    branches: [main]\n{steps}"


def _version(point: Point, version: str) -> dict[str, str]:
    before = next(line for line in point.text("pyproject.toml").splitlines() if line.startswith("version"))
    return {"pyproject.toml": point.edited("pyproject.toml", before, f'version = "{version}"')}


def _renamed(point: Point, old: str, new: str) -> dict[str, str | None]:
    return {old: None, new: point.text(old)}


def _picture(number: int) -> File:
    return File(b"\x89PNG\r\n\x1a\n" + bytes([0, number]) * 64)


def _icons(number: int) -> Submodule:
    return Submodule(CommitId(f"{number:040x}"))


# Private


def _require_empty(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        empty = not any(directory.iterdir())
    except OSError as error:
        raise UsageError(
            f"{directory} cannot be used: {error.strerror}", "name another: forkpolicy demo DIR"
        ) from error
    if not empty:
        raise UsageError(f"{directory} is not empty", "name a new directory: forkpolicy demo DIR")
