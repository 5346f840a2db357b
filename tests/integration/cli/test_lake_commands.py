"""`discovery lake erase` on a lake in S3, with the user key where the functions read it."""

import gzip
import itertools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from discovery.experiments.analysis.lake import open_lake
from discovery.experiments.erasure.bucket import Bucket
from discovery.experiments.erasure.erasure import erase
from discovery.experiments.erasure.place import Held
from discovery.location import S3Prefix
from discovery.privacy.hashing import client_hash, user_hash
from tests.integration.cli.conftest import Discovery
from tests.lakes import NAME, exposure, outcome

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEY = "the stage's user key"
ANA, BEN, CLEO = (user_hash(name, KEY.encode()) for name in ("ana", "ben", "cleo"))
PHONE = client_hash("phone", KEY.encode())
_numbers = itertools.count()


def lines(*records: dict[str, Any]) -> bytes:
    return "".join(f"{json.dumps(record)}\n" for record in records).encode()


def shown(user: str, search: str = "1") -> dict[str, Any]:
    return exposure("", f"{user} {search}", user=user)


def done(user: str | None, search: str = "1", **changed: Any) -> dict[str, Any]:
    return outcome("", f"{user} {search}", user=user, **changed)


FILES = {
    "exposures/day=2026-05-15/a.jsonl.gz": gzip.compress(lines(shown(ANA), shown(BEN), shown(ANA, "2"))),
    "exposures/day=2026-05-16/b.jsonl.gz": gzip.compress(lines(shown(CLEO))),
    "exposures/day=2026-05-16/c.jsonl": lines(shown(ANA, "3")),
    "outcomes/day=2026-05-16/d.jsonl.gz": gzip.compress(lines(done(BEN), done(ANA), done(None, client=PHONE))),
    "analyses/spring.json": b"{}",
}


@pytest.fixture
def bucket(s3: "S3Client", stage: str) -> str:
    boto3.client("secretsmanager").create_secret(Name=f"discovery-{stage}-user-key", SecretString=KEY)
    name = f"erased-{next(_numbers)}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})  # type: ignore[typeddict-item]  # whichever it is
    return name


@pytest.fixture
def lake(s3: "S3Client", bucket: str) -> str:
    fill(s3, bucket)
    return f"s3://{bucket}/all"


def fill(s3: "S3Client", bucket: str) -> None:
    for key, body in FILES.items():
        s3.put_object(Bucket=bucket, Key=f"all/{key}", Body=body, Metadata={"from": "firehose"})


def everything(s3: "S3Client", bucket: str) -> dict[tuple[str, str], bytes]:
    """All that a bucket holds, unpacked, with all old versions."""
    held = {}
    for found in s3.list_object_versions(Bucket=bucket).get("Versions", ()):
        body = s3.get_object(Bucket=bucket, Key=found["Key"], VersionId=found["VersionId"])["Body"].read()
        plain = gzip.decompress(body) if found["Key"].endswith(".gz") else body
        held[found["Key"].removeprefix("all/"), found["VersionId"]] = plain
    return held


def test_no_object_of_the_bucket_holds_the_person_afterwards(
    discovery: Discovery, s3: "S3Client", bucket: str, lake: str
) -> None:
    assert any(ANA.encode() in body for body in everything(s3, bucket).values())

    result = discovery("lake", "erase", "ana", "--lake", lake, "--yes")

    assert (result.exit_code, result.stdout) == (0, "Erased 4 lines of 3 files; 4 files were gone through.\n")
    kept = {key: body for (key, _), body in everything(s3, bucket).items()}
    assert not any(ANA.encode() in body for body in kept.values())
    assert kept == {
        "exposures/day=2026-05-15/a.jsonl.gz": lines(shown(BEN)),
        "exposures/day=2026-05-16/b.jsonl.gz": lines(shown(CLEO)),
        "outcomes/day=2026-05-16/d.jsonl.gz": lines(done(BEN), done(None, client=PHONE)),
        "analyses/spring.json": b"{}",
    }
    for secret in (KEY, ANA):
        assert secret not in result.output
    assert s3.head_object(Bucket=bucket, Key="all/exposures/day=2026-05-15/a.jsonl.gz")["Metadata"] == {
        "from": "firehose"
    }
    again = discovery("lake", "erase", "ana", "--lake", lake, "--yes", "--json")
    assert json.loads(again.stdout)["erased"] is False


