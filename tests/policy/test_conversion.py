"""The quick way to a policy takes what the thorough one finds nothing wrong with, and nothing else."""

import subprocess
import sys
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from forkpolicy.policy.conversion import convert
from forkpolicy.policy.document import Route
from forkpolicy.policy.judge import errors
from forkpolicy.policy.models import Policy
from forkpolicy.policy.reader import read

FILES = (Path(__file__, "../../../carto-fork.yaml").resolve(), Path(__file__).with_name("design_example.yaml"))
POLICIES = tuple(read(file.read_bytes(), file.name).data for file in FILES)

WORDS = [
    *("", " ", "x", "main", "a/b", "a b", "*", "/", "1.2.3", "v{version}", "{", "(?P<version>x)", "(", "all", "none"),
    *("3d", "P3D", "2025-01-31", "2025-02-31", "2025-1-1", "keep-fork", "merge", "added", "content", "error"),
]
VALUES: list[Any] = [None, True, False, 0, 1, 9, -1, 10**30, 1.0, [], {}, [[]], {"": ""}, {"begin": "a", "end": "b"}]
KEYS = st.sampled_from(["x", "name", "when", "copy", "copy_", "merges", "expires", "schema", "schema_version"])
ANY = st.sampled_from([*WORDS, *VALUES, *([word] for word in WORDS), *({"x": word} for word in WORDS)])


def routes(value: Any, route: Route = ()) -> list[Route]:
    """The way to every value inside a value."""
    steps: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        steps = cast("dict[str, Any]", value).items()
    elif isinstance(value, list):
        steps = enumerate(cast("list[object]", value))
    return [route, *(each for step, inner in steps for each in routes(inner, (*route, step)))]


def at(value: Any, route: Route) -> Any:
    for step in route:
        value = value[step]
    return value


@st.composite
def policies(draw: st.DrawFn) -> Any:
    """A policy in which something was changed, added or left out."""
    data = deepcopy(draw(st.sampled_from(POLICIES)))
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from(routes(data)[1:]))
        place = at(data, tuple(way))
        match draw(st.integers(0, 2)):
            case 0:
                place[last] = deepcopy(draw(ANY))
            case 1:
                del place[last]
            case _ if isinstance(place, dict):
                place[draw(KEYS)] = deepcopy(draw(ANY))
            case _:
                place.append(deepcopy(draw(ANY)))
    return data


@given(policies())
def test_both_ways_take_the_same(data: Any) -> None:
    assert (convert(data, Policy) is None) == bool(errors(data, Policy))


@given(ANY)
def test_any_data(data: Any) -> None:
    assert convert(data, Policy) is None
    assert errors(data, Policy)


def test_half_characters_stop_nothing() -> None:
    assert convert("\ud800", Policy) is None
    assert convert({"\ud800": 1}, Policy) is None
    assert convert({**POLICIES[0], "merge": {"base": "\ud800"}}, Policy) is None


def test_good_policies_are_taken() -> None:
    assert all(convert(data, Policy) is not None for data in POLICIES)


def test_a_good_policy_does_not_wait_for_pydantic() -> None:
    code = (
        "import sys; from pathlib import Path; from forkpolicy.policy.loader import load; "
        "load(Path(sys.argv[1]).read_bytes(), 'p.yaml'); sys.exit('pydantic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, FILES[0]], check=True)
