import re

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from forkpolicy.engine.report.markdown import (
    DROPPED_FIRST,
    MAX_BYTES,
    SECTIONS,
    pull_request_body,
    to_markdown,
)
from forkpolicy.policy.names import RepoPath
from tests.hostile import HOSTILE
from tests.plans import EVERY, accepted, clean, hostile, kept, large, manual, refused, review, up_to_date
from tests.rendered import GITHUB_LINKS, page

TAGS = {
    "p",
    "blockquote",
    "strong",
    "em",
    "h2",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "ul",
    "ol",
    "li",
    "code",
    "pre",
    "a",
    "details",
    "summary",
    "b",
    "hr",
}
OWN_LINKS = re.compile(
    r"https://github\.com/(CartoDB/litellm/pull/\d+|BerriAI/litellm/(compare|releases/tag)/[\w.~/%-]*)",
    re.ASCII,
)


@pytest.mark.parametrize("name", EVERY)
def test_golden(name: str, snapshot: SnapshotAssertion) -> None:
    assert to_markdown(EVERY[name](), {}) == snapshot


def test_the_sections_stand_in_the_order_of_the_issue() -> None:
    body = pull_request_body(review(), {})
    headings = [
        "Never squash it",
        "## Versions",
        "## Left for people: 1 of 43",
        "## Customizations of CARTO",
        "## Losses",
        "## Findings",
        "## What LiteLLM brings",
        "```mermaid",
        "## Decided by the policy",
        "## Checklist",
        "## Step by step",
    ]
    places = [body.index(heading) for heading in headings]
    assert places == sorted(places)


def test_it_links_to_what_upstream_changed() -> None:
    links = page(pull_request_body(review(), {})).links
    assert "https://github.com/BerriAI/litellm/compare/v1.81.3-stable...v1.81.9-stable" in links
    assert "https://github.com/BerriAI/litellm/releases/tag/v1.81.9-stable" in links
    assert "https://github.com/CartoDB/litellm/pull/71" in links


def test_without_a_repository_there_are_no_links() -> None:
    plan = replace(review(), labels=replace(review().labels, fork_repository="", upstream_repository=""))
    shown = page(pull_request_body(plan, {}))
    assert shown.links == []
    assert "pull request 71" in shown.text


def test_the_steps_lay_out_what_people_resolve() -> None:
    body = pull_request_body(review(), {})
    assert "forkpolicy apply --release v1.81.9-stable --worktree ../sync" in body
    assert "git -C ../sync -c mergetool.keepBackup=false mergetool" in body


def test_the_steps_make_the_merge_where_nobody_is_needed() -> None:
    body = pull_request_body(clean(), {})
    assert "forkpolicy apply --release v1.81.9-stable\n" in body
    assert "mergetool" not in body


def test_what_is_generated_is_made_again_once_the_merge_is_there() -> None:
    body = pull_request_body(replace(clean(), commands=("poetry lock",)), {})
    assert body.index("forkpolicy apply") < body.index("\n   poetry lock\n") < body.index("git push")
    assert "- [ ] `poetry lock` (generated files)" in body


def test_a_body_that_is_there_already_is_not_made_again() -> None:
    plan = clean()
    assert plan.pull_request
    assert to_markdown(replace(plan, pull_request=replace(plan.pull_request, body="as it is")), {}) == "as it is"


def test_where_there_is_nothing_to_merge() -> None:
    assert "`carto/main` is up to date: it contains `v1.81.3-stable`" in to_markdown(up_to_date(), {})
    assert "v1.82.7 is denied: withdrawn by upstream" in to_markdown(refused(), {})


def test_a_fork_replaces_a_section() -> None:
    body = pull_request_body(review(), {"pull_request_versions": "to {{ upstream.tag|code }}, @here"})
    assert "to `v1.81.9-stable`, @here" in body
    assert "## Versions" not in body


def test_a_fork_replaces_the_whole() -> None:
    assert (
        pull_request_body(clean(), {"pull_request": "{{ status }} {{ sections|length }}"}) == f"clean {len(SECTIONS)}\n"
    )


def test_sections_are_left_out_in_order_where_the_body_is_too_long() -> None:
    losing = tuple(kept(f"{'long/' * 40}{number}") for number in range(60))
    long = tuple(replace(each, loss=replace(each.loss, fork=("x" * 290,) * 9)) for each in losing)
    body = pull_request_body(replace(review(), decisions=(*long, *large().for_people)), {})
    assert len(body.encode()) <= MAX_BYTES
    assert "## Losses" not in body
    assert "## Decided by the policy" not in body
    assert "## What LiteLLM brings" in body
    assert "Left out, because GitHub limits the length of this text: automatic, losses" in body


def test_at_last_the_files_are_told_in_one_line_each() -> None:
    wordy = replace(manual("a/file"), guidance="x" * 1900, at_stake=("y" * 290,) * 8)
    people = tuple(replace(wordy, path=manual(f"file{number}").path) for number in range(40))
    body = pull_request_body(replace(review(), decisions=people), {})
    assert len(body.encode()) <= MAX_BYTES
    assert body.count("- [ ] **`file") == 30
    assert "and 10 more:" in body
    assert all(each.path in body for each in people)
    assert f"{', '.join(DROPPED_FIRST)}, the details of each file" in body


def test_every_file_for_people_is_named() -> None:
    body = pull_request_body(large(), {})
    assert all(f"{each.path.rpartition('/')[2]}`" in body for each in large().for_people)


def test_only_what_is_too_long_even_for_names_is_told_by_directory() -> None:
    people = tuple(replace(manual("a/file"), path=RepoPath(f"folder{i}/{'x' * 90}{i}")) for i in range(900))
    body = pull_request_body(replace(review(), decisions=people), {})
    assert len(body.encode()) <= MAX_BYTES
    assert "… and 870 more; all of them stand in:" in body


def test_what_is_deleted_is_told_as_such() -> None:
    gone = replace(accepted("gone.py"), results={RepoPath("gone.py"): None})
    body = pull_request_body(replace(review(), decisions=(accepted("a.py"), gone)), {})
    assert "rule <code>untouched</code>, 1 deleted</summary>" in body
    assert "- `gone.py`, deleted = " in body


def test_a_template_of_the_fork_that_is_too_long_is_cut_and_says_so() -> None:
    body = pull_request_body(large(), {"pull_request": "{% for each in decisions %}{{ each|string }}\n{% endfor %}"})
    assert len(body.encode()) <= MAX_BYTES
    assert body.endswith("_The rest was cut: the body may have 60,000 bytes._\n")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_does_nothing(text: str) -> None:
    body = pull_request_body(hostile(text), {})
    assert len(body.encode()) <= MAX_BYTES
    assert body.replace("\n", "").replace("\u200b", "").isprintable()
    assert not re.search(r"^\s*::|##\[", body, re.MULTILINE)
    shown = page(body)
    assert shown.tags <= TAGS
    assert [link for link in shown.links if not OWN_LINKS.fullmatch(link)] == []
    assert not GITHUB_LINKS.search(shown.outside_code)
