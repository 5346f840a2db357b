"""Freeze and thaw: when a service is built, and what a restored environment must not share with its siblings.

Lambda imports a function's module in the init phase and then calls its handler; between calls it freezes the process.
With SnapStart it takes a snapshot after the init phase, of which many environments are restored. Services are built in
the init phase, but open nothing there: a connection would be dead, and the same one, in each restored environment.
"""

import gc
import os
import random
from collections.abc import Callable, Mapping
from functools import cache

_IN_LAMBDA = "AWS_LAMBDA_INITIALIZATION_TYPE"
"""Lambda's own variable, whichever kind of initialization it names; set nowhere else."""


def prepared[S](build: Callable[[], S], *, environment: Mapping[str, str] = os.environ) -> Callable[[], S]:
    """A function that returns the service, built once: in Lambda's init phase, elsewhere at the first call.

    An error of the build ends the init phase, and so fails the deployment of a snapshot or of provisioned concurrency.
    """
    service = cache(build)
    _register_hooks(before_snapshot=service, after_restore=random.seed)
    if _IN_LAMBDA in environment:
        service()
        exempt_from_collection()
    return service


def exempt_from_collection() -> None:
    """Take all objects that there are now, and that stay, out of garbage collection.

    To go through the hundreds of thousands that the imports leave takes 50 to 90 ms, more than the deadline of
    personalization, and falls on some search or other; without them it is half a millisecond.
    """
    gc.freeze()


def _register_hooks(*, before_snapshot: Callable[[], object], after_restore: Callable[[], object]) -> None:
    """Register with Lambda's runtime, where it is the one that has hooks.

    `random` would go on from the snapshot's state in every environment; `os.urandom`, and with it `uuid`, is safe.
    """
    try:
        from snapshot_restore_py import (  # type: ignore[import-untyped]  # noqa: PLC0415 - in the runtime, not in the layer
            register_after_restore,
            register_before_snapshot,
        )
    except ImportError:
        return
    register_before_snapshot(before_snapshot)
    register_after_restore(after_restore)
