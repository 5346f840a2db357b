"""Turns a bearer token into a caller. Powertools' verifier is an alpha release, so no other module imports it.

A request without a token comes from an anonymous caller. A token that can't be accepted is an error and never counts as
anonymous: a person who is signed in must not lose their personalization without being told.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from discovery.api.requests import is_text
from discovery.errors import AuthenticationError, KeysUnavailable, ScopeMissing
from discovery.settings.access import AuthSettings

READ_SCOPE = "personalization:read"
WRITE_SCOPE = "personalization:write"
ADMIN_SCOPE = "personalization:admin"
EXPERIMENTS_SCOPE = "experiments:read"

Verify = Callable[[str], dict[str, Any]]
"""Takes a compact JWT (RFC 7519), returns its claims once they are verified."""

_SCHEME = "bearer"
_TYPE_UNSAID = "JWT"
"""What a token without `typ` is taken for."""
_BELIEVED_SECONDS = 60.0
"""How long a verified token is accepted without verifying it again, also if its signing key is withdrawn meanwhile."""
_MOST_KNOWN = 1000
_NO = (None, False, "", "false", "0", "no")


@dataclass(frozen=True)
class Caller:
    """Who is asking."""

    user_id: str | None = None
    """None for an anonymous caller."""
    scopes: frozenset[str] = frozenset()
    opted_out: bool | None = False
    """Whether the person wants no personalization; None where only they themselves could say."""
    issued_at: float = 0.0
    """When the token was issued (Unix seconds), or when it ends where it does not say: to tell the later of two."""
    refuses: bool = False
    """Whether this request asks for none, by Global Privacy Control."""

    def require(self, scope: str) -> None:
        """Check that the caller has a scope.

        Raises:
            ScopeMissing: the caller does not have it.
        """
        if scope not in self.scopes:
            raise ScopeMissing(scope)


ANONYMOUS = Caller()


class Authenticator:
    """Turns the value of an `Authorization` header into a caller."""

    def __init__(
        self, settings: AuthSettings, *, verify: Verify | None = None, wall_clock: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._now = wall_clock
        self._verify = verify
        """Made from the settings with the first token where it is not passed in."""
        self._known: dict[str, tuple[Caller, float]] = {}
        """Verified tokens, with their callers and the Unix time until which they are accepted again."""

    def authenticate(self, authorization: str | None) -> Caller:
        """The caller of a request.

        Raises:
            AuthenticationError: there is a header, and it has no bearer token that can be accepted.
            KeysUnavailable: the issuer's signing keys could not be fetched.
        """
        if authorization is None:
            return ANONYMOUS
        scheme, _, token = authorization.strip().partition(" ")
        if scheme.lower() != _SCHEME or not token.strip():
            raise AuthenticationError("the Authorization header has no bearer token")
        return self._caller(token.strip())

    def require_user(self, authorization: str | None) -> Caller:
        """The caller of a request that needs a signed-in person.

        Raises:
            AuthenticationError: there is no token, or one that can't be accepted.
            KeysUnavailable: the issuer's signing keys could not be fetched.
        """
        caller = self.authenticate(authorization)
        if caller.user_id is None:
            raise AuthenticationError("this request needs a bearer token")
        return caller

    def _caller(self, token: str) -> Caller:
        """The caller of a token. A token verified within the last minute is not verified again: that takes 0.2 ms."""
        caller, until = self._known.get(token, (ANONYMOUS, 0.0))
        if self._now() < until:
            return caller
        claims = self._claims(token)
        user_id = claims.get("sub")
        if not isinstance(user_id, str) or not user_id or not is_text(user_id):
            raise AuthenticationError("the token has no subject")
        opted_out = _says_yes(claims.get(self._settings.opted_out_claim))
        caller = Caller(user_id, _scopes(claims), opted_out, self._issued_at(claims))
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[token] = (caller, min(float(claims["exp"]), self._now() + _BELIEVED_SECONDS))
        return caller

    def _issued_at(self, claims: dict[str, Any]) -> float:
        """Now at the latest, where the token says it: a time to come would outlast every other token."""
        said, now = claims.get("iat"), self._now()
        if isinstance(said, int | float):
            return float(said) if 0 <= said < now else now
        return float(claims["exp"])

    def _claims(self, token: str) -> dict[str, Any]:
        from aws_lambda_powertools.utilities.auth_alpha.jwt.exceptions import (  # noqa: PLC0415 - as below
            InvalidTokenError,
            JWKSFetchError,
            TokenExpiredError,
        )

        if self._verify is None:
            self._verify = self._verifier()
        try:
            return self._verify(token)
        except TokenExpiredError as error:
            raise AuthenticationError("the token has expired") from error
        except InvalidTokenError as error:
            raise AuthenticationError("the token is not valid for this API") from error
        except JWKSFetchError as error:
            raise KeysUnavailable("the issuer's signing keys could not be fetched") from error

    def _verifier(self) -> Verify:
        # Imports cryptography, which an environment that serves only anonymous searches never needs.
        import jwt  # noqa: PLC0415
        from aws_lambda_powertools.utilities.auth_alpha.jwt import JWTVerifier  # noqa: PLC0415

        if not self._settings.issuer or not self._settings.audience:
            raise AuthenticationError("no token issuer is configured")
        verifier = JWTVerifier(
            issuer=self._settings.issuer,
            audience=self._settings.audience,
            algorithms=self._settings.algorithms,
            jwks=self._settings.jwks,
            jwks_uri=self._settings.jwks_uri,
        )
        accepted = {_media_type(kind) for kind in self._settings.token_types}

        def verify(token: str) -> dict[str, Any]:
            claims = verifier.verify(token)
            # The signature that was just verified covers the header too.
            if _media_type(jwt.get_unverified_header(token).get("typ", _TYPE_UNSAID)) not in accepted:
                raise AuthenticationError("the token is of a type that this API does not take")
            return claims

        return verify


def _media_type(typ: object) -> str:
    """A token's type as it is compared: RFC 7515, section 4.1.9, lets `application/` be left out; case says nothing."""
    return str(typ).lower().removeprefix("application/")


def _says_yes(claim: object) -> bool:
    """Whether a claim says so: where an issuer writes it in an unusual way, rather yes, since it is an opt-out."""
    return (claim.casefold() if isinstance(claim, str) else claim) not in _NO


def _scopes(claims: dict[str, Any]) -> frozenset[str]:
    """The scopes of a token: `scope`, separated by spaces and by no other white space (RFC 6749, section 3.3)."""
    scope = claims.get("scope")
    return frozenset(scope.split(" ")) - {""} if isinstance(scope, str) else frozenset()
