"""What says of which format version it is, read by code that knows one."""

import functools
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError, create_model


def of_version[Read: BaseModel](
    model: type[Read],
    said: bytes | Mapping[str, Any],
    name: str,
    *,
    field: str = "format_version",
    invalid: type[Exception],
    remedy: str = "",
) -> Read:
    """Read a JSON text, or what one was, of the version that a field of the model has by default.

    `name` is what messages call it, and `remedy` is what they advise where it is of another version.

    Raises:
        invalid: it can't be read, or it is of another format version.
    """
    known = model.model_fields[field].default
    try:
        # The version first: another version's other fields are not to be judged.
        found = getattr(_validated(_version_in(field), said), field)
        if found == known:
            return _validated(model, said)
    except ValidationError as error:
        raise invalid(f"{name} can't be read: {error}") from error
    advice = f": {remedy}" if remedy else ""
    raise invalid(f"{name} has format version {found}, this code reads {known}{advice}")


@functools.cache
def _version_in(field: str) -> type[BaseModel]:
    fields: dict[str, Any] = {field: (int, ...)}
    return create_model("Version", **fields)


def _validated[Read: BaseModel](model: type[Read], said: bytes | Mapping[str, Any]) -> Read:
    return model.model_validate_json(said) if isinstance(said, bytes) else model.model_validate(said)
