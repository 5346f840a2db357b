"""How a result becomes a response."""

from aws_lambda_powertools.event_handler import Response

from discovery.api.preview_responses import PreviewResponse
from discovery.api.search_responses import SearchResponse


def as_json(found: SearchResponse | PreviewResponse) -> Response[str]:
    """A 200 that no cache between here and the client may keep or share."""
    # Serialized here, by pydantic at once: the resolver's own encoder walks it field by field.
    return Response(
        200,
        content_type="application/json",
        body=found.model_dump_json(),
        headers={"Cache-Control": "private, no-store"},
    )
