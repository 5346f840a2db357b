"""Environment and TOML, read once into one frozen `Settings`.

`DISCOVERY_<SECTION>_<NAME>` in the environment wins over `name` under `[section]` in the TOML file that
`DISCOVERY_CONFIG_FILE` names (`discovery.toml` in the working folder by default), which wins over the defaults here.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Json, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from discovery.location import SCHEME, S3Prefix
from discovery.names import CREDENTIAL_PATTERN
from discovery.scoring import SCORING, Share, Summand

LOCAL_STAGE = "local"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

Weight = Annotated[float, Field(ge=0, le=100)]


def _bearer_token(token: SecretStr) -> SecretStr:
    if token and not re.fullmatch(CREDENTIAL_PATTERN, token.get_secret_value()):
        raise ValueError("must be a bearer token: letters, digits and -._~+/ alone, and = at its end")
    return token


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _location(value: object) -> object:
    return S3Prefix.parse(value) if isinstance(value, str) and value.startswith(SCHEME) else value


class CatalogueSettings(_Section):
    """Where the index bundle is."""

    path: Annotated[Path | S3Prefix, BeforeValidator(_location)] = Path("/opt/catalogue")
    """A folder, or `s3://bucket/prefix` where bundles are published."""
    bundle: Annotated[str, Field(pattern="^([0-9a-f]{16})?$")] = ""
    """Id of the published bundle to open; the current one where it is empty."""
    folder: Path | None = None
    """Where a published bundle is kept once it is fetched; in the system's temporary folder where None."""
    poll_sec: Annotated[float, Field(gt=0)] = 30
    """How often it is asked which bundle is current, where `bundle` names none."""


class RetrievalSettings(_Section):
    """How candidates are found and fused; the defaults of weights and floors are those of `scoring.toml`."""

    keyword_weight: Summand = SCORING.weights.keyword
    vector_weight: Summand = SCORING.weights.meaning
    title_weight: Summand = SCORING.weights.title
    person_weight: Summand = SCORING.weights.person
    topic_weight: Summand = SCORING.weights.topic
    likeness_weight: Summand = SCORING.weights.likeness
    genre_weight: Summand = SCORING.weights.genre
    origin_weight: Summand = SCORING.weights.origin
    year_weight: Summand = SCORING.weights.year
    popularity_weight: Summand = SCORING.weights.popularity
    similarity_floor: Share = SCORING.meaning.floor
    min_similarity: Share = SCORING.meaning.least
    engine: Literal["bundle", "opensearch"] = "bundle"
    """What searches: an index bundle beside the code, or OpenSearch (`OpenSearchSettings`)."""
    timeout_ms: Annotated[float, Field(gt=0)] = 2000
    """The index's own deadline: a strategy that has not begun by then is left out; of OpenSearch, of one request."""

    @property
    def weights(self) -> dict[str, float]:
        """How much each kind of evidence counts."""
        return {
            "keyword": self.keyword_weight,
            "meaning": self.vector_weight,
            "title": self.title_weight,
            "person": self.person_weight,
            "topic": self.topic_weight,
            "likeness": self.likeness_weight,
            "genre": self.genre_weight,
            "origin": self.origin_weight,
            "year": self.year_weight,
            "popularity": self.popularity_weight,
        }


class OpenSearchSettings(_Section):
    """The OpenSearch that keeps the catalogue, where `RetrievalSettings.engine` says so.

    Queries are embedded by the model of the bundle in `CatalogueSettings.path`, of whatever titles that is.
    """

    url: str = "http://localhost:9200"
    index: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_-]{0,60}$")] = "discovery-catalogue"
    """Alias of the current index of titles; that of names is the same with `-names` at its end."""
    service: Literal["", "es", "aoss"] = ""
    """The service that requests are signed for (Signature Version 4): a domain, or Serverless; none where empty."""
    breaker_failures: Annotated[int, Field(ge=1)] = 5
    """Failures in a row that open the circuit."""
    breaker_open_sec: Annotated[float, Field(gt=0)] = 5
    """How long the engine is then left alone before a probe."""


class PersonalizationSettings(_Section):
    """SONA, the deadline and the blend."""

    enabled: bool = True
    """False switches personalization off whatever the policy says."""
    sona_url: str = "http://localhost:8082"
    boost_weight: Share = 0.2
    """The default weight where Parameter Store holds none (docs/ranking-quality.md has why)."""
    variant_override: bool = True
    """Whether a request's `experiment_variant` overrides the assignment."""
    timeout_ms: Annotated[float, Field(gt=0)] = 50
    """The whole of personalization: first byte to Valkey to the last of the write-back."""
    preview_timeout_ms: Annotated[float, Field(gt=0)] = 1000
    """The same for a preview of weights, which no search waits for."""
    window: Annotated[int, Field(ge=1, le=1000)] = 100
    """The first candidates, which are reranked; what follows keeps its order."""
    cache_ttl_sec: Annotated[int, Field(ge=1)] = 300
    cache_max_scores: Annotated[int, Field(ge=1)] = 5000
    """Scores kept for one user; a write that would pass it starts the user's hash anew."""
    batch_size: Annotated[int, Field(ge=1)] = 500
    """Content ids in one batch request to SONA; a longer list becomes several."""
    breaker_failures: Annotated[int, Field(ge=1)] = 5
    """Failures of SONA in a row that open the circuit."""
    breaker_open_sec: Annotated[float, Field(gt=0)] = 5
    """How long SONA is then left alone before a probe."""
    no_batch_retry_sec: Annotated[float, Field(gt=0)] = 600
    """How long an engine that has no batch endpoint is remembered as such."""


