"""Who may ask, and by which way."""

from typing import Annotated, Any

from pydantic import Field, Json

from discovery.settings.section import Section


class AuthSettings(Section):
    """Which tokens are accepted."""

    issuer: str = ""
    """HTTPS URL; where it is empty, every token is refused and only anonymous search works."""
    audience: str = ""
    jwks: Json[dict[str, Any]] | None = None
    """A static key set (RFC 7517) as JSON; without it keys come from `jwks_uri` or the issuer's discovery document."""
    jwks_uri: str | None = None
    algorithms: list[str] = Field(default=["RS256"])
    token_types: list[str] = Field(default=["at+jwt", "JWT"], min_length=1)
    """Accepted `typ` headers; `at+jwt` alone asks for access tokens of RFC 9068. A token without one is a `JWT`."""
    opted_out_claim: str = "personalization_opt_out"
    """A claim that, when true, means: no look-up of any kind for this person."""


class OriginSettings(Section):
    """Whether requests have to come through an edge."""

    secret_sha256: Annotated[str, Field(pattern="^([0-9a-f]{64}(,[0-9a-f]{64})*)?$")] = ""
    """SHA-256 of the secrets that the edge may send, in hex, separated by commas; where it is empty, all may come."""

    @property
    def digests(self) -> list[str]:
        """The hashes, in hex."""
        return [digest for digest in self.secret_sha256.split(",") if digest]
