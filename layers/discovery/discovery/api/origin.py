"""Lets in only what comes through the edge (CloudFront), which alone knows a secret and sends it with each request.

Settings hold the secret's SHA-256 and not the secret. It is 64 random characters, so nobody finds it by its hash, and
a plain hash is enough (docs/adr/0024).
"""

import hashlib
import hmac
from collections.abc import Mapping

from discovery.errors import OriginRefused
from discovery.observability import logger, metrics
from discovery.settings.access import OriginSettings

ORIGIN_HEADER = "x-discovery-origin"
"""In lower case. Never logged, and taken off a request before anything else reads it."""


class OriginGate:
    """Judges requests by their headers."""

    def __init__(self, settings: OriginSettings) -> None:
        """Without any hash in the settings, every request is let in."""
        self._known = [bytes.fromhex(digest) for digest in settings.digests]

    def admit(self, headers: Mapping[str, str]) -> None:
        """Check the header of a request, in a time that does not depend on what it holds.

        Raises:
            OriginRefused: it is missing, or none of the secrets.
        """
        if not self._known:
            return
        sent = next((value for name, value in headers.items() if name.lower() == ORIGIN_HEADER), "")
        digest = hashlib.sha256(sent.encode()).digest()
        if not any([hmac.compare_digest(digest, known) for known in self._known]):  # noqa: C419 - all are compared
            metrics.count("OriginRefused")
            logger.warning("request refused", reason="it did not come through the edge")
            raise OriginRefused
