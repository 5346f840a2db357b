"""A token issuer for this machine: RS256 access tokens (RFC 9068 claims) that the functions accept by its key set.

python -m local.stack.issuer --user ana --scope "personalization:write"
"""

import argparse
import base64
import hashlib
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from local.stack.keys import kept
from local.stack.processes import ROOT

ISSUER = "https://issuer.discovery.local/"
AUDIENCE = "discovery"
WORKING_DAY = 12 * 3600
"""Seconds a token lasts by default: a stack that was started in the morning is still used in the evening."""


class Issuer:
    """Signs tokens with the key in `state/issuer.pem`, which the first use makes."""

    def __init__(self, state: Path = ROOT / ".local") -> None:
        key = load_pem_private_key(kept(state / "issuer.pem", _new_key), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError(f"{state / 'issuer.pem'} does not hold an RSA key; delete it, and a new one is made")
        self._key = key
        self._public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        self._kid = _thumbprint(self._public)

    def jwks(self) -> dict[str, Any]:
        """The key set (RFC 7517) that verifies this issuer's tokens."""
        return {"keys": [{**self._public, "kid": self._kid, "use": "sig", "alg": "RS256"}]}

    def sign(
        self,
        user: str,
        scopes: Iterable[str] = (),
        *,
        ttl: float = WORKING_DAY,
        audience: str = AUDIENCE,
        issuer: str = ISSUER,
        **claims: Any,
    ) -> str:
        """Return an access token for `user` that expires in `ttl` seconds; a negative `ttl` gives an expired one."""
        now = int(time.time())
        payload = {"iss": issuer, "aud": audience, "sub": user, "iat": now, "exp": now + int(ttl)}
        scope = " ".join(scopes)
        if scope:
            payload["scope"] = scope
        headers = {"kid": self._kid, "typ": "at+jwt"}
        return jwt.encode(payload | claims, self._key, algorithm="RS256", headers=headers)


def _new_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _thumbprint(key: dict[str, Any]) -> str:
    """RFC 7638: SHA-256 of the required members in lexicographic order; the same key always has the same id."""
    members = json.dumps({name: key[name] for name in ("e", "kty", "n")}, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).rstrip(b"=").decode()


def main() -> None:
    """Print a token."""
    parser = argparse.ArgumentParser(prog="python -m local.stack.issuer", description="Print a signed access token.")
    parser.add_argument("--user", required=True, help="who the token stands for (its sub claim)")
    parser.add_argument("--scope", default="", help="scopes, separated by spaces")
    parser.add_argument("--ttl", type=float, default=WORKING_DAY, help="seconds until it expires")
    parser.add_argument("--state", type=Path, default=ROOT / ".local", help="folder of the stack's key")
    arguments = parser.parse_args()
    if not arguments.user.strip():
        parser.error("--user must not be empty")
    print(Issuer(arguments.state).sign(arguments.user, arguments.scope.split(), ttl=arguments.ttl))


if __name__ == "__main__":
    main()
