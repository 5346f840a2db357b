"""Where a catalogue is: what counts as an S3 prefix, and the keys under it."""

import pytest
from pydantic import ValidationError

from discovery.location import S3Prefix
from discovery.settings.catalogue import CatalogueSettings


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://films/prod", S3Prefix("films", "prod")),
        ("s3://films/prod/eu/", S3Prefix("films", "prod/eu")),
        ("s3://films/", S3Prefix("films")),
        ("s3://films", S3Prefix("films")),
        ("s3://a.b-3//prod//", S3Prefix("a.b-3", "prod")),
    ],
)
def test_a_url_is_a_bucket_and_a_prefix_without_outer_slashes(url: str, expected: S3Prefix) -> None:
    assert S3Prefix.parse(url) == expected


@pytest.mark.parametrize(
    "url", ["", "s3://", "s3:///prod", "s3://Films/prod", "s3://a/prod", "s3:films", "/opt", "films"]
)
def test_what_is_no_such_url_is_refused_by_name(url: str) -> None:
    with pytest.raises(ValueError, match=f"'{url}' is not of the form s3://bucket/prefix"):
        S3Prefix.parse(url)


def test_keys_are_below_the_prefix_and_without_one_at_the_buckets_root() -> None:
    assert S3Prefix("films", "prod").key("current.json") == "prod/current.json"
    assert S3Prefix("films").key("current.json") == "current.json"


def test_it_is_written_as_it_is_read() -> None:
    assert [str(S3Prefix.parse(url)) for url in ("s3://films/prod/", "s3://films/")] == [
        "s3://films/prod",
        "s3://films",
    ]


def test_a_setting_that_only_looks_like_an_s3_prefix_is_refused() -> None:
    with pytest.raises(ValidationError, match="not of the form s3://bucket/prefix"):
        CatalogueSettings.model_validate({"path": "s3:///prod"})
