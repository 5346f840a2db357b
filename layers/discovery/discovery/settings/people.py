"""What is kept of people, and where what they do goes."""

from pydantic import SecretStr

from discovery.settings.section import Section


class PrivacySettings(Section):
    """How people appear in keys, logs and metrics."""

    user_key: SecretStr = SecretStr("")
    """Key of the HMAC that stands for a user id."""
    user_key_parameter: str = ""
    """Or the name of the parameter that holds it, so that it is in no environment variable.

    Without either personalization is off, since no safe cache key exists.
    """
    log_queries: bool = False


class EventsSettings(Section):
    """Where what people do goes."""

    anonymous: bool = True
    """Whether events are kept of whoever is not signed in, under a keyed hash of their client's id."""
    stream: str = ""
    """Name of the Firehose stream that outcome records go to."""
    queue_url: str = ""
    """URL of the SQS queue that what concerns profiles goes to."""


class LakeSettings(Section):
    """Where exposures and outcomes are read by an analysis."""

    location: str = ""
    """`s3://bucket/prefix`, of the experiments function alone."""
