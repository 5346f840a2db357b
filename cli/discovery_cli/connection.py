"""The options that every operators' command has: which Parameter Store, as whom, and for people or for scripts."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from discovery.errors import PolicyUnavailable
from discovery.policy.editor import ParameterStore
from discovery_cli.output import Output

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

Command = Callable[..., None]

_OPTIONS = (
    click.option("--stage", envvar="DISCOVERY_STAGE", default="local", show_default="$DISCOVERY_STAGE, or local"),
    click.option(
        "--prefix",
        envvar="DISCOVERY_POLICY_PREFIX",
        help="Path of the parameters.  [default: /discovery/STAGE/personalization/]",
    ),
    click.option("--endpoint-url", help="Of another Parameter Store, as `make run` prints it.  [$AWS_ENDPOINT_URL]"),
    click.option("--region", help="AWS region.  [$AWS_REGION, or the profile's]"),
    click.option("--profile", help="Profile of the AWS configuration.  [$AWS_PROFILE]"),
)


def answers(command: Command) -> Command:
    """Give a command `--json`, an `output`, and exit codes for what goes wrong."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, for scripts.")
    @functools.wraps(command)
    def run(*args: object, as_json: bool, **options: object) -> None:
        output = Output(as_json=as_json)
        with output.failures():
            command(*args, output=output, **options)

    return run


def with_parameter_store(command: Command) -> Command:
    """Give a command the options that lead to a Parameter Store, and that as `store`."""

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
        command(*args, store=connect(path, endpoint_url=endpoint_url, region=region, profile=profile), **options)

    return functools.reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), run)


def connect(prefix: str, *, endpoint_url: str | None, region: str | None, profile: str | None) -> ParameterStore:
    """The parameters under a prefix, over the ordinary AWS credential chain."""

    def client() -> "SSMClient":
        import boto3  # noqa: PLC0415 - a quarter of a second that `--help` and catalogues need not wait
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415

        config = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard"})
        try:
            session = boto3.Session(profile_name=profile, region_name=region)
            return session.client("ssm", endpoint_url=endpoint_url, config=config)
        except (BotoCoreError, ValueError) as error:  # ValueError: an endpoint that is no URL
            raise PolicyUnavailable(str(error)) from error

    return ParameterStore(client, prefix)
