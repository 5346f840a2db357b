"""SONA and the proxy in a process of their own: `python -m lab.faults.rig_process --upstream-port N`.

Orders come as lines on standard input, `{"do": …}`, and each gets a line in return; the end of the input ends the
process. A process of its own, so that what is measured shares no interpreter with what misbehaves.
"""

import argparse
import asyncio
import json
import sys
from typing import Any

from lab.faults.endpoint import Endpoint
from lab.faults.fault import Fault
from lab.faults.proxy import ValkeyProxy
from lab.faults.sona import FaultySona


class Orders:
    """What the two can be told."""

    def __init__(self, sona: FaultySona, valkey: ValkeyProxy) -> None:
        self._sona = sona
        self._endpoints: dict[str, Endpoint] = {"sona": sona, "valkey": valkey}

    async def obey(self, order: dict[str, Any]) -> Any:
        """Carry an order out; returns its answer."""
        match order:
            case {"do": "suffer", "who": who, "fault": fault}:
                return await self._endpoints[who].suffer(Fault.from_json(fault))
            case {"do": "count", "who": who}:
                return self._endpoints[who].connections
            case {"do": "update", "user_id": user_id}:
                return self._sona.update(user_id)
        raise ValueError(f"no such order: {order}")


async def main(upstream_port: int) -> None:
    """Serve until the input ends."""
    sona, valkey = FaultySona(), ValkeyProxy(upstream_port)
    await sona.start()
    await valkey.start()
    _say({"sona": sona.port, "valkey": valkey.port})
    orders = Orders(sona, valkey)
    while line := await asyncio.to_thread(sys.stdin.readline):
        _say(await orders.obey(json.loads(line)))
    sona.stop()
    valkey.stop()


def _say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upstream-port", type=int, required=True)
    asyncio.run(main(parser.parse_args().upstream_port))
