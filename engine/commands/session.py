"""What every command begins with: the repository, the policy, and what the environment says."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from ..fork import Fork
from ..git.repository import Repository
from ..invocation import Invocation
from ..policy_source import LoadedPolicy, load_policy
from ..preflight import open_repository


class Options(Protocol):
    """The options that every command shares."""

    @property
    def directory(self) -> Path:
        """Where to work."""
        ...

    @property
    def policy(self) -> Path | None:
        """The policy's file, where it is named."""
        ...

    @property
    def policy_ref(self) -> str | None:
        """The commit to take the policy from, where it is named."""
        ...


class Asked(Options, Protocol):
    """Options that the user gave."""

    @property
    def invocation(self) -> Invocation:
        """What commands that are printed need to have, too."""
        ...


class Session(Struct, frozen=True):
    """A repository with its policy."""

    repo: Repository
    loaded: LoadedPolicy

    @classmethod
    def start(cls, options: Options) -> "Session":
        """Open the repository and load the policy.

        Raises:
            ForkpolicyError: the repository cannot be used, or the policy is not there or not valid.
        """
        repo = open_repository(options.directory)
        return cls(repo, load_policy(repo, options.policy, options.policy_ref))

    def fork(self, onto: str | None = None) -> Fork:
        """The fork as the policy sees it."""
        return Fork.of(self.repo, self.loaded.policy, onto)


def in_ci() -> bool:
    """Whether GitHub Actions runs this: hints then name the checkout's own settings."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def now() -> datetime:
    """The clock, read here and nowhere else."""
    return datetime.now(UTC)
