"""A running stack in a file, `stack.json`, for the programs that want to find its parts."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class User:
    """A demo user, as SONA knows them."""

    id: str
    taste: str


@dataclass(frozen=True, slots=True)
class Description:
    """Where the parts are, and who the demo users are."""

    api_url: str
    sona_url: str
    aws_endpoint_url: str
    valkey_url: str
    stage: str
    issuer: str
    audience: str
    users: tuple[User, ...]
    processes: dict[str, int]
    """Process ids by name, for those who want to see what happens when one is gone."""

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all: a program may be waiting for it to appear."""
        half = path.with_suffix(".half")
        half.write_text(json.dumps(asdict(self), indent=2) + "\n")
        half.replace(path)