class SonaSettings(_Section):
    """How SONA knows us, and we it; its URL is in `PersonalizationSettings`."""

    token: Annotated[SecretStr, AfterValidator(_bearer_token)] = SecretStr("")
    """Sent as a bearer token (RFC 6750)."""
    token_parameter: str = ""
    """Or the name of the parameter that holds it, so that it is in no environment variable."""
    ca_file: Path | None = None
    """Certificates (PEM) that sign SONA's; the system's authorities where there is none."""
    allow_plaintext: bool = False
    """Whether SONA may be asked over plain HTTP outside the stage `local`; a token is never sent so."""

    @property
    def has_token(self) -> bool:
        """Whether there is one to send."""
        return bool(self.token.get_secret_value() or self.token_parameter)

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        if self.token.get_secret_value() and self.token_parameter:
            raise ValueError("token and token_parameter: one of them")
        return self


class CacheSettings(_Section):
    """The Valkey (Redis protocol) server."""

    url: str = "redis://localhost:6379/0"
    """`rediss` or `valkeys` for TLS; user and password may be part of it."""
    cluster: bool = False
    """Whether it is one node of a cluster, which tells of the others."""
    serverless: bool = False
    """ElastiCache Serverless: a cluster, and to IAM a resource of another type."""
    ca_file: Path | None = None
    """Certificates (PEM) that sign the server's; the system's authorities where there is none."""
    username: str = ""
    password: SecretStr = SecretStr("")
    iam_user: str = ""
    """ElastiCache user that authenticates with IAM instead of a password."""
    iam_name: str = ""
    """ElastiCache's name of the cache, serverless or replication group: what IAM tokens are made for."""
    timeout_ms: Annotated[float, Field(gt=0)] = 20
    """One connect or one answer, so that a hanging cache leaves SONA the rest of the deadline."""
    breaker_failures: Annotated[int, Field(ge=1)] = 3
    """Failures in a row that open the circuit; fewer than SONA's, since a search can do without the cache."""
    breaker_open_sec: Annotated[float, Field(gt=0)] = 5
    """How long the server is then left alone before a probe."""

    @property
    def redis_url(self) -> str:
        """The URL under the scheme that redis-py knows."""
        return self.url.replace("valkey", "redis", 1) if self.url.startswith("valkey") else self.url

    @property
    def is_tls(self) -> bool:
        """Whether the connection is encrypted."""
        return urlsplit(self.redis_url).scheme == "rediss"

    @property
    def sends_password_in_plain(self) -> bool:
        """Whether whoever listens on the way to the server would learn a password."""
        url = urlsplit(self.redis_url)
        has_password = url.password or self.password.get_secret_value()
        return bool(has_password) and not self.is_tls and url.hostname not in _LOOPBACK

    @property
    def is_cluster(self) -> bool:
        """Whether the cluster protocol is spoken."""
        return self.cluster or self.serverless

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        url = urlsplit(self.redis_url)
        if url.scheme not in ("redis", "rediss"):
            raise ValueError("url: the scheme must be redis, rediss, valkey or valkeys")
        if self.is_cluster and url.path not in ("", "/", "/0"):
            raise ValueError("url: a cluster has no databases but 0")
        if bool(self.iam_user) != bool(self.iam_name):
            raise ValueError("iam_user and iam_name: both or neither")
        if self.iam_user and not self.is_tls:
            raise ValueError("iam_user: ElastiCache takes IAM tokens over TLS alone (rediss://)")
        if sum((bool(url.password), bool(self.password.get_secret_value()), bool(self.iam_user))) > 1:
            raise ValueError("a password in the url, a password setting or IAM: one of them")
        return self


class PolicySettings(_Section):
    """Parameter Store."""

    prefix: str = ""
    """Path of the parameters; `/discovery/{stage}/personalization/` where it is empty."""
    max_age_sec: Annotated[float, Field(gt=0)] = 60
    """How old a policy may grow before it is read again, and how often at the most that is tried."""
    when_unavailable: Literal["off", "built_in"] = "off"
    """What holds in an environment that could never read a policy: `off` personalizes nobody until it can.

    With `built_in` the default weights are in force meanwhile, even though personalization may be switched off.
    """


