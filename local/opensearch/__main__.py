"""`make opensearch`: run an OpenSearch on 127.0.0.1 until Ctrl-C."""

import argparse
import signal
import sys

from local.opensearch.assembly import OpenSearchMissing, version
from local.opensearch.node import opensearch


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make opensearch")
    parser.add_argument("--port", type=int, help="the port that is preferred")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with opensearch(parser.parse_args().port) as url:
            print(f"OpenSearch {version()} with k-NN at {url}; Ctrl-C ends it, and what it holds is gone", flush=True)
            signal.pause()
    except OpenSearchMissing as missing:
        print(f"No OpenSearch here: {missing}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
