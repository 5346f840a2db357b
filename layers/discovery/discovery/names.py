"""Names and numbers that more than one border checks, as pydantic types; and what all border models have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

CREDENTIAL_PATTERN = r"^[A-Za-z0-9._~+/-]+=*$"
"""What may be a bearer token: `b64token`, RFC 6750, section 2.1."""
VARIANT_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"
EXPERIMENT_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
"""Of an experiment with a parameter of its own: what Parameter Store, a path and a file name take alike."""

WHITE_SPACE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What has Unicode's property White_Space, for a character class in any dialect of regular expressions."""

_Visible = Field(json_schema_extra={"pattern": f"[^{WHITE_SPACE}]"})
"""Says in a schema that white space alone is too short; `strip_whitespace` sees to it."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), _Visible]
VariantName = Annotated[str, StringConstraints(pattern=VARIANT_PATTERN)]
Year = Annotated[int, Field(ge=0, le=9999)]
Rating = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
Unit = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
UserId = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class Frozen(BaseModel):
    """A model that never changes and takes no field that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
