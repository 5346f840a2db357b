"""The OpenSearch that keeps the catalogue."""

from typing import Annotated, Literal

from pydantic import Field

from discovery.settings.section import Section


class OpenSearchSettings(Section):
    """The OpenSearch that keeps the catalogue, where `RetrievalSettings.engine` says so.

    Queries are embedded by the model of the bundle in `CatalogueSettings.path`, of whatever titles that is.
    """

    url: str = "http://localhost:9200"
    index: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_-]{0,60}$")] = "discovery-catalogue"
    """Alias of the current index of titles; that of names is the same with `-names` at its end."""
    service: Literal["", "es", "aoss"] = ""
    """The service that requests are signed for (Signature Version 4): a domain, or Serverless; none where empty."""
    breaker_failures: Annotated[int, Field(ge=1)] = 5
    """Failures in a row that open the circuit."""
    breaker_open_sec: Annotated[float, Field(gt=0)] = 5
    """How long the engine is then left alone before a probe."""
