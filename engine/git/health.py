"""What may be wrong with a repository: how it opens, its refs as files, what a clone left out.

libgit2 leaves damaged refs out of its listings without a word, so refs are read here as files.
"""

import os
import re
from pathlib import Path
from shlex import quote

import pygit2

from ...policy.errors import RepositoryError
from ...policy.names import CommitId, RefName
from .repository import Repository, unreadable_object

_LOOSE = re.compile(rb"(?:ref: (?P<other>refs/\S+)|(?P<id>[0-9a-f]{40}))\s*")
_PACKED = re.compile(rb"#.*|(?P<id>[0-9a-f]{40}) (?P<ref>refs/.+)|\^(?P<peeled>[0-9a-f]{40})")


def libgit2_version() -> str:
    """The version of the libgit2 that reads repositories here."""
    return pygit2.LIBGIT2_VERSION


def common_dir(repo: Repository) -> Path:
    """The git directory that all work trees of the repository share."""
    return repo.objects_dir.parent


# Opening


def explain_opening(error: RepositoryError) -> RepositoryError:
    """The error of `Repository.open`, told by its cause and with what mends it."""
    cause = str(error.__cause__ or error)
    for pattern, message, hint in _OPENING:
        if found := re.search(pattern, cause):
            return RepositoryError(message.format(*found.groups()), hint.format(*found.groups()))
    return error


_OPENING = (
    (
        r"repository path '(.*)' is not owned by current user",
        "{0} belongs to another user of this machine, so git does not trust its configuration",
        "if you trust it: git config --global --add safe.directory '{0}'",
    ),
    (
        r"unknown object format '(.*)'",
        "the repository names its objects with {0}, which libgit2 cannot read; only SHA-1 works",
        "clone it from a SHA-1 remote, as GitHub's are: git clone URL",
    ),
    (
        r"extensions\.refstorage",
        "the repository keeps its refs in a reftable, which libgit2 cannot read",
        "git refs migrate --ref-format=files  (git 2.46 or newer; else: git clone --ref-format=files URL)",
    ),
    (
        r"unsupported extension name extensions\.(\S+)",
        "the repository uses the format extension `{0}`, which libgit2 cannot read",
        "make a fresh clone without it: git clone URL",
    ),
    (
        r"unsupported repository version (\d+)",
        "the repository has the format version {0}; libgit2 reads versions 0 and 1",
        "make a fresh clone: git clone URL",
    ),
    (
        r"failed to parse config file: (.*)",
        "git's configuration is damaged: {0}",
        "mend that line, then look: git config --list --show-origin",
    ),
)


# Refs


def require_sound_head(repo: Repository) -> None:
    """Nothing where HEAD can be read, born or unborn, detached or not.

    Raises:
        RepositoryError: HEAD is damaged; git itself then sees no repository at all.
    """
    head = repo.git_dir / "HEAD"
    if not _LOOSE.fullmatch(head.read_bytes()):
        raise RepositoryError(
            "HEAD is damaged: it names neither a branch nor a commit",
            f"name the branch again: echo 'ref: refs/heads/BRANCH' > {head}",
        )


def require_sound_packed_refs(repo: Repository) -> None:
    """Nothing where git's file of packed refs can be read.

    Raises:
        RepositoryError: a line of it is damaged; neither git nor libgit2 then sees any of its refs.
    """
    for number, line in enumerate(_packed_lines(repo), 1):
        if not _PACKED.fullmatch(line):
            file = common_dir(repo) / "packed-refs"
            mend = f"sed -i {number}d {quote(str(file))} && git fetch --all --tags"
            raise RepositoryError(
                f"{file}:{number}: this line of git's packed refs is damaged",
                f"take it out, then fetch what it held: {mend}",
            )


def is_empty(repo: Repository) -> bool:
    """Whether there is no commit at all: no ref, and HEAD names a branch that is not born."""
    head = repo.head_ref()
    return head is not None and repo.ref(head) is None and not read_refs(repo)


RefFiles = dict[RefName, tuple[str, ...] | None]
"""Every ref with the objects that it names: none where it names another ref; None where it is damaged."""


def read_refs(repo: Repository) -> RefFiles:
    """Every ref as git's files have it, sorted by name; a loose one hides a packed one."""
    return dict(sorted((_packed_refs(repo) | _loose_refs(repo)).items()))


