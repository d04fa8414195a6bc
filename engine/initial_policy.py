"""A first policy for `forkpolicy init`, from what the repository shows; people read and correct it."""

import json
import re
from collections.abc import Iterable

from .git.repository import Repository
from .observation import Observation, Remote, observe

FILL_IN = "FILL IN"
"""Marks what the repository does not show: search for it."""


def initial_policy(repo: Repository) -> str:
    """The text of a policy that loads, the same for the same repository; what was guessed says so.

    Raises:
        RepositoryError: the tree of the production branch cannot be read.
    """
    seen = observe(repo)
    name = _fork_name(seen)
    sections = (
        _head(),
        _sides(seen, name),
        _releases(seen, name),
        _branches(seen),
        _ownership(seen, name),
        _customizations(),
        _versions(seen, name),
        _pull_request(seen),
        _examples(seen),
    )
    return "\n".join(sections)


# Sections


def _head() -> str:
    return """\
# yaml-language-server: $schema=./carto-fork.schema.json
#
# The policy of this fork, begun by `forkpolicy init` from what the repository shows.
# Read it from top to bottom, correct what was guessed, then run:
#
#   forkpolicy validate      is it right, and does every rule match something?
#   forkpolicy plan          what would merging the next release do?

schema: 1
"""


def _sides(seen: Observation, name: str) -> str:
    fork = seen.fork or Remote("origin", None)
    upstream = seen.upstream or Remote("upstream", None)
    title = _upstream_name(seen)
    return (
        "# Who is who. Decisions are told with these names: "
        f'"keep {name}", "accept {title}".\n'
        f"{_side('fork:    ', name, fork, 'OWNER/FORK')}\n"
        f"{_side('upstream:', title, upstream, 'OWNER/UPSTREAM')}\n"
        f"{_missing_upstream(seen)}"
    )


def _releases(seen: Observation, name: str) -> str:
    forms = seen.release_forms or ("v{version}",)
    guessed = (
        "Guessed: the form that most recent tags have."
        if seen.release_forms
        else f"{FILL_IN}: no tag here looks like a release. Fetch upstream's tags and compare."
    )
    return f"""\
# Which tags are stable releases of upstream: a tag that no scheme matches whole is none.
# {guessed}
# `forkpolicy version releases` shows every tag, and why it is a release or not.
releases:
  schemes:
    - {{ tags: [{_list(forms, quote=True)}] }}
  min_age: 3d                     # nobody needs a release on the day it comes out
  stale_after: 60d                # no newer release for so long: did upstream change how it names tags?
  # deny: {{ v1.2.3: why {name} skips this release }}
"""


def _branches(seen: Observation) -> str:
    production = _word(seen.production)
    return f"""\
# What branches are for; the first match wins, and any other branch is a topic.
branches:
{_mirror(seen)}\
  - names: [{production}]
    role: production              # what is deployed: a release of upstream plus the fork's changes
    merges: {{ allow: [release, sync, topic], forbid: [mirror], method: merge }}   # never squash a sync
  - {{ names: [upstream-sync/*], role: sync, base: {production} }}
  - {{ names: [feature/*, fix/*, chore/*], role: topic, base: {production} }}
"""


def _ownership(seen: Observation, name: str) -> str:
    rules = (
        _FORK_ONLY,
        _UNTOUCHED.format(name=name),
        *_workflow_rules(seen),
        *_build_rules(seen, name),
        *(_LOCK_FILE.format(path=path, command=command) for path, command in seen.lock_files.items()),
        _CUSTOMIZED,
    )
    return f"""\
# Who decides a conflicting path: the first rule that matches, top to bottom.
ownership:
  default: manual-review          # what no rule decides goes to a person

  markers:                        # lines of the fork that no decision may lose
    - "{name}:"
    - {{ begin: "{name}: begin", end: "{name}: end" }}

  rules:
{chr(10).join(rules)}
    # Then rules for what is left. An example: in the source code, a conflict goes to upstream,
    # unless a line of the fork would be lost.
    # - name: core
    #   paths: [/src/]
    #   resolve: accept-upstream
"""


def _customizations() -> str:
    return """\
# Changes of the fork that must survive every sync. Write one down when it is merged.
customizations: []
# - name: Patience with slow proxies
#   pull_requests: [12]
#   reason: what the fork needs it for
#   must_contain: [{ path: src/config.py, text: "timeout = 90" }]
"""


def _versions(seen: Observation, name: str) -> str:
    slug = re.sub("[^a-z0-9]+", "-", name.lower())
    suggested = f"v{{upstream}}-{slug}.{{major}}.{{minor}}.{{patch}}"
    current, *legacy = seen.fork_formats or (suggested,)
    guessed = "as its newest tags are" if seen.fork_formats else "a suggestion: no tag here looks like one"
    lines = [f"# How the fork numbers its own releases; {guessed}.", "versions:", f'  format: "{current}"']
    if legacy:
        lines.append(f"  legacy: [{_list(legacy, quote=True)}]")
    if seen.version_file:
        file, pattern = seen.version_file
        lines.append(f"  upstream_version: {{ file: {file}, pattern: '{pattern}' }}")
    lines += [
        '  skip: ["sync:*", "Merge *"]     # commits that do not count',
        "  bumps: { major: [breaking], minor: [feat], patch: [fix] }",
    ]
    return "\n".join(lines) + "\n"


