"""The policy as a JSON snapshot in Valkey: how an edit reaches every warm environment at its next search.

It is kept twice: under a key that ends, for then Parameter Store is to be read anew, and under one that does not. The
second is for an environment that starts while Parameter Store does not answer: it knows the last policy that any other
one saw, and with it whether personalization was switched off.
"""

import json
from collections.abc import Mapping

import redis

from discovery.policy.parser import parse_policy
from discovery.policy.policy import Parameter, Policy
from discovery.valkey.client import asking_valkey
from discovery.valkey.connections import PlainCluster

POLICY_KEY = "policy"
LAST_POLICY_KEY = "policy-last"
"""Never ends. A new environment looks here where there is nothing under `POLICY_KEY`."""
SNAPSHOT_SHARE = 0.9
"""How much of the age that a policy may reach a snapshot lives; the rest is for reading anew and the next search."""
READER_KEY = "policy-reader"
"""Exists while one environment reads Parameter Store for all."""

STORE_IF_NEWER = """
local stored = redis.call('GET', KEYS[1])
if stored then
  local ok, snapshot = pcall(cjson.decode, stored)
  local read_at = ok and type(snapshot) == 'table' and tonumber(snapshot.read_at)
  if read_at and read_at > tonumber(ARGV[2]) then return 0 end
end
if ARGV[3] == '' then
  redis.call('SET', KEYS[1], ARGV[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
end
return 1
"""
"""Keep the snapshot whose reading began last: a slow reader must not put an older policy over a newer one."""


def life_left(read_at: float, max_age_sec: float, now: float) -> float:
    """Seconds that a snapshot may still live: counted from when its reading began, however late it is stored."""
    return read_at + max_age_sec * SNAPSHOT_SHARE - now


def encode(parameters: Mapping[str, Parameter], read_at: float) -> str:
    """The snapshot of parameters (names relative to the prefix) whose reading began at `read_at` (Unix seconds)."""
    return json.dumps({"read_at": read_at, "parameters": dict(parameters)}, sort_keys=True)


def decode(snapshot: bytes, default: Policy, *, not_after: float) -> Policy:
    """The policy in a snapshot.

    Raises:
        ValueError: it is foreign, damaged, or was read after `not_after` (Unix seconds), which is in the future.
        PolicyRefused: it holds a value that this version of the code refuses.
    """
    parameters, read_at = _parts(snapshot)
    if not read_at <= not_after:  # NaN is not
        raise ValueError("a policy snapshot of the future")
    return parse_policy(parameters, default, read_at)


def _parts(snapshot: bytes) -> tuple[dict[str, Parameter], float]:
    match json.loads(snapshot):
        case {"read_at": int() | float() as read_at, "parameters": dict(parameters)}:
            return {name: _parameter(of) for name, of in parameters.items()}, float(read_at)
    raise ValueError("not a policy snapshot")


def _parameter(document: object) -> Parameter:
    match document:
        case [str(value), int(version), int() | float() as modified_at]:
            return Parameter(value, version, float(modified_at))
    raise ValueError("not a policy snapshot")


class SnapshotStore:
    """Writes snapshots, and says who may read Parameter Store for the next one.

    All methods raise `CacheUnavailable` where Valkey does not answer in time, or answers an error.
    """

    def __init__(self, client: redis.Redis | PlainCluster) -> None:
        self._client = client

    def claim_reading(self, seconds: float) -> bool:
        """Whether this environment is to read Parameter Store; if so, no other one is for some seconds."""
        with asking_valkey():
            return bool(self._client.set(READER_KEY, "", px=int(seconds * 1000), nx=True))

    def parameters(self) -> dict[str, Parameter]:
        """The parameters of the last good policy; none where there is no snapshot of it, or a damaged one."""
        with asking_valkey():
            found = self._client.get(LAST_POLICY_KEY)
        try:
            return _parts(found)[0] if isinstance(found, bytes) else {}
        except ValueError:
            return {}

    def store(self, parameters: Mapping[str, Parameter], read_at: float, life_sec: float) -> bool:
        """Store a snapshot for some seconds, unless there is one whose reading began later; whether it was stored.

        It is kept as the last good policy however short its life.
        """
        self.keep(parameters, read_at)
        life_ms = int(life_sec * 1000)
        return life_ms > 0 and self._put(POLICY_KEY, encode(parameters, read_at), read_at, str(life_ms))

    def keep(self, parameters: Mapping[str, Parameter], read_at: float) -> None:
        """Keep the last good policy for environments to come, unless there is one whose reading began later."""
        self._put(LAST_POLICY_KEY, encode(parameters, read_at), read_at, "")

    def _put(self, key: str, snapshot: str, read_at: float, life_ms: str) -> bool:
        with asking_valkey():
            return bool(self._client.eval(STORE_IF_NEWER, 1, key, snapshot, repr(read_at), life_ms))
