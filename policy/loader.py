"""Loads a policy: text to values, or all that is wrong with it at once."""

from collections.abc import Iterator

from .consistency import inconsistencies
from .conversion import convert
from .document import Document, key_of
from .errors import PolicyError, Problem
from .models import Policy
from .reader import read


def load(text: bytes, file: str) -> Policy:
    """The policy in `text`; `file` is the name to show.

    Raises:
        PolicyError: with all problems, in the order of the file.
    """
    document = read(text, file)
    problems = [*document.problems, *_without_value(document)]
    policy, found = _validated(document)
    said = {problem.place for problem in problems}
    problems += [problem for problem in (*found, *inconsistencies(document)) if problem.place not in said]
    if policy is None and not problems:
        raise RuntimeError("the policy cannot be converted, and nothing is wrong with it")
    if policy is None or problems:
        raise PolicyError(file, tuple(problems))
    return policy.with_lines(
        {
            rule.name: document.place(("ownership", "rules", index))[0]
            for index, rule in enumerate(policy.ownership.rules)
        }
    )


def _without_value(document: Document) -> Iterator[Problem]:
    for route in document.written:
        if document.at(route) is None:
            place = document.place_of_key(route)
            yield Problem(*place, key_of(route), "has no value", "give it one, or leave it out")


def _validated(document: Document) -> tuple[Policy | None, list[Problem]]:
    policy = convert(document.data, Policy)
    if policy is not None:
        return policy, []
    # pydantic takes long to start, and a good policy does not need it
    from .complaints import complaints  # noqa: PLC0415

    return None, list(complaints(document))
