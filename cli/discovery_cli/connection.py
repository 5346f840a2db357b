"""The options that every operator's command has: which Parameter Store, with whose credentials, and JSON or tables."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from discovery.errors import PolicyUnavailable
from discovery.policy.editor import PolicyEditor
from discovery_cli.output import Output

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

Command = Callable[..., None]

_OPTIONS = (
    click.option(
        "--stage",
        envvar="DISCOVERY_STAGE",
        default="local",
        show_default="$DISCOVERY_STAGE, or local",
        help="Stage of the deployment.",
    ),
    click.option(
        "--prefix",
        envvar="DISCOVERY_POLICY_PREFIX",
        help="Path of the parameters.  [default: /discovery/STAGE/personalization/]",
    ),
    click.option(
        "--endpoint-url",
        help="URL of Parameter Store, such as `make run` prints.  [default: $AWS_ENDPOINT_URL, or AWS]",
    ),
    click.option("--region", help="AWS region.  [default: $AWS_DEFAULT_REGION, or the profile's]"),
    click.option("--profile", help="Profile of the AWS configuration.  [default: $AWS_PROFILE]"),
)


def answers(command: Command) -> Command:
    """Give a command `--json`, an `output`, and exit codes for what goes wrong."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document to stdout, for scripts.")
    @functools.wraps(command)
    def run(*args: object, as_json: bool, **options: object) -> None:
        output = Output(as_json=as_json)
        with output.failures():
            command(*args, output=output, **options)

    return run


def with_editor(command: Command) -> Command:
    """Give a command the options that lead to a Parameter Store, and an `editor` of the policy there."""

    @functools.wraps(command)
    def run(
        *args: object,
        stage: str,
        prefix: str | None,
        endpoint_url: str | None,
        region: str | None,
        profile: str | None,
        **options: object,
    ) -> None:
        path = f"/{prefix.strip('/')}/" if prefix else f"/discovery/{stage}/personalization/"
        command(*args, editor=connect(path, endpoint_url=endpoint_url, region=region, profile=profile), **options)

    return functools.reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), run)


def connect(prefix: str, *, endpoint_url: str | None, region: str | None, profile: str | None) -> PolicyEditor:
    """An editor of the parameters under a prefix, over the ordinary AWS credential chain."""

    def client() -> "SSMClient":
        import boto3  # noqa: PLC0415 - takes a quarter of a second, for which `--help` and `catalogue` need not wait
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415

        config = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard"})
        try:
            session = boto3.Session(profile_name=profile, region_name=region)
            return session.client("ssm", endpoint_url=endpoint_url, config=config)
        except (BotoCoreError, ValueError) as error:  # ValueError: the endpoint is not a URL
            raise PolicyUnavailable(str(error)) from error

    return PolicyEditor(client, prefix)