class AuthSettings(_Section):
    """Which tokens are accepted."""

    issuer: str = ""
    """HTTPS URL; where it is empty, every token is refused and only anonymous search works."""
    audience: str = ""
    jwks: Json[dict[str, Any]] | None = None
    """A static key set (RFC 7517) as JSON; without it keys come from `jwks_uri` or the issuer's discovery document."""
    jwks_uri: str | None = None
    algorithms: list[str] = ["RS256"]
    token_types: Annotated[list[str], Field(min_length=1)] = ["at+jwt", "JWT"]
    """Accepted `typ` headers; `at+jwt` alone asks for access tokens of RFC 9068. A token without one is a `JWT`."""
    opted_out_claim: str = "personalization_opt_out"
    """A claim that, when true, means: no look-up of any kind for this person."""


class OriginSettings(_Section):
    """Whether requests have to come through an edge."""

    secret_sha256: Annotated[str, Field(pattern="^([0-9a-f]{64}(,[0-9a-f]{64})*)?$")] = ""
    """SHA-256 of the secrets that the edge may send, in hex, separated by commas; where it is empty, all may come."""

    @property
    def digests(self) -> list[str]:
        """The hashes, in hex."""
        return [digest for digest in self.secret_sha256.split(",") if digest]


class PrivacySettings(_Section):
    """How people appear in keys, logs and metrics."""

    user_key: SecretStr = SecretStr("")
    """Key of the HMAC that stands for a user id."""
    user_key_parameter: str = ""
    """Or the name of the parameter that holds it, so that it is in no environment variable.

    Without either personalization is off, since no safe cache key exists.
    """
    log_queries: bool = False


class EventsSettings(_Section):
    """Where what people do goes."""

    anonymous: bool = True
    """Whether events are kept of whoever is not signed in, under a keyed hash of their client's id."""
    stream: str = ""
    """Name of the Firehose stream that outcome records go to."""
    queue_url: str = ""
    """URL of the SQS queue that what concerns profiles goes to."""


class LakeSettings(_Section):
    """Where exposures and outcomes are read by an analysis."""

    location: str = ""
    """`s3://bucket/prefix`, of the experiments function alone."""


class Settings(BaseSettings):
    """All settings of the functions; frozen."""

    model_config = SettingsConfigDict(
        env_prefix="DISCOVERY_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,  # errors are logged, and inputs may be secrets
    )

    stage: str = LOCAL_STAGE
    catalogue: CatalogueSettings = CatalogueSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    opensearch: OpenSearchSettings = OpenSearchSettings()
    personalization: PersonalizationSettings = PersonalizationSettings()
    sona: SonaSettings = SonaSettings()
    cache: CacheSettings = CacheSettings()
    policy: PolicySettings = PolicySettings()
    auth: AuthSettings = AuthSettings()
    origin: OriginSettings = OriginSettings()
    privacy: PrivacySettings = PrivacySettings()
    events: EventsSettings = EventsSettings()
    lake: LakeSettings = LakeSettings()

    @property
    def policy_prefix(self) -> str:
        """Path of the policy's parameters, with a slash at both ends."""
        return self.policy.prefix or f"/discovery/{self.stage}/personalization/"

    @model_validator(mode="after")
    def _has_a_model(self) -> Self:
        if self.retrieval.engine == "opensearch" and isinstance(self.catalogue.path, S3Prefix):
            raise ValueError("catalogue.path: with the engine opensearch a folder, with the bundle whose model is used")
        return self

    @model_validator(mode="after")
    def _encrypts(self) -> Self:
        """On the way to other machines nothing secret, and nothing about a person, is readable to others."""
        url = urlsplit(self.personalization.sona_url)
        if url.scheme not in ("http", "https"):
            raise ValueError("personalization.sona_url: the scheme must be http or https")
        if self.stage == LOCAL_STAGE:
            return self
        if url.scheme == "http" and url.hostname not in _LOOPBACK:
            if self.sona.has_token:
                raise ValueError("personalization.sona_url: must be https, since SONA's token would be sent in plain")
            if not self.sona.allow_plaintext:
                raise ValueError("personalization.sona_url: must be https, or set sona.allow_plaintext")
        engine = urlsplit(self.opensearch.url)  # what is asked for is searched, and says what people look for
        if self.retrieval.engine == "opensearch" and engine.scheme == "http" and engine.hostname not in _LOOPBACK:
            raise ValueError("opensearch.url: must be https")
        if self.cache.sends_password_in_plain:
            raise ValueError("cache.url: must be rediss, since the password would be sent in plain")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment, then the TOML file; pydantic-settings calls this."""
        del dotenv_settings, file_secret_settings
        toml = Path(os.environ.get("DISCOVERY_CONFIG_FILE", "discovery.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=toml)
