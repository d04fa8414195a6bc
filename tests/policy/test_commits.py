"""Commit messages: every example of Conventional Commits 1.0.0 and of the handbook, and real odd ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from forkpolicy.policy.commits import Footer, bump_of, is_skipped, matches_author, parse, problems
from forkpolicy.policy.models import Bumps
from forkpolicy.policy.versions import Bump

HANDBOOK = Bumps(major=("breaking", "major"), minor=("feat", "feature"), patch=("fix", "bugfix"))
TYPES = ("feat", "fix", "docs", "style", "refactor", "perf", "test", "build", "ci", "chore")

RACING = """fix: prevent racing of requests

Introduce a request id and a reference to latest request. Dismiss
incoming responses other than from latest request.

Remove timeouts which were used to mitigate the racing issue but are
obsolete now.

Reviewed-by: Z
Refs: #123
"""

REDESIGN = """feat!: redesign authentication API

BREAKING CHANGE: Authentication configuration format has changed.
Users must update their config files to use new schema.

Migration guide: docs/migration-v2.md
"""


@pytest.mark.parametrize(
    ("message", "type_", "scope", "breaking", "footers"),
    [
        (
            "feat: allow provided config object to extend other configs\n\n"
            "BREAKING CHANGE: `extends` key in config file is now used for extending other config files",
            "feat",
            None,
            True,
            ("BREAKING CHANGE",),
        ),
        ("feat!: send an email to the customer when a product is shipped", "feat", None, True, ()),
        ("feat(api)!: send an email to the customer when a product is shipped", "feat", "api", True, ()),
        (
            "feat!: drop support for Node 6\n\nBREAKING CHANGE: use JavaScript features not available in Node 6.",
            "feat",
            None,
            True,
            ("BREAKING CHANGE",),
        ),
        ("docs: correct spelling of CHANGELOG", "docs", None, False, ()),
        ("feat(lang): add Polish language", "feat", "lang", False, ()),
        (RACING, "fix", None, False, ("Reviewed-by", "Refs")),
        (
            "revert: let us never again speak of the noodle incident\n\nRefs: 676104e, a215868",
            "revert",
            None,
            False,
            ("Refs",),
        ),
        ("feat(parser): add ability to parse arrays", "feat", "parser", False, ()),
        ("fix: array parsing issue when multiple spaces were contained in string", "fix", None, False, ()),
    ],
)
def test_the_examples_of_the_specification(
    message: str, type_: str, scope: str | None, breaking: bool, footers: tuple[str, ...]
) -> None:
    parsed = parse(message)
    assert (parsed.type, parsed.scope, parsed.breaking) == (type_, scope, breaking)
    assert tuple(footer.token for footer in parsed.footers) == footers
    assert parsed.subject == message.split("\n", maxsplit=1)[0]
    assert parsed.subject.endswith(f": {parsed.description}")
    assert not problems(parsed, (*TYPES, "revert"), 100)


def test_body_and_footers_are_told_apart() -> None:
    parsed = parse(RACING)
    assert parsed.body.startswith("Introduce a request id")
    assert parsed.body.endswith("obsolete now.")
    assert parsed.footers == (Footer("Reviewed-by", "Z"), Footer("Refs", "#123"))


def test_a_footers_value_may_have_several_lines() -> None:
    (footer,) = parse(REDESIGN).footers
    assert footer.token == "BREAKING CHANGE"
    assert footer.value.startswith("Authentication configuration format has changed.\nUsers must")
    assert footer.value.endswith("Migration guide: docs/migration-v2.md")


def test_a_footer_may_be_an_issue_number() -> None:
    assert parse("fix: x\n\nRefs #133\nSee also").footers == (Footer("Refs", "#133\nSee also"),)


@pytest.mark.parametrize(
    ("message", "bump"),
    [
        # The handbook's commit tables.
        ("feat: add Vertex AI labels support", Bump.MINOR),
        ("fix: resolve Prisma CLI path issue", Bump.PATCH),
        ("feat!: redesign authentication API\nBREAKING CHANGE: auth config format changed", Bump.MAJOR),
        (REDESIGN, Bump.MAJOR),
        ("BREAKING CHANGE: auth config format changed", Bump.MAJOR),
        ("breaking: drop the old schema", Bump.MAJOR),
        ("major: drop the old schema", Bump.MAJOR),
        ("feature: add a caching layer", Bump.MINOR),
        ("bugfix: close the pool", Bump.PATCH),
        ("docs: describe it", Bump.NONE),
        ("style: format", Bump.NONE),
        ("refactor: split", Bump.NONE),
        ("perf: cache", Bump.NONE),
        ("test: cover", Bump.NONE),
        ("build: pin", Bump.NONE),
        ("ci: run", Bump.NONE),
        ("chore: clean", Bump.NONE),
        # Marks, footers, scopes, any case.
        ("fix(scope)!: x", Bump.MAJOR),
        ("chore: x\n\nBREAKING-CHANGE: y", Bump.MAJOR),
        ("chore: x\n\nbody\nBREAKING CHANGE:\nthe next line says what", Bump.MAJOR),
        ("updated stuff\n\nBREAKING CHANGE: y", Bump.MAJOR),
        ("FEAT(Vertex): x", Bump.MINOR),
        ("Fix: x", Bump.PATCH),
        # No breaking change.
        ("chore: x\n\nbreaking change: a sentence of the body", Bump.NONE),
        ("chore: x\n\nBREAKING FIX: y", Bump.NONE),
        ("docs: explain BREAKING CHANGE: footers", Bump.NONE),
        ("updated stuff", Bump.NONE),
    ],
)
def test_what_a_commit_bumps(message: str, bump: Bump) -> None:
    assert bump_of(parse(message), HANDBOOK) is bump


def test_other_commits_bump_what_the_policy_says() -> None:
    script = replace(HANDBOOK, other="patch")
    assert bump_of(parse("updated stuff"), script) is Bump.PATCH
    assert bump_of(parse("docs: x"), script) is Bump.PATCH
    assert bump_of(parse("feat: x"), script) is Bump.MINOR


@pytest.mark.parametrize(
    "message",
    [
        "feat: add support for custom Vertex AI labels\n\nAllows passing labels directly.",
        "fix: correct Prisma CLI path in Docker offline mode\n\nThe proxy now correctly locates it.",
        REDESIGN,
        "chore: " + "x" * 65,
        "chore: " + "x" * 65 + " (#68)",
    ],
)
def test_good_messages_have_no_problems(message: str) -> None:
    assert problems(parse(message), TYPES, 72) == ()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("updated stuff", "`updated stuff` is not `<type>[(scope)][!]: <description>`"),
        ("fixes", "`fixes` is not `<type>[(scope)][!]: <description>`"),
        ("WIP: testing things", "the type `wip` is not known; it can be"),
        ("feet: add x", "the type `feet` is not known; did you mean `feat`?"),
        ("", "`` is not"),
        ("feat:", "is not `<type>"),
        ("feat: ", "is not `<type>"),
        ("Fix : x", "is not `<type>"),
        ("feat(): x", "is not `<type>"),
        ("Merge branch 'main'", "is not `<type>"),
        ('Revert "feat: x"', "is not `<type>"),
        ("fix:x", "no single space between the colon and `x`"),
        ("fix:  x", "no single space between the colon and `x`"),
        ("chore: " + "x" * 66, "the subject has 73 characters; at most 72"),
        ("fix: x\nand y", "no blank line after the subject"),
    ],
)
def test_bad_messages_have_a_problem(message: str, expected: str) -> None:
    (problem,) = problems(parse(message), TYPES, 72)
    assert expected in problem


def test_all_problems_at_once() -> None:
    assert len(problems(parse("x" * 73 + "\ny"), TYPES, 72)) == 3


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("fix: keep UUIDs (#68)", 68),
        ("fix: keep UUIDs (#16037) (#68)", 68),
        ("Merge pull request #92 from CartoDB/upstream-sync/v1.81.9-stable", 92),
        ("fix: see #12", None),
        ('Revert "fix: keep UUIDs (#68)"', None),
        ("Revert what Merge pull request #9 did", None),
        ("fix: (#99999999999999)", None),
    ],
)
def test_the_pull_request_of_a_commit(subject: str, number: int | None) -> None:
    assert parse(subject).pull_request == number


@pytest.mark.parametrize(
    ("subject", "skipped"),
    [
        ("sync: LiteLLM v1.81.9-stable", True),
        ("Merge pull request #92 from CartoDB/x", True),
        ("Merge branch 'main'", True),
        ("Merges two lists", False),
        ("fix: sync: x", False),
        ("merge two lists", False),
    ],
)
def test_subjects_that_count_for_nothing(subject: str, skipped: bool) -> None:
    assert is_skipped(subject, ("sync:*", "Merge *")) is skipped


@pytest.mark.parametrize(
    ("name", "email", "matches"),
    [
        ("A", "a@carto.com", True),
        ("A", "A@CARTO.COM", True),
        ("A", "a@cartodb.com", True),
        ("Ada Lovelace", "ada@example.org", True),
        ("A", "a@notcarto.com", False),
        ("A", "a@carto.com.example.org", False),
        ("A", "a@users.noreply.github.com", False),
    ],
)
def test_authors_by_domain_and_by_name(name: str, email: str, matches: bool) -> None:
    assert matches_author(name, email, ("*@carto.com", "*@CartoDB.com", "ada lovelace")) is matches


@given(st.text())
def test_any_text_is_a_message(message: str) -> None:
    parsed = parse(message)
    assert parsed.subject.startswith(message.strip().split("\n")[0].rstrip())
    assert bump_of(parsed, HANDBOOK) in Bump
    assert all(problems(parsed, TYPES, 72))


TYPE_NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,9}", fullmatch=True)
SCOPES = st.none() | st.from_regex(r"[a-z0-9 /_.-]{1,9}", fullmatch=True)
DESCRIPTIONS = st.from_regex(r"[!-~]([ -~]{0,20}[!-~])?", fullmatch=True)


@given(TYPE_NAMES, SCOPES, st.booleans(), DESCRIPTIONS)
def test_what_was_written_is_read(type_: str, scope: str | None, breaking: bool, description: str) -> None:
    subject = type_ + (f"({scope})" if scope else "") + ("!" if breaking else "") + f": {description}"
    parsed = parse(subject)
    assert (parsed.type, parsed.scope, parsed.description) == (type_.lower(), scope, description)
    assert parsed.breaking == (breaking or type_ == "BREAKING-CHANGE")
