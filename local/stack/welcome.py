"""The text that `make run` prints once the system answers: its addresses, and four command lines to paste."""

import shlex
import sys
from pathlib import Path

from local.stack.credentials import CREDENTIALS
from local.stack.description import Description
from local.stack.issuer import Issuer
from local.stack.page import PATH


def welcome(stack: Description, issuer: Issuer, *, seconds: float) -> str:
    """Return the text; its command lines work as they stand in bash and zsh, from any folder."""
    users = "\n".join(f"  {user.id:<10} {user.taste}" for user in stack.users)
    commands = "\n\n".join(f"{title}\n{command}" for title, command in _commands(stack, issuer))
    return f"""
Discovery is ready ({seconds:.1f} s). Ctrl-C stops it.

  API           {stack.api_url}
  API docs      {stack.api_url}/docs
  try it        {stack.api_url}{PATH}   search as a demo user, click, and see what becomes of the events
  SONA          {stack.sona_url}   its bearer token is in {stack.folder}/stack.json
  AWS endpoint  {stack.aws_endpoint_url}
  Valkey        {stack.valkey_url}
  lake          {stack.lake}   exposures and outcomes, by the AWS endpoint
  logs          {stack.folder}

Demo users
{users}

{commands}
"""


def _commands(stack: Description, issuer: Issuer) -> list[tuple[str, str]]:
    user = stack.users[0].id
    bearer = f"Authorization: Bearer {issuer.sign(user)}"
    search = f"{stack.api_url}/v1/search?query=adventure&page_size=5"
    weight = f"/discovery/{stack.stage}/personalization/boost_weight"
    aws = [str(Path(sys.executable).parent / "aws"), "ssm", "put-parameter", "--name", weight, "--value", "0.6"]
    aws += ["--overwrite", "--endpoint-url", stack.aws_endpoint_url]
    assignments = " ".join(f"{name}={value}" for name, value in CREDENTIALS.items())
    invalidate = f"{stack.api_url}/v1/users/me/personalization-cache"
    return [
        ("# 1. Search without signing in", f"{_curl()} {_quoted(search)}"),
        (f"# 2. Search as {user}", f"{_curl('-H', bearer)} {_quoted(search)}"),
        ("# 3. Raise the weight of personalization, then search again", f"{assignments} {shlex.join(aws)}"),
        (f"# 4. Delete the cached scores of {user}", f"{_curl('-X', 'DELETE', '-H', bearer)} {_quoted(invalidate)}"),
    ]


def _curl(*options: str) -> str:
    # -w: ends the answer with a line break, so that the prompt starts on a line of its own.
    return shlex.join(["curl", "-sS", "-w", "\\n", *options])


def _quoted(url: str) -> str:
    return f"'{url}'"  # shlex leaves some URLs bare, and ? and & mean something to every shell
