"""The options that every operator's command has: which Parameter Store, with whose credentials, and JSON or tables."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from discovery.errors import LakeUnavailable, PolicyUnavailable
from discovery.policy.editor import PolicyEditor
from discovery_cli.output import Output

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient

Command = Callable[..., None]

_STAGE = click.option(
    "--stage",
    envvar="DISCOVERY_STAGE",
    default="local",
    show_default="$DISCOVERY_STAGE, or local",
    help="Stage of the deployment.",
)
_PREFIX = click.option(
    "--prefix",
    envvar="DISCOVERY_POLICY_PREFIX",
    help="Path of the parameters.  [default: /discovery/STAGE/personalization/]",
)
_ACCOUNT = (
    click.option(
        "--endpoint-url",
        help="URL of AWS's APIs, such as `make run` prints.  [default: $AWS_ENDPOINT_URL, or AWS]",
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
    def run(*args: object, s3: object, **options: object) -> None:
        del s3
        command(*args, **options)

    return with_editor_and_s3(run)


def with_editor_and_s3(command: Command) -> Command:
    """Give a command the same, and `s3`, a function that makes a client with the same credentials."""

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
        editor = connect(path, endpoint_url=endpoint_url, region=region, profile=profile)
        command(*args, editor=editor, s3=_s3(endpoint_url, region, profile), **options)

    return _given(run, _STAGE, _PREFIX, *_ACCOUNT)


def with_clients(command: Command) -> Command:
    """Give a command a `stage`, and `ssm` and `s3`, functions that make clients with the credentials of its options."""

    @functools.wraps(command)
    def run(
        *args: object, endpoint_url: str | None, region: str | None, profile: str | None, **options: object
    ) -> None:
        ssm, s3 = _ssm(endpoint_url, region, profile), _s3(endpoint_url, region, profile)
        command(*args, ssm=ssm, s3=s3, **options)

    return _given(run, _STAGE, *_ACCOUNT)


def _given(command: Command, *options: Callable[[Command], Command]) -> Command:
    return functools.reduce(lambda decorated, option: option(decorated), reversed(options), command)


def _s3(endpoint_url: str | None, region: str | None, profile: str | None) -> "Callable[[], S3Client]":
    def client() -> "S3Client":
        import boto3  # noqa: PLC0415 - takes a quarter of a second, for which `--help` need not wait
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415

        try:
            return boto3.Session(profile_name=profile, region_name=region).client("s3", endpoint_url=endpoint_url)
        except (BotoCoreError, ValueError) as error:  # ValueError: the endpoint is not a URL
            raise LakeUnavailable(str(error)) from error

    return client


def connect(prefix: str, *, endpoint_url: str | None, region: str | None, profile: str | None) -> PolicyEditor:
    """An editor of the parameters under a prefix, over the ordinary AWS credential chain."""
    return PolicyEditor(_ssm(endpoint_url, region, profile), prefix)


def _ssm(endpoint_url: str | None, region: str | None, profile: str | None) -> "Callable[[], SSMClient]":
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

    return client
