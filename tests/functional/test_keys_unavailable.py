"""Where the issuer's keys can't be fetched no token can be judged: that is our failure, not the caller's."""

from discovery.api.auth import Authenticator
from discovery.composition import InvalidationService
from discovery.personalization.invalidation import Invalidator
from discovery.policy.policy import Policy
from discovery.privacy.user_key import fixed_key
from tests import tokens
from tests.fakes import FakeParameters, FakeStore, FakeValkey
from tests.functional.conftest import Api, load


def test_an_issuer_that_can_not_be_reached_is_a_503(unused_tcp_port: int) -> None:
    nobody = f"https://127.0.0.1:{unused_tcp_port}/keys"
    settings = tokens.settings().model_copy(update={"jwks": None, "jwks_uri": nobody})
    invalidator = Invalidator(
        FakeValkey().client, FakeParameters(), FakeStore(), Policy(boost_weight=0.25), user_key=fixed_key(b"key")
    )
    service = InvalidationService(invalidator, Authenticator(settings))
    invalidation = Api(load("invalidation").make_handler(lambda: service))

    answer = invalidation.request("DELETE", "/v1/users/me/personalization-cache", token=tokens.token("ana"))

    assert (answer.status, answer.headers["content-type"]) == (503, "application/problem+json")
