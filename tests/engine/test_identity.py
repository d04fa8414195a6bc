"""Who makes a commit: what git itself would say, in every combination of variables and settings."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forkpolicy.engine.git.identity import identities
from forkpolicy.engine.git.repository import Repository
from forkpolicy.policy.errors import RepositoryError, UsageError

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
NAMES = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@x"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def of_git(place: Path, environment: dict[str, str]) -> list[str]:
    """What git makes of the same variables and settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))}
    return [
        subprocess.run(
            ["git", "var", f"GIT_{role}_IDENT"],
            cwd=place,
            env=clean | environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for role in ("AUTHOR", "COMMITTER")
    ]


def of_forkpolicy(place: Path, environment: dict[str, str]) -> list[str]:
    found = identities(Repository.open(place), environment, NOW)
    return [
        f"{each.name} <{each.email}> {each.seconds} {'-' if each.offset < 0 else '+'}"
        f"{abs(each.offset) // 60:02}{abs(each.offset) % 60:02}"
        for each in (found.author, found.committer)
    ]


@pytest.mark.parametrize(
    ("settings", "environment"),
    [
        ({}, NAMES),
        ({"user.name": "U", "user.email": "u@x"}, {}),
        ({"user.name": "U", "user.email": "u@x"}, {"GIT_AUTHOR_NAME": "A"}),
        ({"user.name": "U", "user.email": "u@x", "author.name": "A", "committer.email": "c@x"}, {}),
        ({"user.name": " U. <b>,\t", "user.email": "<u@x>"}, {}),
        ({"user.name": "U"}, {"EMAIL": "e@x"}),
    ],
)
@pytest.mark.parametrize(
    "date", ["1700000000 +0130", "@1700000000 -0800", "2026-01-02T03:04:05+02:00", "Fri, 2 Jan 2026 03:04:05 -0500"]
)
def test_it_is_git_s(place: Path, settings: dict[str, str], environment: dict[str, str], date: str) -> None:
    for key, value in settings.items():
        subprocess.run(["git", "config", key, value], cwd=place, check=True)
    dated = environment | {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    assert of_forkpolicy(place, dated) == of_git(place, dated)


def test_without_a_date_it_is_now(place: Path) -> None:
    assert identities(Repository.open(place), NAMES, NOW).committer.seconds == int(NOW.timestamp())


@pytest.mark.parametrize(
    ("environment", "hint"),
    [
        ({}, 'git config user.name "Your Name" && git config user.email you@example.com'),
        ({"GIT_AUTHOR_NAME": "A"}, "git config user.email you@example.com"),
        ({"GIT_AUTHOR_NAME": " .,", "GIT_AUTHOR_EMAIL": "a@x"}, 'git config user.name "Your Name"'),
    ],
)
def test_nobody_is_told_how_to_become_somebody(place: Path, environment: dict[str, str], hint: str) -> None:
    with pytest.raises(RepositoryError, match="does not know who makes the commit") as caught:
        identities(Repository.open(place), environment, NOW)
    assert caught.value.hint == hint


@pytest.mark.parametrize("date", ["yesterday", "1700000000 +9999", "2026-13-01"])
def test_what_is_no_date(place: Path, date: str) -> None:
    with pytest.raises(UsageError, match="is no date"):
        identities(Repository.open(place), NAMES | {"GIT_AUTHOR_DATE": date}, NOW)