def test_a_client_is_erased_by_its_own_hash(discovery: Discovery, s3: "S3Client", bucket: str, lake: str) -> None:
    result = discovery("lake", "erase", "phone", "--client", "--lake", lake, "--yes")
    assert result.stdout.startswith("Erased 1 lines of 1 files")
    assert not any(PHONE.encode() in body for body in everything(s3, bucket).values())


def test_old_versions_that_hold_the_person_are_deleted_too(discovery: Discovery, s3: "S3Client", bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    fill(s3, bucket)

    result = discovery("lake", "erase", "ana", "--lake", f"s3://{bucket}/all", "--yes", "--json")

    found = json.loads(result.stdout)
    assert (found["lines"], found["files"], found["versions"]) == (4, 3, 3)
    held = everything(s3, bucket)
    assert not any(ANA.encode() in body for body in held.values())
    assert sum(BEN.encode() in body for body in held.values()) == 2
    again = discovery("lake", "erase", "ana", "--lake", f"s3://{bucket}/all", "--yes", "--json")
    assert json.loads(again.stdout)["erased"] is False


class Meanwhile(Bucket):
    """A bucket in which somebody else erases ben just before a file is replaced for the first time."""

    def __init__(self, client: "S3Client", lake: S3Prefix) -> None:
        super().__init__(client, lake)
        self._other = Bucket(client, lake)
        self._others = [BEN]

    def replace(self, held: Held) -> bool:
        if self._others:
            erase(self._other, frozenset([self._others.pop()]))
        return super().replace(held)


def test_two_who_erase_from_one_file_do_not_put_each_others_people_back(s3: "S3Client", bucket: str) -> None:
    key = "all/outcomes/day=2026-05-16/d.jsonl.gz"
    s3.put_object(Bucket=bucket, Key=key, Body=FILES["outcomes/day=2026-05-16/d.jsonl.gz"])

    found = erase(Meanwhile(s3, S3Prefix(bucket, "all")), frozenset([ANA]))

    assert (found.lines, found.unreadable) == (1, ())
    (rest,) = everything(s3, bucket).values()
    assert rest == lines(done(None, client=PHONE))


@pytest.fixture
def after_listing(s3: "S3Client") -> Callable[[Callable[[], Any]], None]:
    """Has something done just after S3 was asked for a list the first time."""

    def register(act: Callable[[], Any]) -> None:
        acts = [act]

        def once(**_: Any) -> None:
            while acts:
                acts.pop()()

        s3.meta.events.register("after-call.s3.ListObjectsV2", once)

    return register


def test_an_analysis_goes_on_where_files_change_or_go_after_it_listed_them(
    s3: "S3Client", bucket: str, lake: str, after_listing: Callable[[Callable[[], Any]], None]
) -> None:
    place = S3Prefix.parse(lake)
    after_listing(lambda: erase(Bucket(boto3.client("s3"), place), frozenset([ANA])))

    with open_lake(place, NAME, client=lambda: s3) as opened:
        assert (opened.searches, opened.damage.files) == (2, ())

    assert not any(ANA.encode() in body for body in everything(s3, bucket).values())


def test_without_the_key_nothing_is_looked_for(discovery: Discovery, s3: "S3Client") -> None:
    result = discovery("lake", "erase", "ana", "--lake", "s3://some-lake", "--stage", "other", "--yes")
    assert result.exit_code == 1
    assert "Parameter Store" in result.stderr


def test_a_bucket_that_is_not_there_is_unreachable(discovery: Discovery, bucket: str) -> None:
    result = discovery("lake", "erase", "ana", "--lake", "s3://no-such-lake", "--yes", "--json")
    assert result.exit_code == 1
    assert "no-such-lake" in json.loads(result.stdout)["error"] or "NoSuchBucket" in json.loads(result.stdout)["error"]
