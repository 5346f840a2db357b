"""JSON for opensearch-py by pydantic's parser, which reads the hits of a search in a quarter of the time of `json`."""

from typing import Any

from opensearchpy.exceptions import SerializationError
from opensearchpy.serializer import JSONSerializer
from pydantic_core import PydanticSerializationError, from_json, to_json


class QuickJson(JSONSerializer):
    """Of plain values: those that JSON has."""

    def loads(self, s: str) -> Any:
        """Read a text.

        Raises:
            SerializationError: it is no JSON.
        """
        try:
            return from_json(s)
        except ValueError as error:
            raise SerializationError(s, error) from error

    def dumps(self, data: Any) -> Any:
        """Write values; a text is taken for JSON already.

        Raises:
            SerializationError: JSON has no such value.
        """
        if isinstance(data, str):
            return data
        try:
            return to_json(data).decode()
        except PydanticSerializationError as error:
            raise SerializationError(data, error) from error
