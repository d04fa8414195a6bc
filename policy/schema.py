"""The JSON schema of the policy, for editors: draft-07, with a description for every key."""

from typing import Any

from .descriptions import descriptions
from .judge import json_schema
from .models import Policy
from .section import Section

SCHEMA_ID = "urn:forkpolicy:policy:1"
"""What the schema is called; nothing is fetched."""

Json = dict[str, Any]


def schema() -> Json:
    """The schema of the policy as plain data, in a stable order.

    It knows structure: keys, types, choices. What must fit together, and what a pattern or a regular
    expression may say, only the loader judges.
    """
    generated = json_schema(Policy, "#/definitions/{model}")
    definitions: Json = generated.pop("$defs")
    models = {model.__name__: model for model in Section.__subclasses__()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": SCHEMA_ID,
        **_section(generated, Policy),
        "title": "A fork's policy",
        "definitions": {
            name: _section(each, models[name]) if name in models else _plain(each)
            for name, each in sorted(definitions.items())
        },
    }


def _section(generated: Json, model: type[Section]) -> Json:
    texts = descriptions(model)
    properties: Json = generated["properties"]
    described = {key: _property(each, texts[key]) for key, each in properties.items()}
    return {**_plain(generated), "properties": described}


def _property(generated: Json, description: str) -> Json:
    """One key: never null, and with its description, which draft-07 ignores beside a `$ref`."""
    plain = _plain(generated)
    choices = [each for each in plain.pop("anyOf", []) if each != {"type": "null"}]
    for each in choices:
        plain.update(each)
    if plain.get("default", {}) in (None, {}, []):
        plain.pop("default", None)
    if "$ref" in plain:
        plain = {"allOf": [{"$ref": plain["$ref"]}]}
    return {"description": description, **plain}


def _plain(generated: Json) -> Json:
    """A schema without the titles that only repeat the keys."""
    return {key: each for key, each in generated.items() if key != "title"}