def _pull_request(seen: Observation) -> str:
    return f"""\
# The pull request that asks for a sync.
pull_request:
  branch: upstream-sync/{{tag}}
  title: "sync: {_upstream_name(seen)} {{tag}}"
  draft: true
  labels: {{ always: [upstream-sync], clean: [clean-merge], conflicts: [conflicts] }}
  checklist: [run the tests, build it]
"""


def _examples(seen: Observation) -> str:
    examples = ["  - { path: any/file.py, kind: content, untouched: true, expect: untouched }"]
    examples += [f"  - {{ path: {path}, kind: content, expect: lock-{path} }}" for path in seen.lock_files]
    return "# The policy's own tests: `forkpolicy validate` runs them.\nexamples:\n" + "\n".join(examples) + "\n"


# Rules

_FORK_ONLY = """\
    - name: fork-only             # upstream never had the path
      when: { fork_only: true }
      resolve: keep-fork
      applies: always
"""

_UNTOUCHED = """\
    - name: untouched             # the fork stands on an upstream version: nothing of its own is lost
      when: {{ untouched: true }}
      resolve: accept-upstream
      reason: {name} never changed this file
"""

_CUSTOMIZED = """\
    - name: customized            # a path that a customization below names
      when: { customized: true }
      resolve: manual-review
      guidance: Merge by hand, then run the customization's test.
"""

_NEW_WORKFLOWS = """\
    - name: new-workflows         # upstream's automation does not switch itself on here
      paths: [/.github/workflows/]
      when: { upstream: [added] }
      resolve: disable
      suffix: .txt
      applies: always
"""

_LOCK_FILE = """\
    - name: lock-{path}
      paths: [/{path}]
      resolve: regenerate         # upstream's as a placeholder; the command becomes a step of the plan
      command: {command}
"""


def _workflow_rules(seen: Observation) -> Iterable[str]:
    if seen.disabled_workflows:
        yield (
            "    - name: disabled-workflows    # switched off here: only PATH.txt is kept\n"
            "      paths:\n"
            + "".join(f"        - /{path}\n" for path in seen.disabled_workflows)
            + "      resolve: disable\n"
            "      suffix: .txt\n"
            "      copy: follow\n"
            "      applies: always\n"
        )
    if seen.has_workflows:
        yield _NEW_WORKFLOWS


def _build_rules(seen: Observation, name: str) -> Iterable[str]:
    if seen.build_files:
        yield (
            "    - name: build-files           # small files where both sides often have a point\n"
            f"      paths: [{_list(f'/{path}' for path in seen.build_files)}]\n"
            "      resolve: manual-review\n"
            f"      guidance: 'Keep what stands under `# {name}:`, then build.'\n"
        )


# Words


def _fork_name(seen: Observation) -> str:
    """What people probably call the fork: the word in its tags or its production branch, else its owner."""
    tagged = re.search(r"\{upstream\}-([a-z]+)", seen.fork_formats[0]) if seen.fork_formats else None
    if tagged:
        return tagged[1].upper()
    owner = seen.production.partition("/")[0] if "/" in seen.production else ""
    if owner.isalpha():
        return owner.upper()
    return _part(seen.fork, 0) or "FORK"


def _upstream_name(seen: Observation) -> str:
    """What people probably call upstream: its repository's name, else the fork's: mostly the same."""
    return _part(seen.upstream, 1) or _part(seen.fork, 1) or "upstream"


def _part(remote: Remote | None, index: int) -> str | None:
    return remote.repository.split("/")[index] if remote and remote.repository else None


def _side(key: str, name: str, remote: Remote, placeholder: str) -> str:
    repository = _word(remote.repository or placeholder)
    line = f"{key} {{ name: {_word(name)}, repository: {repository}, remote: {_word(remote.name)} }}"
    return line if remote.repository else f"{line}   # {FILL_IN}: owner and name"


def _missing_upstream(seen: Observation) -> str:
    if seen.upstream:
        return ""
    return (
        "# There is no remote for upstream here. Add it, and fetch its tags:\n"
        "#   git remote add upstream https://github.com/OWNER/UPSTREAM.git && git fetch --tags upstream\n"
    )


def _mirror(seen: Observation) -> str:
    remote = seen.upstream.name if seen.upstream else "upstream"
    if seen.mirror is None:
        return (
            "  # No branch was seen that follows upstream's development. If the fork has one:\n"
            f"  # - {{ names: [upstream-main], role: mirror, follows: {remote}/main }}\n"
        )
    return (
        f"  - names: [{_word(seen.mirror)}]\n"
        "    role: mirror                  # follows upstream's development; never merged into production\n"
        f"    follows: {_word(f'{remote}/{seen.upstream_branch}')}\n"
    )


def _word(text: str) -> str:
    """The text as YAML, in quotes where it would be a number or a truth value without them."""
    plain = re.fullmatch(r"[A-Za-z][\w./-]*", text, re.ASCII) and text.lower() not in (
        "true",
        "false",
        "null",
    )
    return text if plain else json.dumps(text)


def _list(items: Iterable[str], *, quote: bool = False) -> str:
    return ", ".join(f'"{item}"' if quote else item for item in items)
