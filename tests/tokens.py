"""An identity provider for tests: an RSA key made on the spot, its key set, and tokens of every kind."""

import json
import time
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from discovery.settings.access import AuthSettings

ISSUER = "https://issuer.test/"
AUDIENCE = "discovery"
KEY_ID = "key-1"
LIFE_SECONDS = 12 * 3600
"""Longer than the tests take on a busy machine: some modules make their tokens when they are collected."""


@cache
def private_key(name: str = "ours") -> rsa.RSAPrivateKey:
    """An RSA key; the same at every call with one name."""
    del name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def settings() -> AuthSettings:
    """Settings that accept this issuer's tokens."""
    public = jwt.algorithms.RSAAlgorithm.to_jwk(private_key().public_key(), as_dict=True)
    key_set = {"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}
    return AuthSettings.model_validate({"issuer": ISSUER, "audience": AUDIENCE, "jwks": json.dumps(key_set)})


def claims(user: object = "ana", **changes: Any) -> dict[str, Any]:
    """The claims of a good token, with changes; a claim that is None is left out."""
    now = int(time.time())
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": user, "iat": now, "exp": now + LIFE_SECONDS}
    return {name: value for name, value in (good | changes).items() if value is not None}


def token(user: object = "ana", **changes: Any) -> str:
    """A token signed as the issuer signs."""
    return sign(claims(user, **changes))


def sign(
    payload: dict[str, Any],
    *,
    key: Any = None,
    algorithm: str = "RS256",
    kid: str | None = KEY_ID,
    typ: object = "at+jwt",
) -> str:
    """Any claims under any key, algorithm, key id and type; a key id or a type that is None is left out."""
    headers = {"typ": typ} if kid is None else {"typ": typ, "kid": kid}
    return jwt.encode(payload, private_key() if key is None else key, algorithm=algorithm, headers=headers)
