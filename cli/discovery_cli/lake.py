"""`discovery lake erase`: take what people did out of the lake. It prints neither the user key nor a hash."""

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from discovery.location import S3Prefix
from discovery.policy.parameters import read_secret
from discovery.privacy.hashing import client_hash, user_hash
from discovery_cli.connection import answers, with_clients
from discovery_cli.lake_place import bars, lake_option
from discovery_cli.output import EXIT_CODES, Output, Unreachable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient

    from discovery.experiments.erasure.erasure import Erased
    from discovery.experiments.erasure.place import Place

_KEY = "DISCOVERY_PRIVACY_USER_KEY"
_PARAMETER = "DISCOVERY_PRIVACY_USER_KEY_PARAMETER"
"""As the functions have them."""


@click.group(epilog=EXIT_CODES)
def lake() -> None:
    """Erase people from the lake of exposures and outcomes. See docs/operate.md.

    \b
    discovery lake erase ana --lake s3://discovery-prod-lake --stage prod
    """


@lake.command()
@click.argument("ids", nargs=-1, metavar="[USER_ID]...")
@lake_option
@click.option("--ids", "listed", type=click.File(), help="File with an id on each line; - is standard input.")
@click.option("--client", is_flag=True, help="The ids are client ids, of people who were not signed in.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@answers
@with_clients
def erase(
    ssm: "Callable[[], SSMClient]",
    s3: "Callable[[], S3Client]",
    output: Output,
    *,
    ids: tuple[str, ...],
    lake: Path | S3Prefix,
    listed: IO[str] | None,
    client: bool,
    yes: bool,
    stage: str,
) -> None:
    """Take all lines of the people USER_ID out of the lake; lines of others stay byte for byte as they are.

    People are in the lake by keyed hash. Its key is the secret discovery-STAGE-user-key, as Parameter Store gives it,
    unless $DISCOVERY_PRIVACY_USER_KEY holds it, or $DISCOVERY_PRIVACY_USER_KEY_PARAMETER names another parameter.

    Erase people from SONA first. Run it again after a day, for what was still on its way to the lake. A run that was
    broken off is made good by another.

    \b
    discovery lake erase ana ben --lake s3://discovery-prod-lake --stage prod
    discovery lake erase --ids erased.txt --lake s3://discovery-prod-lake --stage prod --yes --json
    discovery lake erase --client 3f2c… --lake lake
    """
    from discovery.experiments.erasure.erasure import erase as erased  # noqa: PLC0415 - of the lake; `--help` is quick

    people = _people(ids, listed)
    key = _key(ssm, stage, output)
    if not yes:
        whom = f"{len(people)} {'client' if client else 'user'}{'s' if len(people) > 1 else ''}"
        output.confirm(f"Erase all that is in {lake} of {whom}? This can't be undone.")
    hashed = client_hash if client else user_hash
    hashes = frozenset(hashed(person, key) for person in people)
    with bars(output) as told:
        found = erased(_place(lake, s3), hashes, told)
    _report(output, found, len(people))


def _people(ids: tuple[str, ...], listed: IO[str] | None) -> frozenset[str]:
    lines = [] if listed is None else [line.rstrip("\r\n") for line in listed]
    if "" in ids or not (people := frozenset(filter(None, (*ids, *lines)))):
        raise click.UsageError("Name at least one person: USER_ID, or --ids with a file that has an id on each line.")
    return people


def _key(ssm: "Callable[[], SSMClient]", stage: str, output: Output) -> bytes:
    if key := os.environ.get(_KEY):
        output.say(f"The user key is that of ${_KEY}.")
        return key.encode()
    parameter = os.environ.get(_PARAMETER) or f"/aws/reference/secretsmanager/discovery-{stage}-user-key"
    return read_secret(ssm, parameter).encode()


def _place(lake: Path | S3Prefix, s3: "Callable[[], S3Client]") -> "Place":
    from discovery.experiments.erasure.bucket import Bucket  # noqa: PLC0415
    from discovery.experiments.erasure.folder import Folder  # noqa: PLC0415

    if isinstance(lake, S3Prefix):
        return Bucket(s3(), lake)
    if not lake.is_dir():
        raise click.BadParameter(f"{lake} is no folder.", param_hint="--lake")
    return Folder(lake)


def _report(output: Output, found: "Erased", people: int) -> None:
    document = {"erased": found.lines > 0 or found.versions > 0, **asdict(found), "people_named": people}
    said = f"Erased {found.lines:,} lines of {found.files:,} files; {found.read:,} files were gone through."
    if found.versions:
        said += f" Deleted {found.versions:,} old versions of files."
    if people > 1:
        said += f" There was something of {found.people:,} of {people:,} people."
    if found.others:
        names = ", ".join(found.others[:3]) + (" …" if len(found.others) > 3 else "")  # noqa: PLR2004 - to give an idea
        output.say(f"Not looked into: {len(found.others):,} files that are none of the lake's, such as {names}.")
    if found.unreadable:
        output.say(said)
        named = "\n".join(found.unreadable)
        raise Unreachable(f"These files could not be gone through, and are as they were:\n{named}", **document)
    output.show(document, said)
