"""`discovery catalogue publish`, `rollback` and `status`, on a real S3 API."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from discovery.artefacts.folder import artefact_id
from discovery.catalogue.published import open_published
from discovery.errors import CatalogueError
from discovery_cli import main
from tests.integration.catalogue.conftest import Shelf


class Interrupted(Exception):
    """In the middle of an upload."""


def discovery(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["catalogue", *map(str, arguments)])


def objects(shelf: Shelf) -> set[str]:
    listed = shelf.client.list_objects_v2(Bucket=shelf.location.bucket)
    return {found["Key"] for found in listed.get("Contents", ())}


def test_what_is_published_is_what_is_opened(shelf: Shelf, films: Path, tmp_path: Path) -> None:
    result = discovery("publish", films, shelf.location)

    assert result.exit_code == 0, result.output
    assert f"{shelf.location}: current {artefact_id(films)}\n" in result.stdout
    assert "Running environments open it within a minute" in result.stderr
    assert open_published(shelf.location, tmp_path).bundle == artefact_id(films)


def test_publishing_again_uploads_nothing_and_keeps_the_one_before(
    shelf: Shelf, films: Path, others: tuple[Path, Path]
) -> None:
    shelf.publish(others[0])
    shelf.publish(films)

    result = discovery("publish", films, shelf.location)

    assert "0 files uploaded" in result.stderr
    assert f"current {artefact_id(films)}, previous {artefact_id(others[0])}" in result.stdout


def test_publishing_again_mends_what_was_damaged(shelf: Shelf, films: Path, tmp_path: Path) -> None:
    shelf.publish(films)
    shelf.damage(films, "vectors.npy")
    shelf.remove(films, "ids.npy")

    result = discovery("publish", films, shelf.location)

    assert "2 files uploaded" in result.stderr
    assert open_published(shelf.location, tmp_path).bundle == artefact_id(films)


def test_an_interrupted_upload_leaves_the_old_bundle_current_and_goes_on_where_it_stopped(
    shelf: Shelf, films: Path, others: tuple[Path, Path], tmp_path: Path
) -> None:
    shelf.publish(others[0])
    puts = 0

    def interrupt(**_: Any) -> None:
        nonlocal puts
        puts += 1
        if puts == 6:
            raise Interrupted

    shelf.client.meta.events.register("before-call.s3.PutObject", interrupt)
    with pytest.raises(Interrupted):
        shelf.publish(films)

    assert open_published(shelf.location, tmp_path).ids == ["jaws"]
    assert "lacks manifest.json" in discovery("status", shelf.location).stdout
    _, uploaded = shelf.publisher.upload(films)
    files = sum(1 for file in films.rglob("*") if file.is_file())
    assert uploaded == files - 5


def test_a_damaged_folder_is_not_published(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")

    result = discovery("publish", tmp_path, shelf.location)

    assert result.exit_code == 1
    assert "manifest.json can't be read" in result.output
    assert objects(shelf) == set()


def test_somebody_else_who_publishes_at_the_same_moment_is_not_overruled(
    shelf: Shelf, films: Path, others: tuple[Path, Path], tmp_path: Path
) -> None:
    shelf.publish(films)
    rival = Shelf(shelf.client, shelf.location)
    ours, _ = shelf.publisher.upload(others[0])

    def overtake(**_: Any) -> None:
        shelf.client.meta.events.unregister("before-call.s3.PutObject", overtake)
        rival.publish(others[1])

    shelf.client.meta.events.register("before-call.s3.PutObject", overtake)

    with pytest.raises(CatalogueError, match=r"somebody else switched the bundle meanwhile\. Nothing is switched"):
        shelf.publisher.switch_to(ours)
    assert open_published(shelf.location, tmp_path).ids == ["alien"]


def test_two_who_publish_first_at_the_same_moment_do_not_overrule_each_other(
    shelf: Shelf, others: tuple[Path, Path]
) -> None:
    def overtake(**_: Any) -> None:
        shelf.client.meta.events.unregister("before-call.s3.PutObject", overtake)
        shelf.publish(others[1])

    ours, _ = shelf.publisher.upload(others[0])
    shelf.client.meta.events.register("before-call.s3.PutObject", overtake)

    with pytest.raises(CatalogueError, match="somebody else"):
        shelf.publisher.switch_to(ours)


def test_a_rollback_opens_the_one_before_and_a_second_one_undoes_it(
    shelf: Shelf, films: Path, others: tuple[Path, Path], tmp_path: Path
) -> None:
    shelf.publish(others[0])
    shelf.publish(films)

    result = discovery("rollback", shelf.location)

    assert f"current {artefact_id(others[0])}, previous {artefact_id(films)}" in result.stdout
    assert open_published(shelf.location, tmp_path).ids == ["jaws"]
    discovery("rollback", shelf.location)
    assert open_published(shelf.location, tmp_path).bundle == artefact_id(films)


def test_a_rollback_to_what_is_not_there_any_more_is_refused(
    shelf: Shelf, films: Path, others: tuple[Path, Path], tmp_path: Path
) -> None:
    shelf.publish(others[0])
    shelf.publish(films)
    shelf.remove(others[0], "ids.npy")

    result = discovery("rollback", shelf.location)

    assert result.exit_code == 1
    assert f"the previous bundle {artefact_id(others[0])} lacks ids.npy" in result.output
    assert open_published(shelf.location, tmp_path).bundle == artefact_id(films)


@pytest.mark.parametrize("published", [0, 1])
def test_a_rollback_with_nothing_to_go_back_to_is_refused(shelf: Shelf, films: Path, published: int) -> None:
    for _ in range(published):
        shelf.publish(films)

    result = discovery("rollback", shelf.location)

    assert result.exit_code == 1
    assert "there is no previous bundle" in result.output


def test_status_lists_bundles_with_their_size_and_which_is_current(
    shelf: Shelf, films: Path, others: tuple[Path, Path]
) -> None:
    shelf.publish(others[0])
    shelf.publish(others[1])
    shelf.publish(films)
    shelf.remove(others[0], "vectors.npy")

    head, *lines = discovery("status", shelf.location).stdout.splitlines()

    assert head.startswith(f"{shelf.location}: switched 20")
    by_bundle = {line.split()[0]: line for line in lines}
    assert by_bundle.keys() == {artefact_id(bundle) for bundle in (films, *others)}
    assert " current " in by_bundle[artefact_id(films)]
    files = sum(1 for file in films.rglob("*") if file.is_file())
    assert f" {files} files " in by_bundle[artefact_id(films)]
    assert " previous " in by_bundle[artefact_id(others[1])]
    assert by_bundle[artefact_id(others[0])].endswith("lacks vectors.npy")


def test_status_of_an_empty_prefix_says_so(shelf: Shelf) -> None:
    result = discovery("status", shelf.location)

    assert (result.exit_code, result.stdout) == (0, f"{shelf.location}: nothing is published\n")


def test_keeping_two_deletes_the_rest_and_nothing_else(
    shelf: Shelf, films: Path, others: tuple[Path, Path], tmp_path: Path
) -> None:
    shelf.client.put_object(Bucket=shelf.location.bucket, Key="elsewhere/file", Body=b"")
    for bundle in others:
        shelf.publish(bundle)

    result = discovery("publish", films, shelf.location, "--keep", 2)

    assert f"deleted {artefact_id(others[0])}" in result.stdout
    kept = {key.split("/")[2] for key in objects(shelf) if "/bundles/" in key}
    assert kept == {artefact_id(films), artefact_id(others[1])}
    assert "elsewhere/file" in objects(shelf)


def test_those_that_stay_anyway_count_among_those_kept(shelf: Shelf, films: Path, others: tuple[Path, Path]) -> None:
    for bundle in (films, *others, films):
        shelf.publish(bundle)

    assert shelf.publisher.delete_all_but(2) == [artefact_id(others[0])]


def test_the_current_bundle_and_the_one_before_stay_however_old_they_are(
    shelf: Shelf, films: Path, others: tuple[Path, Path]
) -> None:
    for bundle in (films, *others, films):
        shelf.publish(bundle)

    shelf.publisher.delete_all_but(1)

    kept = {key.split("/")[2] for key in objects(shelf) if "/bundles/" in key}
    assert {artefact_id(films), artefact_id(others[1])} <= kept


def test_prefixes_in_one_bucket_do_not_see_each_other(
    shelf: Shelf, films: Path, others: tuple[Path, Path], tmp_path: Path
) -> None:
    longer = f"{shelf.location}-eu"
    discovery("publish", films, shelf.location)
    discovery("publish", others[0], longer)

    assert artefact_id(others[0]) not in discovery("status", shelf.location).stdout
    assert open_published(shelf.location, tmp_path).bundle == artefact_id(films)


@pytest.mark.parametrize("location", ["films/prod", "s3://", "https://films.s3.amazonaws.com/prod"])
def test_what_is_no_location_is_a_usage_error(films: Path, location: str) -> None:
    result = discovery("publish", films, location)

    assert result.exit_code == 2
    assert "is not of the form s3://bucket/prefix" in result.output


def test_a_bucket_that_is_not_there_is_an_error_and_no_traceback(aws: pytest.MonkeyPatch, films: Path) -> None:
    result = discovery("publish", films, "s3://nobodys-films/prod")

    assert result.exit_code == 1
    assert "NoSuchBucket" in result.output
    assert "Traceback" not in result.output
