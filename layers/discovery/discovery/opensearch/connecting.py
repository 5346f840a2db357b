"""Clients of OpenSearch: for searches on an event loop, and for whoever builds an index."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from discovery.errors import CatalogueError
from discovery.settings.opensearch import OpenSearchSettings

if TYPE_CHECKING:
    from opensearchpy import AsyncOpenSearch, OpenSearch

_CONNECTIONS = 4
"""Of an environment, which serves one request at a time and asks several things at once."""
_POLL_SECONDS = 5
"""That a poll waits for an answer at the most."""


def for_searches(settings: OpenSearchSettings) -> "AsyncOpenSearch":
    """A client that asks once and never again, for the event loop that runs."""
    from opensearchpy import AsyncHttpConnection, AsyncOpenSearch  # noqa: PLC0415
    from opensearchpy.helpers.signer import AWSV4Signer  # noqa: PLC0415

    from discovery.opensearch.quick_json import QuickJson  # noqa: PLC0415

    def signing(*of: Any) -> Callable[[str, str, str, bytes | None], dict[str, str]]:
        # opensearch-py's own signer takes other arguments than its connection gives.
        signer = AWSV4Signer(*of)
        return lambda method, url, _query, body: signer.sign(method, url, body)

    return AsyncOpenSearch(
        **_common(settings, signing),
        connection_class=AsyncHttpConnection,
        maxsize=_CONNECTIONS,
        max_retries=0,
        serializer=QuickJson(),
    )


def for_builds(settings: OpenSearchSettings) -> "OpenSearch":
    """A client with patience, which asks again where a request may be repeated."""
    from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth  # noqa: PLC0415

    common = _common(settings, Urllib3AWSV4SignerAuth)
    return OpenSearch(**common, timeout=60, max_retries=5, retry_on_timeout=True)


def for_polls(settings: OpenSearchSettings) -> "OpenSearch":
    """A client that asks which version is current, and asks once more where nobody answers."""
    from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth  # noqa: PLC0415

    common = _common(settings, Urllib3AWSV4SignerAuth)
    return OpenSearch(**common, timeout=_POLL_SECONDS, max_retries=1)


@contextmanager
def reported() -> Iterator[None]:
    """Make what a client raises the error of whoever builds a catalogue.

    Raises:
        CatalogueError: OpenSearch refused, or did not answer.
    """
    from opensearchpy.exceptions import OpenSearchException, TransportError  # noqa: PLC0415

    try:
        yield
    except TransportError as error:
        is_refusal = isinstance(error.status_code, int)
        said = f"refused: {error}" if is_refusal else f"could not be reached: {error.error}"
        raise CatalogueError(f"OpenSearch {said}") from error
    except (OpenSearchException, OSError) as error:
        raise CatalogueError(f"OpenSearch could not be reached: {error}") from error


def _common(settings: OpenSearchSettings, signer: Any) -> Mapping[str, Any]:
    said: dict[str, Any] = {"hosts": [settings.url], "http_compress": False}
    if settings.service:
        import botocore.session  # noqa: PLC0415 - Lambda's runtime has it, so the layer does not

        session = botocore.session.Session()
        region = session.get_config_variable("region")
        said["http_auth"] = signer(session.get_credentials(), region, settings.service)
    return said
