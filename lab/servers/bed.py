"""The bed that a search function is measured in: a Valkey, a SONA, a catalogue, and an issuer of tokens."""

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import redis

from discovery.composition.invalidation import invalidation_service
from discovery.personalization.invalidation import Invalidator
from discovery.policy.policy import Parameter
from discovery.policy.snapshot import SnapshotStore
from discovery.privacy.hashing import user_hash
from discovery.settings.settings import Settings
from lab.servers.sona import minimal_sona
from local.stack.issuer import AUDIENCE, ISSUER, Issuer
from local.stack.processes import valkey

_STAGE, _USER_KEY = "lab", "key"
_DAY = 86_400

LASTING = {"cache_ttl_sec": _DAY}
"""A change of the personalization settings: what a long run has cached does not expire within it."""


@dataclass(frozen=True)
class Bed:
    """Where everything is."""

    bundle: Path
    sona_url: str
    valkey_url: str
    issuer: Issuer

    def settings(self, **sections: Mapping[str, Any]) -> Settings:
        """The settings of an environment in this process; `sections` change some, as `cache={"timeout_ms": 5}`."""
        return Settings.model_validate({"stage": _STAGE} | self._sections(sections))

    def variables(self, **sections: Mapping[str, Any]) -> dict[str, str]:
        """The same as the variables of a process."""
        return {"DISCOVERY_STAGE": _STAGE} | {
            f"DISCOVERY_{section}_{name}".upper(): str(value)
            for section, settings in self._sections(sections).items()
            for name, value in settings.items()
        }

    def _sections(self, changes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        own: dict[str, dict[str, Any]] = {
            "catalogue": {"path": self.bundle},
            "personalization": {"sona_url": self.sona_url},
            "cache": {"url": self.valkey_url},
            "policy": {},
            "auth": {"issuer": ISSUER, "audience": AUDIENCE, "jwks": json.dumps(self.issuer.jwks())},
            "privacy": {"user_key": _USER_KEY},
        }
        return {section: settings | dict(changes.get(section, {})) for section, settings in own.items()}

    def user(self, user_id: str) -> str:
        """What stands for a user in keys."""
        return user_hash(user_id, _USER_KEY.encode())

    @cached_property
    def invalidator(self) -> Invalidator:
        """The invalidation function's, straight to this Valkey."""
        return invalidation_service(self.settings()).invalidator


@contextlib.contextmanager
def bed(bundle: Path, scratch: Path, *, batch: bool = True) -> Iterator[Bed]:
    """Start the servers, a minimal SONA among them; a policy is in Valkey, so nobody asks Parameter Store."""
    with valkey(scratch) as valkey_url, minimal_sona(scratch, batch=batch) as sona_url:
        share_policy(valkey_url)
        yield Bed(bundle, sona_url, valkey_url, Issuer(scratch))


def share_policy(valkey_url: str) -> None:
    """Put a policy into Valkey as read just now: the built-in weight, for a day."""
    with redis.Redis.from_url(valkey_url) as client:
        SnapshotStore(client).store({"boost_weight": Parameter("0.25")}, time.time(), _DAY)
