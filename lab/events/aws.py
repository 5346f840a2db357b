"""Stands for Firehose and SQS: answers each request at once, so that only our own part is measured.

python -m lab.events.aws PORT
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local.stack.processes import HOST

_ANSWERS = {
    "Firehose_20150804.PutRecord": {"RecordId": "1", "Encrypted": False},
    "AmazonSQS.SendMessage": {"MessageId": "1", "MD5OfMessageBody": "0" * 32},
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # so that connections are kept
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps(_ANSWERS[self.headers["X-Amz-Target"]]).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer((HOST, int(sys.argv[1])), _Handler).serve_forever()
