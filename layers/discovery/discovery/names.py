"""Names and numbers that more than one border checks, as pydantic types; and what all border models have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

VARIANT_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
VariantName = Annotated[str, StringConstraints(pattern=VARIANT_PATTERN)]
Year = Annotated[int, Field(ge=0, le=9999)]
Rating = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
Unit = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
UserId = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class Frozen(BaseModel):
    """A model that never changes and takes no field that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
