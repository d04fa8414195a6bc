"""Commit messages: taken apart, judged, and what they do to the fork's version.

Source: Conventional Commits 1.0.0 (https://www.conventionalcommits.org/en/v1.0.0/).
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from msgspec import Struct

from .models import Bumps
from .versions import Bump
from .wording import quoted, suggestion


class Footer(Struct, frozen=True):
    """One footer: `Refs: #133`; the value may have several lines."""

    token: str
    value: str


class CommitMessage(Struct, frozen=True):
    """A commit message, taken apart. `type` is None where the subject is not conventional."""

    subject: str
    type: str | None
    """In lower case: types may be written in any."""
    scope: str | None
    description: str
    """The subject without type and scope; the whole subject where there is no type."""
    breaking: bool
    body: str
    """All that stands between the subject and the footers."""
    footers: tuple[Footer, ...]
    pull_request: int | None
    """From `(#68)` at the subject's end, or `Merge pull request #68`."""
    separated: bool = True
    """Whether a blank line stands between the subject and what follows."""


def parse(message: str) -> CommitMessage:
    """Take a commit message apart; any text is one.

    It is laxer than the specification where history is: the space after the colon may be missing (`problems`
    says so), and `BREAKING CHANGE:` may be the subject's type or start any line.
    """
    subject, *rest = (line.rstrip() for line in message.strip().split("\n"))
    body, footers = _split_footers(rest)
    pull_request = _PULL_REQUEST.search(subject)
    conventional = _SUBJECT.fullmatch(subject)
    return CommitMessage(
        subject=subject,
        type=conventional["type"].lower() if conventional else None,
        scope=conventional["scope"] if conventional else None,
        description=conventional["description"] if conventional else subject,
        breaking=bool(conventional and conventional["mark"]) or any(map(_BREAKING.match, (subject, *rest))),
        body=body,
        footers=footers,
        pull_request=int(pull_request[1] or pull_request[2]) if pull_request else None,
        separated=not rest or not rest[0],
    )


def bump_of(message: CommitMessage, bumps: Bumps) -> Bump:
    """What a commit does to the fork's version: a breaking change is major, the rest is the policy's."""
    if message.breaking or message.type in bumps.major:
        return Bump.MAJOR
    if message.type in bumps.minor:
        return Bump.MINOR
    if message.type in bumps.patch:
        return Bump.PATCH
    return Bump(bumps.other)


def problems(message: CommitMessage, types: Iterable[str], subject_max: int) -> tuple[str, ...]:
    """What is wrong with a message, in words; `subject_max` is in characters. Empty for a good one."""
    found = (
        _form_problem(message, types),
        _length_problem(message.subject, subject_max),
        None if message.separated else "no blank line after the subject",
    )
    return tuple(each for each in found if each)


def is_skipped(subject: str, patterns: Iterable[str]) -> bool:
    """Whether a subject is one of those that count for nothing, such as `Merge *`; case matters."""
    return any(fnmatchcase(subject, pattern) for pattern in patterns)


def matches_author(name: str, email: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern such as `*@carto.com` matches the author's email or name, in any case.

    Both can be forged: good for versions, never for permission.
    """
    known = (name.casefold(), email.casefold())
    return any(fnmatchcase(text, pattern.casefold()) for pattern in patterns for text in known)


_SUBJECT = re.compile(
    r"(?P<type>BREAKING CHANGE|[A-Za-z][\w-]*)(?:\((?P<scope>[^()]+)\))?(?P<mark>!)?:\s*(?P<description>\S.*)"
)
_BREAKING = re.compile(r"BREAKING[ -]CHANGE(:| #)")
_FOOTER = re.compile(r"(?P<token>BREAKING CHANGE|[A-Za-z0-9][A-Za-z0-9-]*)(?:: | (?=#)|:$)(?P<value>.*)")
_PULL_REQUEST_SUFFIX = re.compile(r" \(#[0-9]+\)$")
_PULL_REQUEST = re.compile(r"\(#([0-9]{1,9})\)$|^Merge pull request #([0-9]{1,9})\b")


def _form_problem(message: CommitMessage, types: Iterable[str]) -> str | None:
    if message.type is None:
        return f"{quoted(message.subject)} is not `<type>[(scope)][!]: <description>`"
    if not message.subject.endswith(f": {message.description}"):
        return f"no single space between the colon and {quoted(message.description)}"
    known = tuple(types)
    if message.type not in known:
        return f"the type {quoted(message.type)} is not known; {suggestion(message.type, known)}"
    return None


def _length_problem(subject: str, subject_max: int) -> str | None:
    # GitHub appends ` (#68)` when it squashes, where the author has no say.
    length = len(_PULL_REQUEST_SUFFIX.sub("", subject))
    return f"the subject has {length} characters; at most {subject_max}" if length > subject_max else None


def _split_footers(lines: list[str]) -> tuple[str, tuple[Footer, ...]]:
    """Body and footers: the footers begin with the first paragraph that begins with one."""
    for index, line in enumerate(lines):
        if _FOOTER.match(line) and (index == 0 or not lines[index - 1].strip()):
            return "\n".join(lines[:index]).strip(), _footers(lines[index:])
    return "\n".join(lines).strip(), ()


def _footers(lines: list[str]) -> tuple[Footer, ...]:
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if match := _FOOTER.match(line):
            found.append((match["token"], [match["value"]]))
        else:
            found[-1][1].append(line)
    return tuple(Footer(token, "\n".join(value).strip()) for token, value in found)
