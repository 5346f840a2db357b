"""A running stack in a file, `stack.json`, for the programs that want to find its parts."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class User:
    """A demo user, as SONA knows them."""

    id: str
    taste: str


@dataclass(frozen=True, slots=True)
class Description:
    """Where the parts are, what a client needs to use them, and who the demo users are."""

    api_url: str
    sona_url: str
    sona_token: str
    """The bearer token that SONA asks for."""
    aws_endpoint_url: str
    valkey_url: str
    lake: str
    """Where exposures and outcomes are: `s3://bucket`, by the AWS endpoint."""
    region: str
    access_key_id: str
    """Of a client of the AWS endpoint, which checks neither this nor the secret."""
    secret_access_key: str
    stage: str
    issuer: str
    audience: str
    catalogue: str
    """Folder of the index bundle."""
    folder: str
    """Folder of this file and of the logs."""
    pid: int
    """Process id of the stack itself."""
    started_at: str
    """ISO 8601, UTC."""
    users: tuple[User, ...]
    processes: dict[str, int]
    """Process ids of the servers by name, for those who want to see what happens when one is gone."""

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a file.

        Raises:
            FileNotFoundError: there is none.
        """
        fields = json.loads(file.read_text())
        return cls(**{**fields, "users": tuple(User(**user) for user in fields["users"])})

    def write(self, file: Path) -> None:
        """Write the file, whole or not at all: a program may be waiting for it to appear."""
        half = file.with_suffix(".half")
        half.write_text(json.dumps(asdict(self), indent=2) + "\n")
        half.replace(file)
