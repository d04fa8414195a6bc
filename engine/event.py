"""What GitHub Actions says about the run: which branches of which repositories, and which commits.

Source: GitHub's documentation, "Webhook events and payloads": pull_request, merge_group, push.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from ..policy.errors import RepositoryError

Payload = Mapping[str, Any]


class Event(Struct, frozen=True):
    """What an event is about; None where it does not say. Names are chosen by strangers."""

    base: str | None = None
    head: str | None = None
    """The commits."""
    base_name: str | None = None
    head_name: str | None = None
    base_repository: str | None = None
    head_repository: str | None = None
    """Owner and name."""
    is_anonymous: bool = False
    """Whether head has no branch of its own: what was pushed, or what a merge queue made."""


def read_event(environment: Mapping[str, str]) -> Event | None:
    """The event of this run; None where GitHub Actions does not run it, or for an event that compares nothing.

    Raises:
        RepositoryError: the event's file cannot be read, or lacks what such an event has.
    """
    path = environment.get("GITHUB_EVENT_PATH")
    if environment.get("GITHUB_ACTIONS") != "true" or not path:
        return None
    name = environment.get("GITHUB_EVENT_NAME", "")
    reader = _READERS.get(name)
    if reader is None:
        return None
    try:
        return reader(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RepositoryError(
            f"the event `{name}` in {path} cannot be read: {type(error).__name__} {error}",
            "run the gate on pull_request, merge_group or push",
        ) from error


def _pull_request(payload: Payload) -> Event:
    base, head = payload["pull_request"]["base"], payload["pull_request"]["head"]
    gone = "a repository that is gone"
    return Event(
        base=base["sha"],
        head=head["sha"],
        base_name=base["ref"],
        head_name=head["ref"],
        base_repository=base["repo"]["full_name"],
        head_repository=head["repo"]["full_name"] if head["repo"] else gone,
    )


def _merge_group(payload: Payload) -> Event:
    group, repository = payload["merge_group"], payload["repository"]["full_name"]
    return Event(
        base=group["base_sha"],
        head=group["head_sha"],
        base_name=_branch(group["base_ref"]),
        base_repository=repository,
        head_repository=repository,
        is_anonymous=True,
    )


def _push(payload: Payload) -> Event:
    repository = payload["repository"]["full_name"]
    return Event(
        base=payload["before"],
        head=payload["after"],
        base_name=_branch(payload["ref"]),
        base_repository=repository,
        head_repository=repository,
        is_anonymous=True,
    )


def _branch(ref: str) -> str | None:
    """The short name of a branch; None for a tag."""
    return ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else None


_READERS: Mapping[str, Callable[[Payload], Event]] = {
    "pull_request": _pull_request,
    "pull_request_target": _pull_request,
    "merge_group": _merge_group,
    "push": _push,
}
