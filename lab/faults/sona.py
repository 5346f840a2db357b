"""A SONA over raw sockets: it speaks the contract until it is told to break it.

Its scores are those of `lab.servers.scores`: who knows the version of a user's profile can tell whether a score is
right. An update raises the version.
"""

import asyncio
import json
from collections import Counter
from typing import Any

from discovery.sona.contract import SCORE_PATH, SCORES_PATH
from lab.faults.endpoint import Endpoint
from lab.servers.scores import scored

_HUGE_BYTES = 10 * 1024 * 1024
_STATUS_WITHOUT_ENDPOINT = 404


class FaultySona(Endpoint):
    """SONA, with both of its endpoints for scores."""

    def __init__(self) -> None:
        super().__init__()
        self.versions: Counter[str] = Counter()
        self._huge = b'{"user_id": "' + b"x" * _HUGE_BYTES + b'"}'

    def update(self, user_id: str) -> int:
        """Raise the version of a user's profile; returns the new one."""
        self.versions[user_id] += 1
        return self.versions[user_id]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests, one after the other, over a connection that is kept."""
        while True:
            path, body = await _request(reader)
            status, answer = self._scores(path, body)
            content_type = "text/html" if self.fault.way == "content_type" else "application/json"
            match self.fault.way:
                case "status":
                    status, answer = int(self.fault.detail), b'{"detail": "told to"}'
                case "garbage":
                    answer = answer[: len(answer) // 2] + b"\x00\xff}}"
                case "huge":
                    answer = self._huge
            head = f"HTTP/1.1 {status} Told\r\nContent-Type: {content_type}\r\nContent-Length: {len(answer)}\r\n\r\n"
            await self.answer(writer, head.encode() + answer, body_at=len(head))

    def _scores(self, path: str, asked: dict[str, Any]) -> tuple[int, bytes]:
        user_id = asked.get("user_id", "")
        if path == SCORES_PATH:
            scores = [self._score(user_id, content_id) for content_id in asked["content_ids"]]
            return 200, json.dumps(self._lie({"user_id": user_id, "scores": scores})).encode()
        if path == SCORE_PATH:
            return 200, json.dumps({"user_id": user_id} | self._score(user_id, asked["content_id"])).encode()
        return _STATUS_WITHOUT_ENDPOINT, b"{}"

    def _score(self, user_id: str, content_id: str) -> dict[str, Any]:
        return scored(user_id, content_id, self.versions[user_id])

    def _lie(self, answer: dict[str, Any]) -> dict[str, Any]:
        scores = answer["scores"]
        match self.fault.detail if self.fault.way == "lie" else "":
            case "wrong_user":
                answer["user_id"] = "somebody-else"
            case "unknown_ids":
                answer["scores"] = [score | {"content_id": f"never-asked-{n}"} for n, score in enumerate(scores)]
            case "nan" | "infinity" | "out_of_range" as kind:
                wrong = {"nan": float("nan"), "infinity": float("inf"), "out_of_range": 1.5}[kind]
                answer["scores"] = [score | {"score": wrong} if n % 2 else score for n, score in enumerate(scores)]
            case "duplicates":
                answer["scores"] = scores + [score | {"score": 1 - score["score"]} for score in scores]
        return answer


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, Any]]:
    """One HTTP/1.1 request: its path and JSON body. The end of the connection is an IncompleteReadError."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    start, *lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return start.split(" ")[1], json.loads(body) if body else {}
