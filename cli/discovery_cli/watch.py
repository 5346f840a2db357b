"""`discovery weights watch`: how long it takes until the API answers with an edit."""

import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import click
import httpx

from discovery.policy.editor import PolicyEditor
from discovery.policy.policy import Policy
from discovery_cli.connection import Command, answers, with_editor
from discovery_cli.output import NotSeen, Output, Unreachable

_PAUSE_SECONDS = 0.2
_ANSWER_SECONDS = 10.0

url_option = click.option(
    "--url", envvar="DISCOVERY_URL", help="URL of the API, without /v1.  [default: $DISCOVERY_URL]"
)
token_option = click.option("--token", envvar="DISCOVERY_TOKEN", help="Bearer token.  [default: $DISCOVERY_TOKEN]")
_options = (
    url_option,
    token_option,
    click.option("--query", default="adventure", show_default=True, help="Query of the searches that watch the API."),
    click.option(
        "--timeout", type=click.FloatRange(min=0), default=90.0, show_default=True, help="Seconds to wait at most."
    ),
    click.option(
        "--environments",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        help="Number of answers in a row that must have the policy. Any warm environment may answer.",
    ),
)


@dataclass(frozen=True)
class Watch:
    """Asks the API which policy it has, until that is the right one."""

    url: str
    token: str | None
    query: str
    timeout: float
    """Seconds."""
    environments: int
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def until_seen(
        self, version: str, variant: str, output: Output, began: float, done: Mapping[str, Any] = MappingProxyType({})
    ) -> float:
        """Seconds from `began` until enough answers in a row had this policy version.

        Searches ask for the variant, so that an experiment's analysis does not count them.

        Raises:
            NotSeen: not in time; its document includes `done`.
            Unreachable: the API refused, or gave no usable answer in time.
        """
        document = {"policy_version": version, "answered": None, "seconds": None, **done}
        if self.token is None:
            output.say(
                "Without --token this watches /v1/health, which shows the policy of an environment's last search."
            )
        in_a_row, trouble = 0, ""
        with httpx.Client(base_url=self.url, timeout=_ANSWER_SECONDS) as api:
            while self.clock() - began < self.timeout:
                try:
                    document["answered"] = self._ask(api, variant)
                except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError) as error:
                    in_a_row, trouble = 0, f"{type(error).__name__}: {error}"
                    if isinstance(error, httpx.HTTPStatusError) and error.response.is_client_error:
                        break
                else:
                    in_a_row = in_a_row + 1 if document["answered"] == version else 0
                    if in_a_row == self.environments:
                        return self.clock() - began
                self.pause(0 if in_a_row else _PAUSE_SECONDS)
        answered = document["answered"]
        if answered is None:
            raise Unreachable(f"{self.url} gave no usable answer: {trouble or 'no time to ask'}", **document)
        raise NotSeen(f"After {self.timeout:g} s the API answers with policy {answered}, not {version}.", **document)

    def _ask(self, api: httpx.Client, variant: str) -> str:
        """The version that some environment has. With a token, by a search: only a search looks for a newer policy."""
        if self.token is None:
            answer = api.get("/v1/health").raise_for_status().json()
        else:
            parameters = {"query": self.query, "page_size": "1", "experiment_variant": variant}
            headers = {"Authorization": f"Bearer {self.token}"}
            found = api.get("/v1/search", params=parameters, headers=headers).raise_for_status().json()
            answer = found["personalization"]
        return str(answer["policy_version"])


def lightest(policy: Policy) -> str:
    """The variant with the lowest weight; with weight 0 it puts no load on SONA."""
    return min(policy.variants, key=lambda name: (policy.variants[name], name))


def watching(command: Command) -> Command:
    """Give an editing command the options to watch its edit, as one `watch`."""

    @click.option(
        "--watch", "watches", is_flag=True, help="After writing, wait until the API answers with the new policy."
    )
    @_asking
    @functools.wraps(command)
    def run(*args: object, watches: bool, asked: Watch | None, **options: object) -> None:
        if watches and asked is None:
            raise click.UsageError("--watch needs --url.")
        command(*args, watch=asked if watches else None, **options)

    return run


def _asking(command: Command) -> Command:
    @functools.wraps(command)
    def run(
        *args: object,
        url: str | None,
        token: str | None,
        query: str,
        timeout: float,
        environments: int,
        **options: object,
    ) -> None:
        asked = Watch(url, token, query, timeout, environments) if url else None
        command(*args, asked=asked, **options)

    return functools.reduce(lambda decorated, option: option(decorated), reversed(_options), run)


@click.command()
@click.argument("name", required=False)
@click.option("--version", "version", help="Policy version to wait for, instead of the one in Parameter Store.")
@_asking
@answers
@with_editor
def watch(editor: PolicyEditor, output: Output, name: str | None, version: str | None, asked: Watch | None) -> None:
    """Wait until the API answers with the policy in Parameter Store.

    The output is how long that took; with NAME, a parameter or a variant, also how long before that it was changed.
    With --token the command makes searches, as a person would. Without it the command reads /v1/health, which changes
    only when somebody signed in makes a search.

    \b
    discovery weights watch high_boost --url https://api.example.com --environments 8
    discovery weights watch --version 9f2c41 --url https://api.example.com
    """
    if asked is None:
        raise click.UsageError("Pass --url.")
    if name is not None and version is not None:
        raise click.UsageError("Pass either NAME or --version, not both.")
    began, variant, edited = time.monotonic(), "control", None
    if version is None:
        policy = editor.verdict().accepted()
        version, variant = policy.version, lightest(policy)
        edited = editor.parameter(name, policy.parameters) if name is not None else None
    seconds = asked.until_seen(version, variant, output, began)
    document = {"policy_version": version, "seconds": seconds}
    line = f"The API answered with policy {version} after {seconds:.2f} s"
    if edited is not None:
        document["seconds_since_edit"] = since = time.time() - edited.modified_at
        line += f", {since:.1f} s after {name} was changed (by Parameter Store's clock)"
    output.show(document, f"{line}.")
