"""From an Authorization header to a caller, or to a refusal; never to an anonymous caller in its place."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from discovery.api.auth import ADMIN_SCOPE, ANONYMOUS, READ_SCOPE, WRITE_SCOPE, Authenticator
from discovery.errors import AuthenticationError, ScopeMissing
from discovery.settings.access import AuthSettings
from tests import tokens
from tests.clock import StandingClock


@pytest.fixture(scope="module")
def authenticator() -> Authenticator:
    return Authenticator(tokens.settings())


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signed_with_the_public_key() -> str:
    """The old confusion: the RSA public key, which everyone has, taken for an HMAC secret. PyJWT refuses to sign so."""
    secret = tokens.private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signing_input = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': tokens.KEY_ID})}.{part(tokens.claims())}"
    digest = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
    return f"{signing_input}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def unsigned() -> str:
    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': tokens.KEY_ID})}.{part(tokens.claims())}."


def altered() -> str:
    header, _, signature = tokens.token("ana").split(".")
    return f"{header}.{part(tokens.claims('eve'))}.{signature}"


def long_ago() -> int:
    return int(time.time()) - 3600


def soon() -> int:
    return int(time.time()) + 3600


REFUSED = {
    "expired": lambda: tokens.token(exp=long_ago()),
    "not valid yet": lambda: tokens.token(nbf=soon()),
    "no expiry": lambda: tokens.token(exp=None),
    "an expiry that is no number": lambda: tokens.token(exp="tomorrow"),
    "wrong audience": lambda: tokens.token(aud="elsewhere"),
    "no audience": lambda: tokens.token(aud=None),
    "wrong issuer": lambda: tokens.token(iss="https://evil.test/"),
    "no issuer": lambda: tokens.token(iss=None),
    "no subject": lambda: tokens.token(sub=None),
    "an empty subject": lambda: tokens.token(sub=""),
    "a subject that is no text": lambda: tokens.token(sub=7),
    "unsigned": unsigned,
    "HS256 with the public key": signed_with_the_public_key,
    "an algorithm that is not allowed": lambda: tokens.sign(tokens.claims(), algorithm="RS512"),
    "another's key": lambda: tokens.sign(tokens.claims(), key=tokens.private_key("another")),
    "no key id": lambda: tokens.sign(tokens.claims(), kid=None),
    "an unknown key id": lambda: tokens.sign(tokens.claims(), kid="key-2"),
    "altered claims": altered,
    "not a token": lambda: "abc",
    "empty parts": lambda: "..",
    "not ASCII": lambda: "é.ü.ö",
    "a header that is a list": lambda: f"{part([])}.{part({})}.",
    "an algorithm that is a list": lambda: f"{part({'alg': ['RS256'], 'kid': tokens.KEY_ID})}.{part({})}.",
    "a key id that is an object": lambda: f"{part({'alg': 'RS256', 'kid': {}})}.{part({})}.",
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED.keys())
def test_a_token_that_can_not_be_accepted_is_refused(make: Callable[[], str], authenticator: Authenticator) -> None:
    with pytest.raises(AuthenticationError):
        authenticator.authenticate(f"Bearer {make()}")


def refusal(authenticator: Authenticator, header: str) -> str:
    """What a client whose header is refused is told."""
    with pytest.raises(AuthenticationError) as refused:
        authenticator.authenticate(header)
    return str(refused.value)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (REFUSED["expired"], "the token has expired"),
        (REFUSED["wrong audience"], "the token is not valid for this API"),
        (REFUSED["an empty subject"], "the token has no subject"),
        (lambda: tokens.sign(tokens.claims(), typ="dpop+jwt"), "the token is of a type that this API does not take"),
    ],
)
def test_whoever_is_refused_is_told_why(make: Callable[[], str], told: str, authenticator: Authenticator) -> None:
    assert refusal(authenticator, f"Bearer {make()}") == told


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Token abc", "abc"])
def test_a_header_without_a_bearer_token_is_refused(header: str, authenticator: Authenticator) -> None:
    assert refusal(authenticator, header) == "the Authorization header has no bearer token"


@pytest.mark.parametrize("space", [" ", "  ", "   "])
def test_the_scheme_and_the_token_have_a_space_between_them_or_several(
    space: str, authenticator: Authenticator
) -> None:
    assert authenticator.authenticate(f"Bearer{space}{tokens.token('ana')}").user_id == "ana"


@given(header=st.text())
def test_no_header_whatever_is_taken_for_anonymous_or_raises_anything_else(header: str) -> None:
    with pytest.raises(AuthenticationError):
        Authenticator(tokens.settings()).authenticate(header)


@given(
    header=st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "x5u"]),
        st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=3),
    ),
    payload=st.binary(max_size=20),
)
def test_no_forged_token_raises_anything_but_a_refusal(header: dict[str, object], payload: bytes) -> None:
    body = base64.urlsafe_b64encode(payload).decode()

    with pytest.raises(AuthenticationError):
        Authenticator(tokens.settings()).authenticate(f"Bearer {part(header)}.{body}.{body}")


def test_no_header_is_an_anonymous_caller(authenticator: Authenticator) -> None:
    assert authenticator.authenticate(None) == ANONYMOUS


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_good_token_gives_the_user_whatever_the_case_of_the_scheme(scheme: str, authenticator: Authenticator) -> None:
    assert authenticator.authenticate(f"{scheme} {tokens.token('ana')}").user_id == "ana"


def test_one_of_several_audiences_is_enough(authenticator: Authenticator) -> None:
    assert authenticator.authenticate(f"Bearer {tokens.token(aud=['elsewhere', tokens.AUDIENCE])}").user_id == "ana"


def test_scopes_are_separated_by_spaces(authenticator: Authenticator) -> None:
    caller = authenticator.authenticate(f"Bearer {tokens.token(scope='personalization:read  personalization:write')}")

    assert caller.scopes == {"personalization:read", "personalization:write"}
    caller.require("personalization:write")
    with pytest.raises(ScopeMissing, match="personalization:admin") as refused:
        caller.require("personalization:admin")
    assert refused.value.scope == "personalization:admin"


@pytest.mark.parametrize("apart", ["\t", "\n", "\r\n", "\x0b", "\xa0", ",", ";", ""])
def test_scopes_are_separated_by_nothing_but_spaces(apart: str, authenticator: Authenticator) -> None:
    claimed = f"personalization:read{apart}personalization:write"

    caller = authenticator.authenticate(f"Bearer {tokens.token(scope=claimed)}")

    assert caller.scopes == {claimed}


SCOPES = [READ_SCOPE, WRITE_SCOPE, ADMIN_SCOPE]


@pytest.mark.parametrize("required", SCOPES)
@pytest.mark.parametrize(
    "alike",
    [
        lambda scope: scope[:-1],
        lambda scope: f"{scope}s",
        lambda scope: f"{scope}:all",
        lambda scope: f"x{scope}",
        lambda scope: scope.upper(),
        lambda scope: scope.partition(":")[0],
        lambda scope: scope.partition(":")[2],
        lambda scope: f"{scope.partition(':')[0]}:*",
        lambda _: "*",
        lambda scope: " ".join({*SCOPES} - {scope}),
        lambda _: "",
    ],
)
def test_a_scope_that_is_like_the_required_one_is_not_it(
    required: str, alike: Callable[[str], str], authenticator: Authenticator
) -> None:
    caller = authenticator.authenticate(f"Bearer {tokens.token(scope=alike(required))}")

    with pytest.raises(ScopeMissing):
        caller.require(required)


def test_a_scope_claim_that_is_no_text_grants_nothing(authenticator: Authenticator) -> None:
    assert not authenticator.authenticate(f"Bearer {tokens.token(scope=['personalization:admin'])}").scopes


@pytest.mark.parametrize("claim", [True, "true", "TRUE", 1, "1", "yes", ["personalization"], {"since": 2026}], ids=repr)
def test_a_claim_opts_out_however_an_issuer_writes_it(claim: object, authenticator: Authenticator) -> None:
    assert authenticator.authenticate(f"Bearer {tokens.token(personalization_opt_out=claim)}").opted_out is True


@pytest.mark.parametrize("claim", [False, None, 0, "", "false", "False", "0", "no"], ids=repr)
def test_a_claim_that_says_no_does_not(claim: object, authenticator: Authenticator) -> None:
    caller = authenticator.authenticate(f"Bearer {tokens.token(personalization_opt_out=claim)}")

    assert caller.opted_out is False


@pytest.mark.parametrize(
    ("changes", "issued_at"),
    [
        ({"iat": 900}, 900),
        ({"iat": 1500}, 1000),
        ({"iat": 10**400}, 1000),
        ({"iat": -1}, 1000),
        ({"iat": float("nan")}, 1000),
        ({"iat": None}, 1600),
        ({"iat": "900"}, 1600),
    ],
)
def test_when_a_token_was_issued_is_never_in_the_future_and_else_its_end(
    changes: dict[str, Any], issued_at: float
) -> None:
    claims = tokens.claims(exp=1600) | changes
    authenticator = Authenticator(tokens.settings(), verify=lambda _: claims, wall_clock=lambda: 1000.0)

    assert authenticator.authenticate("Bearer any").issued_at == issued_at


def test_the_name_of_the_opt_out_claim_is_a_setting() -> None:
    authenticator = Authenticator(tokens.settings().model_copy(update={"opted_out_claim": "leave_me_alone"}))

    assert authenticator.authenticate(f"Bearer {tokens.token(leave_me_alone=True)}").opted_out


def test_where_a_user_is_required_no_token_is_refused(authenticator: Authenticator) -> None:
    with pytest.raises(AuthenticationError, match=r"^this request needs a bearer token$"):
        authenticator.require_user(None)

    assert authenticator.require_user(f"Bearer {tokens.token('ana')}").user_id == "ana"


@pytest.mark.parametrize("missing", ["issuer", "audience"])
def test_without_a_configured_issuer_every_token_is_refused_and_anonymous_callers_pass(missing: str) -> None:
    authenticator = Authenticator(tokens.settings().model_copy(update={missing: ""}))

    assert authenticator.authenticate(None) == ANONYMOUS
    assert refusal(authenticator, f"Bearer {tokens.token()}") == "no token issuer is configured"


def test_without_any_setting_no_token_is_accepted() -> None:
    with pytest.raises(AuthenticationError):
        Authenticator(AuthSettings()).authenticate(f"Bearer {tokens.token()}")


NOW = 1_767_355_200.0
"""Seconds since the epoch: a whole number, so that sums are exact."""


class Verifier:
    """Accepts every token as that of the user it names, until the key is withdrawn; counts how often it is asked."""

    def __init__(self, clock: StandingClock, *, life_sec: float) -> None:
        self._clock = clock
        self._life_sec = life_sec
        self.withdrawn = False
        self.asked = 0

    def __call__(self, token: str) -> dict[str, Any]:
        self.asked += 1
        if self.withdrawn:
            raise AuthenticationError("the key is gone")
        return {"sub": token, "exp": self._clock.now + self._life_sec}


@pytest.mark.parametrize(("life_sec", "accepted_sec"), [(3600, 60), (10, 10)], ids=["a minute", "its own life"])
def test_a_verified_token_is_accepted_again_for_a_minute_and_never_beyond_its_own_life(
    life_sec: float, accepted_sec: float
) -> None:
    clock = StandingClock(NOW)
    verifier = Verifier(clock, life_sec=life_sec)
    authenticator = Authenticator(tokens.settings(), verify=verifier, wall_clock=clock)
    assert authenticator.authenticate("Bearer ana").user_id == "ana"
    verifier.withdrawn = True

    clock.now += accepted_sec - 0.5
    assert authenticator.authenticate("Bearer ana").user_id == "ana"

    clock.now += 0.5
    with pytest.raises(AuthenticationError, match="the key is gone"):
        authenticator.authenticate("Bearer ana")


def test_a_token_that_differs_in_one_character_is_another_token() -> None:
    authenticator = Authenticator(tokens.settings())
    token = tokens.token("ana")
    authenticator.authenticate(f"Bearer {token}")

    with pytest.raises(AuthenticationError):
        authenticator.authenticate(f"Bearer {token[:-2]}{'A' if token[-2] != 'A' else 'B'}{token[-1]}")


def test_no_more_tokens_are_remembered_than_a_thousand() -> None:
    clock = StandingClock(NOW)
    verifier = Verifier(clock, life_sec=60)
    authenticator = Authenticator(tokens.settings(), verify=verifier, wall_clock=clock)
    sent = [str(number) for number in range(1001)]

    def verified(*again: str) -> int:
        """How many of these tokens had to be verified again."""
        before = verifier.asked
        for token in again:
            assert authenticator.authenticate(f"Bearer {token}").user_id == token
        return verifier.asked - before

    assert verified(*sent[:1000]) == 1000
    assert verified(*sent[:1000]) == 0
    assert verified(sent[1000], sent[0]) == 2
