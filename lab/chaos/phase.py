"""What is done to the stack, as values: one phase after the other, each after a healthy spell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Server = Literal["Valkey", "SONA", "SSM"]
Way = Literal["killed", "hung"]
"""Killed: SIGKILL, so that connections are refused. Hung: SIGSTOP, so that they are accepted and nothing answers."""

_ALL: tuple[Server, ...] = ("Valkey", "SONA", "SSM")
_TOGETHER: tuple[tuple[Server, ...], ...] = (("Valkey",), ("SONA",), ("SSM",), ("Valkey", "SONA"), _ALL)
_WAYS: tuple[Way, ...] = ("killed", "hung")


@dataclass(frozen=True)
class Phase:
    """Servers that are killed or hung, or environments that are killed, or both."""

    name: str
    """As the tables call it."""
    servers: tuple[Server, ...] = ()
    way: Way = "killed"
    kills: tuple[float, ...] = ()
    """When an environment is killed, as shares of the phase."""
    is_long: bool = False
    """Whether it lasts a minute rather than as long as the others."""


def _name(servers: Sequence[Server]) -> str:
    return "all three" if len(servers) == len(_ALL) else " and ".join(servers)


LONG = Phase("Valkey hung for long", ("Valkey",), "hung", is_long=True)
PHASES: tuple[Phase, ...] = (
    *(Phase(f"{_name(servers)} {way}", servers, way) for servers in _TOGETHER for way in _WAYS),
    Phase("environments killed", kills=(0.1, 0.4, 0.7)),
    Phase("Valkey and SSM killed, then an environment", ("Valkey", "SSM"), "killed", kills=(0.1,)),
    # By the middle the snapshot of the policy has ended, and only the last policy is left in Valkey.
    Phase("SSM killed, later an environment", ("SSM",), "killed", kills=(0.5,)),
    LONG,
)


def chosen(only: str) -> tuple[Phase, ...]:
    """The phases whose name contains a text, in order."""
    return tuple(phase for phase in PHASES if only in phase.name)
