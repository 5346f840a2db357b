"""A node as a process that ends with the program that started it."""

import contextlib
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from local.opensearch.assembly import assembled, java
from local.stack.processes import HOST, Process, free_port

READY_TIMEOUT = 180.0
"""Seconds. On a free core it takes ten to start, and machines are busy."""
_HEAP = "-Xmx1g"


class _Node(Process):
    def _answers(self) -> bool:
        """Whether it answers: it takes connections before that, and resets them."""
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.port}/_cluster/health", timeout=1) as answer:
                return bool(answer.status == HTTPStatus.OK)
        except OSError:
            return False


@contextlib.contextmanager
def opensearch(port: int | None = None) -> Iterator[str]:
    """Run an OpenSearch that holds nothing, on a free port, `port` where that is free; yields its URL.

    Raises:
        OpenSearchMissing: it can't be had here.
        ProcessFailed: it ended, or did not answer in time.
    """
    jars = assembled()
    port = free_port(port)
    with tempfile.TemporaryDirectory(prefix="opensearch-", ignore_cleanup_errors=True) as folder:
        command = [java(), _HEAP, "-cp", f"{jars}:{jars}/*", "Node", folder, str(port)]
        node = _Node("OpenSearch", command, log=Path(folder) / "node.log", port=port)
        node.start()
        try:
            for pause in node.until_ready(READY_TIMEOUT):
                time.sleep(pause)
            yield f"http://{HOST}:{port}"
        finally:
            node.stop()
