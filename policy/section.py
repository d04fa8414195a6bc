"""The base of the policy's models."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A section of the policy: frozen; strict about types; unknown keys are errors.

    Attributes are named as the keys. The text below each is its description, for editors too: it is read from
    the source (`descriptions.py`), so that importing the models does not pay for it.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)
