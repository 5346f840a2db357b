"""The cache."""

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from discovery.settings.section import LOOPBACK, Section


class CacheSettings(Section):
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
        return bool(has_password) and not self.is_tls and url.hostname not in LOOPBACK

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
