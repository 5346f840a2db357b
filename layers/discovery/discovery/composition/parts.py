"""What the functions have in common: keys, tokens and the policy to begin with."""

from discovery.policy.parameters import read_secret, ssm_client
from discovery.policy.policy import Policy
from discovery.privacy.user_key import UserKey, fixed_key
from discovery.settings.people import PrivacySettings
from discovery.settings.settings import Settings
from discovery.settings.sona import SonaSettings
from discovery.sona.token import SonaToken, checked, fixed_token

PATIENCE = 50
"""Times the search path's timeouts, for Valkey calls that no search waits for."""


def default_policy(settings: Settings) -> Policy:
    """The policy that stands where nothing is known of another."""
    return Policy(boost_weight=settings.personalization.boost_weight)


def user_key_of(settings: PrivacySettings) -> UserKey:
    """The key of user hashes: given, or to be read from Parameter Store."""
    if not settings.user_key_parameter:
        return fixed_key(settings.user_key.get_secret_value().encode())
    return UserKey(lambda: read_secret(ssm_client, settings.user_key_parameter))


def sona_token_of(settings: SonaSettings) -> SonaToken:
    """The bearer token for SONA: given, or to be read from Parameter Store."""
    if not settings.token_parameter:
        return fixed_token(settings.token.get_secret_value())
    return SonaToken(lambda: checked(read_secret(ssm_client, settings.token_parameter)))
