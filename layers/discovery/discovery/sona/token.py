"""The bearer token by which SONA knows us (RFC 6750): from the settings, or from a parameter of Parameter Store.

It is read as the key of user hashes is, in the init phase on a thread. Where SONA refuses it, it is read again on a
thread, at most every ten seconds: so a token that was replaced is in use a search later.
"""

import re

from discovery.errors import PolicyUnavailable, SonaUnavailable
from discovery.names import CREDENTIAL_PATTERN
from discovery.observability import logger, metrics
from discovery.privacy.secret import Secret
from discovery.reason import Reason


class SonaToken(Secret):
    """Holds the token once it has been read."""

    _metric = "SonaTokenUnavailable"
    _name = "SONA token"
    _is_refused = False

    def authorization(self) -> str | None:
        """The value of the `Authorization` header; None where the settings name no token.

        Raises:
            SonaUnavailable: it is not known yet; another reading has been started if that is due.
        """
        if self._known is None:
            self.prefetch()
            raise SonaUnavailable(Reason.SONA_REFUSED, "no token to send yet")
        return f"Bearer {self._known.decode()}" if self._known else None

    def refused(self, status: int) -> None:
        """Note that SONA refused a request; the log says so once until SONA takes one again."""
        metrics.count("SonaRefused")
        if not self._is_refused:
            logger.error("SONA refuses us", status=status, has_token=bool(self._known))
        self._is_refused = True
        self._begin_reading()

    def accepted(self) -> None:
        """Note that SONA took a request."""
        self._is_refused = False

    def _fetch(self) -> None:
        before = self._known
        super()._fetch()
        if before is not None and self._known != before:
            logger.info("the SONA token was replaced")


class _FixedToken(SonaToken):
    def _begin_reading(self) -> None:
        """Never: there is nowhere to read it."""


def fixed_token(token: str) -> SonaToken:
    """A token that is known from the start; empty for none."""
    return _FixedToken(str, known=token.encode())


def checked(token: str) -> str:
    """A token as it was read, without the white space around it.

    Raises:
        PolicyUnavailable: it can't be a token; the message does not hold it.
    """
    if not re.fullmatch(CREDENTIAL_PATTERN, token.strip()):
        raise PolicyUnavailable("the secret is no bearer token")
    return token.strip()
