"""The text below each attribute of a model: its description for editors and messages."""

import ast
import inspect
from functools import cache
from itertools import pairwise

from msgspec.structs import fields

from .section import Section


@cache
def descriptions(model: type[Section]) -> dict[str, str]:
    """The description of each key of `model`, by the key as it is written in YAML, in one line each."""
    statements = [*ast.iter_child_nodes(ast.parse(inspect.getsource(model)).body[0])]
    written = {attribute: key for key, attribute in keys(model).items()}
    found: dict[str, str] = {}
    for attribute, text in pairwise(statements):
        match attribute, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                found[written[name]] = " ".join(words.split())
            case _:
                pass
    return found


def keys(model: type[Section]) -> dict[str, str]:
    """The attribute of each key that `model` knows."""
    return {each.encode_name: each.name for each in fields(model)}
