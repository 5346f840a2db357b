"""Which types of token are accepted: access tokens (RFC 9068), and plain ones where the settings say so."""

import pytest

from discovery.api.auth import Authenticator
from discovery.errors import AuthenticationError
from tests import tokens

ACCESS_TOKEN = ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"]
PLAIN = ["JWT", "jwt", "application/jwt", None]
OTHERS = [
    "",
    "logout+jwt",
    "dpop+jwt",
    "id_token+jwt",
    "at+jwtx",
    "xat+jwt",
    "at",
    "application/application/at+jwt",
    7,
    ["at+jwt"],
    {"at+jwt": True},
]


def authenticator(*token_types: str) -> Authenticator:
    changes = {"token_types": list(token_types)} if token_types else {}
    return Authenticator(tokens.settings().model_copy(update=changes))


def bearer(typ: object) -> str:
    return f"Bearer {tokens.sign(tokens.claims(), typ=typ)}"


@pytest.mark.parametrize("typ", [*ACCESS_TOKEN, *PLAIN])
def test_access_tokens_and_plain_ones_are_accepted_by_default(typ: str | None) -> None:
    assert authenticator().authenticate(bearer(typ)).user_id == "ana"


@pytest.mark.parametrize("typ", OTHERS[1:], ids=str)
def test_a_token_of_another_type_is_refused(typ: object) -> None:
    with pytest.raises(AuthenticationError, match=r"^the token is of a type that this API does not take$"):
        authenticator().authenticate(bearer(typ))


@pytest.mark.parametrize("typ", [*PLAIN, *OTHERS], ids=str)
@pytest.mark.parametrize("setting", ["at+jwt", "application/AT+JWT"])
def test_where_access_tokens_are_asked_for_nothing_else_is_accepted(setting: str, typ: object) -> None:
    with pytest.raises(AuthenticationError, match="type"):
        authenticator(setting).authenticate(bearer(typ))


@pytest.mark.parametrize("typ", ACCESS_TOKEN)
@pytest.mark.parametrize("setting", ["at+jwt", "application/AT+JWT"])
def test_where_access_tokens_are_asked_for_they_are_accepted(setting: str, typ: str) -> None:
    assert authenticator(setting).authenticate(bearer(typ)).user_id == "ana"


def test_a_type_is_not_believed_before_the_signature_is() -> None:
    forged = tokens.sign(tokens.claims(), key=tokens.private_key("another"), typ="JWT")

    with pytest.raises(AuthenticationError, match="not valid"):
        authenticator("at+jwt").authenticate(f"Bearer {forged}")
