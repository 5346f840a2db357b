"""Problems, and answers of a few fields."""

from typing import Any, Literal

from discovery.names import Frozen


class FieldError(Frozen):
    """One thing wrong with a request."""

    field: str
    detail: str


class Problem(Frozen):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: tuple[FieldError, ...] = ()


class GatewayMessage(Frozen):
    """What API Gateway answers itself, without a function."""

    message: str


class Health(Frozen):
    """What `GET /v1/health` says."""

    status: Literal["ok"]
    stage: str
    catalogue: dict[str, Any]
    policy_version: str
    policy_age_ms: int | None


class Invalidated(Frozen):
    """What an invalidation did."""

    status: Literal["invalidated"] = "invalidated"
    scope: Literal["user", "all"]
    cache_generation: int | None = None
    """The new generation, where everything was flushed."""
