"""The text below each attribute of a model: its description for editors and messages."""

import ast
import inspect
from functools import cache
from itertools import pairwise

from .section import Section


@cache
def descriptions(model: type[Section]) -> dict[str, str]:
    """The description of each key of `model`, by the key as it is written in YAML, in one line each."""
    statements = [*ast.iter_child_nodes(ast.parse(inspect.getsource(model)).body[0])]
    found: dict[str, str] = {}
    for attribute, text in pairwise(statements):
        match attribute, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                found[key_in_yaml(model, name)] = " ".join(words.split())
            case _:
                pass
    return found


def key_in_yaml(model: type[Section], attribute: str) -> str:
    """How an attribute is called in YAML."""
    return model.model_fields[attribute].alias or attribute


def keys(model: type[Section]) -> dict[str, str]:
    """The attribute of each key that `model` knows."""
    return {key_in_yaml(model, attribute): attribute for attribute in model.model_fields}