def damaged_refs(repo: Repository, refs: RefFiles) -> dict[RefName, str]:
    """Every ref that leads nowhere, with the reason: unreadable, or its object is not here."""
    objects = repo.raw.odb
    found: dict[RefName, str] = {}
    for name, targets in refs.items():
        if targets is None:
            found[name] = "it holds no object id"
        elif missing := [target for target in targets if target not in objects]:
            found[name] = f"it names {missing[0]}, which is not in this repository"
    return found


def tip(repo: Repository, ref: RefName) -> CommitId | None:
    """The commit that a ref leads to; None where there is no such ref.

    Raises:
        RepositoryError: the ref is damaged, or its commit is missing or damaged.
    """
    try:
        reference = repo.raw.lookup_reference(ref)
    except (KeyError, ValueError):
        return None
    except pygit2.GitError as error:
        raise damaged_ref(repo, ref, str(error)) from error
    try:
        return CommitId(str(reference.peel(pygit2.Commit).id))
    except (KeyError, ValueError, pygit2.GitError) as error:
        raise unreadable_object(str(reference.target), error) from error


def damaged_ref(repo: Repository, ref: RefName, why: str) -> RepositoryError:
    """The error for a ref that leads nowhere."""
    return RepositoryError(f"the ref {ref} is damaged: {why}", mend_ref(repo, ref))


def mend_ref(repo: Repository, ref: RefName) -> str:
    """The commands that take a damaged ref away and fetch it anew."""
    kind, _, name = ref.removeprefix("refs/").partition("/")
    remote, branch = name.split("/", 1) if kind == "remotes" and "/" in name else ("origin", name)
    refspec = f"{ref}:{ref}" if kind in ("heads", "tags") else f"refs/heads/{branch}:{ref}"
    return f"rm {quote(str(common_dir(repo) / ref))} && git fetch {remote} {quote('+' + refspec)}"


# What a clone left out, or puts in place of history


def shallow_commits(repo: Repository) -> frozenset[CommitId]:
    """The commits at which a shallow clone's history was cut off."""
    file = common_dir(repo) / "shallow"
    return frozenset(map(CommitId, file.read_text().split())) if file.exists() else frozenset()


def promisor_remotes(repo: Repository) -> tuple[str, ...]:
    """The remotes of a partial clone, which promise the objects left out; empty for a full clone."""
    config = repo.config
    promised = (name for name in repo.remotes() if f"remote.{name}.promisor" in config)
    return tuple(sorted(name for name in promised if config.get_bool(f"remote.{name}.promisor")))


def has_replace_refs(refs: RefFiles) -> bool:
    """Whether `git replace` put other objects in place of some; git honours that, libgit2 does not."""
    return any(name.startswith("refs/replace/") for name in refs)


def has_grafts(repo: Repository) -> bool:
    """Whether a grafts file gives commits other parents than they were made with."""
    file = common_dir(repo) / "info" / "grafts"
    return file.exists() and bool(file.read_text().strip())


# Private


def _packed_lines(repo: Repository) -> list[bytes]:
    file = common_dir(repo) / "packed-refs"
    return file.read_bytes().splitlines() if file.exists() else []


def _packed_refs(repo: Repository) -> RefFiles:
    """Every packed ref with its object; an annotated tag also with what it leads to."""
    refs: RefFiles = {}
    name = RefName("")
    for line in _packed_lines(repo):
        if (found := _PACKED.fullmatch(line)) is None:
            continue
        if found["ref"]:
            name = RefName(found["ref"].decode(errors="surrogateescape"))
        if target := found["id"] or found["peeled"]:
            refs[name] = (*(refs.get(name) or ()), target.decode())
    return refs


def _loose_refs(repo: Repository) -> RefFiles:
    base = common_dir(repo)
    refs: RefFiles = {}
    for folder, _, names in os.walk(base / "refs"):
        prefix = os.path.relpath(folder, base)
        for name in names:
            if not name.endswith(".lock"):
                # unbuffered: there may be a thousand of them, and this stands before every command
                with open(os.path.join(folder, name), "rb", buffering=0) as file:  # noqa: PTH118, PTH123
                    refs[RefName(f"{prefix}/{name}")] = _loose_target(file.read())
    return refs


def _loose_target(content: bytes) -> tuple[str, ...] | None:
    found = _LOOSE.fullmatch(content)
    if found is None:
        return None
    return (found["id"].decode(),) if found["id"] else ()
