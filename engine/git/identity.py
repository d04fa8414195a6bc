"""Who makes a commit, and when: what git's environment variables and configuration say, in git's order.

Source: git's documentation, git-commit, "COMMIT INFORMATION", and git-config, `user.name`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from msgspec import Struct

from ...policy.errors import RepositoryError, UsageError
from .repository import Repository

_CRUD = "".join(map(chr, range(33))) + ".,:;<>\"\\'"
"""What git strips off both ends of a name."""
_FORBIDDEN = re.compile(r"[<>\n]")
_RAW_DATE = re.compile(r"@?(?P<seconds>\d+) (?P<sign>[+-])(?P<hours>\d\d)(?P<minutes>\d\d)")


class Identity(Struct, frozen=True):
    """A person at a moment; the offset from UTC is in minutes."""

    name: str
    email: str
    seconds: int
    offset: int


class Identities(Struct, frozen=True):
    """Author and committer of a commit."""

    author: Identity
    committer: Identity


def identities(repo: Repository, environment: Mapping[str, str], now: datetime) -> Identities:
    """Who a commit made now is by.

    Raises:
        RepositoryError: nobody said who makes commits here.
        UsageError: a date in the environment is none.
    """
    return Identities(_identity(repo, environment, now, "author"), _identity(repo, environment, now, "committer"))


# Private


def _identity(repo: Repository, environment: Mapping[str, str], now: datetime, role: str) -> Identity:
    found = {field: _found(repo, environment, role, field) for field in ("name", "email")}
    if missing := [field for field, value in found.items() if not value]:
        example = {"name": '"Your Name"', "email": "you@example.com"}
        commands = " && ".join(f"git config user.{field} {example[field]}" for field in missing)
        raise RepositoryError(
            f"git does not know who makes the commit: no user.{' and no user.'.join(missing)}", commands
        )
    variable = f"GIT_{role.upper()}_DATE"
    moment = _moment(variable, environment[variable]) if environment.get(variable) else now.astimezone()
    offset = moment.utcoffset()
    minutes = 0 if offset is None else int(offset.total_seconds()) // 60
    return Identity(found["name"], found["email"], int(moment.timestamp()), minutes)


def _found(repo: Repository, environment: Mapping[str, str], role: str, field: str) -> str:
    """What is said first: the role's variable, the role's setting, the user's setting, `EMAIL`."""
    config = repo.config
    said = [environment.get(f"GIT_{role.upper()}_{field.upper()}")]
    said += [config[key] for key in (f"{role}.{field}", f"user.{field}") if key in config]
    said += [environment.get("EMAIL")] if field == "email" else []
    return next((clean for each in said if each and (clean := _FORBIDDEN.sub("", each).strip(_CRUD))), "")


def _moment(variable: str, text: str) -> datetime:
    """A date in one of git's formats: its own, ISO 8601, RFC 2822."""
    raw = _RAW_DATE.fullmatch(text)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return _from_raw(raw) if raw else read(text)
        except ValueError:
            continue
    raise UsageError(f"{variable}={text} is no date", f'write it as git does: {variable}="2026-01-31T12:00:00+0000"')


def _from_raw(found: re.Match[str]) -> datetime:
    zone = datetime.strptime(f"{found['sign']}{found['hours']}{found['minutes']}", "%z").tzinfo
    return datetime.fromtimestamp(int(found["seconds"]), UTC).astimezone(zone)
