"""The errors that cross a module border, as one small tree.

    DiscoveryError
    ├── AuthenticationError       a bearer token was sent and is not acceptable          → 401
    │   └── KeysUnavailable       the issuer's signing keys could not be fetched         → 503
    ├── OriginRefused             a request that did not come through the edge           → 403
    ├── ScopeMissing              the token is good and lacks the scope                  → 403
    ├── RequestInvalid            a value is well-formed and still not acceptable        → 422
    ├── BodyTooLarge              a body of more bytes than the route reads              → 413
    ├── EventsNotTaken            the queue or the stream did not take a batch of events → 503
    ├── CatalogueError            a bundle or a source that can't be used
    │   ├── SourceInvalid         a line of a catalogue source: names the line and field
    │   └── BundleInvalid         wrong format version, checksum, or a missing file
    │       └── ChangesInvalid    what is laid over a bundle can't be used
    ├── IndexUnavailable         nothing could be searched; becomes a partial answer, or 503 of a suggestion
    ├── LakeUnavailable           the lake of exposures and outcomes can't be read   → 503
    ├── PolicyRefused             parameters' values: names each parameter, its value and the reason
    ├── PolicyUnavailable         Parameter Store did not answer
    ├── UserKeyUnavailable        the key of user hashes could not be read
    ├── CacheUnavailable          Valkey did not answer, or answered an error
    └── SonaUnavailable           SONA did not answer, or answered nothing usable

The last four never reach a client of a search: they become the `reason` of its `personalization` block.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from discovery.reason import Reason


class DiscoveryError(Exception):
    """Root of the tree; never raised itself."""


class AuthenticationError(DiscoveryError):
    """A bearer token was sent and is not acceptable; the message is fit for the client."""


class KeysUnavailable(AuthenticationError):
    """The issuer's signing keys could not be fetched, so no token can be judged."""


class OriginRefused(DiscoveryError):
    """A request did not come through the edge, although there is one."""


class ScopeMissing(DiscoveryError):
    """The caller is known and lacks a scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"this needs the scope {scope!r}")
        self.scope = scope


class RequestInvalid(DiscoveryError):
    """A request value that parses and is still not acceptable."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.detail = detail


class BodyTooLarge(DiscoveryError):
    """A body has more bytes than its route reads."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the body must have at most {most} bytes")


class EventsNotTaken(DiscoveryError):
    """A batch of events was not taken as a whole; whoever sends it again loses and doubles nothing."""


class CatalogueError(DiscoveryError):
    """A catalogue source or bundle that can't be used."""


class SourceInvalid(CatalogueError):
    """A line of a catalogue source that can't be used."""

    def __init__(self, line: int, field: str, reason: str) -> None:
        super().__init__(f"line {line}, field {field!r}: {reason}")
        self.line = line
        self.field = field
        self.reason = reason


class BundleInvalid(CatalogueError):
    """An index bundle that is missing, damaged, or of another format version."""


class ChangesInvalid(BundleInvalid):
    """What is laid over a bundle can't be used; the bundle itself may be good."""


Unsearched = Literal["deadline", "failed", "unavailable", "overloaded"]
"""Why something was not searched: the time was over, it failed, it did not answer, or it had too much to do."""


class IndexUnavailable(DiscoveryError):
    """An index on other machines gave no answer at all."""

    def __init__(self, reason: Unsearched) -> None:
        super().__init__(f"the index could not be searched: {reason}")
        self.reason: Unsearched = reason


class LakeUnavailable(DiscoveryError):
    """The lake of exposures and outcomes can't be read: no such place, no access, or no room to read it into."""


class Refusal(NamedTuple):
    """One parameter's value that can't be part of a policy, and why."""

    parameter: str
    value: str
    reason: str


class PolicyRefused(DiscoveryError):
    """Parameters whose values can't be part of a policy, all of them."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("; ".join(f"{name} = {value!r}: {reason}" for name, value, reason in refusals))
        self.refusals = tuple(refusals)


class PolicyUnavailable(DiscoveryError):
    """Parameter Store did not answer, or refused to."""


class UserKeyUnavailable(DiscoveryError):
    """The key of user hashes could not be read, so there is no name under which to look anybody up."""


class CacheUnavailable(DiscoveryError):
    """Valkey did not answer in time, answered with an error, or was not asked."""

    def __init__(self, detail: str, reason: Reason = Reason.CACHE_UNAVAILABLE) -> None:
        super().__init__(detail)
        self.reason = reason


class SonaUnavailable(DiscoveryError):
    """SONA did not answer, or answered nothing usable."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
