"""Models under an S3 prefix: `discovery sona publish`, `rollback` and `status`, and who follows the pointer."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from discovery.artefacts.folder import artefact_id
from discovery.artefacts.followed import Followed
from discovery.artefacts.pointed import Pointed
from discovery.artefacts.publisher import Publisher
from discovery.artefacts.store import s3_client
from discovery.location import S3Prefix
from discovery_cli import main
from sona.errors import ModelInvalid
from sona.model.model import Model
from sona.model.published import MODELS, POLL_SECONDS
from tests.clock import StandingClock
from tests.conftest import Counted

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


Models = Followed[Model]


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(1000.0)


@pytest.fixture
def published(location: S3Prefix, tmp_path: Path, clock: StandingClock) -> Models:
    return followed(location, tmp_path, clock)


def followed(
    location: S3Prefix, folder: Path, clock: StandingClock, client: "Callable[[], S3Client]" = s3_client
) -> Models:
    source = Pointed(location, folder / "kept", MODELS, client=client)
    return Followed(source, poll_seconds=POLL_SECONDS, wall_clock=clock)


def discovery(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["sona", *map(str, arguments)])


def publish(publisher: Publisher, model: Path) -> str:
    published, _ = publisher.upload(model)
    publisher.switch_to(published)
    return published


def damage(s3: "S3Client", location: S3Prefix, model: str, name: str = "weights.npy") -> None:
    s3.put_object(Bucket=location.bucket, Key=location.key(MODELS.file_name(model, name)), Body=b"damaged")


def until(published: Models, model: str) -> bool:
    """Whether a poll on another thread brings this model, within half a minute."""
    end = time.monotonic() + 30
    while published.current().id != model and time.monotonic() < end:
        time.sleep(0.01)
    return published.current().id == model


def test_models_are_published_listed_and_rolled_back(location: S3Prefix, models: list[Path]) -> None:
    first, second = artefact_id(models[0]), artefact_id(models[1])

    published = [discovery("publish", model, location) for model in models[:2]]
    status = discovery("status", location)
    rolled_back = discovery("rollback", location)

    assert [result.exit_code for result in (*published, status, rolled_back)] == [0] * 4
    assert f"{location}: current {second}, previous {first}\n" in published[1].stdout
    assert "Running engines open it within a minute" in published[1].stderr
    assert {line.split()[1] for line in status.stdout.splitlines()[1:]} == {"current", "previous"}
    assert f"{location}: current {first}, previous {second}\n" in rolled_back.stdout


def test_keeping_two_deletes_the_rest(location: S3Prefix, models: list[Path]) -> None:
    for model in models[:2]:
        discovery("publish", model, location)

    result = discovery("publish", models[2], location, "--keep", 2)

    assert f"deleted {artefact_id(models[0])}\n" in result.stdout


def test_what_is_no_model_is_not_published(location: S3Prefix, films: Path) -> None:
    result = discovery("publish", films, location)

    assert result.exit_code == 1
    assert "can't be read" in result.output
    assert "Traceback" not in result.output


def test_a_rollback_without_a_previous_model_says_so(location: S3Prefix, models: list[Path]) -> None:
    discovery("publish", models[0], location)

    assert "there is no previous model" in discovery("rollback", location).output


def test_the_current_model_is_opened_and_kept_until_the_next_poll(
    publisher: Publisher, published: Models, models: list[Path], clock: StandingClock
) -> None:
    first = publish(publisher, models[0])
    opened = published.current()
    second = publish(publisher, models[1])
    clock.now += 59
    before_the_poll = published.current()
    clock.now += 1

    assert opened.id == before_the_poll.id == first
    assert until(published, second)
    assert opened.arrays.weights.sum() > 0  # whoever still scores with it goes on


def test_nobody_waits_for_a_poll(
    s3: "S3Client",
    location: S3Prefix,
    publisher: Publisher,
    models: list[Path],
    clock: StandingClock,
    *,
    tmp_path: Path,
) -> None:
    # Given an S3 that answers nothing after the first opening, until it is let go
    go_on = threading.Event()
    go_on.set()

    def client() -> "S3Client":
        assert go_on.wait(30)
        return s3_client()

    published = followed(location, tmp_path, clock, client)
    first = publish(publisher, models[0])
    published.current()
    second = publish(publisher, models[1])
    go_on.clear()
    clock.now += 60

    # When polls are due, then whoever asks gets the model that there is
    assert {published.current().id for _ in range(10)} == {first}
    assert published.poll().id == first

    # And once S3 answers, the new one
    go_on.set()
    assert until(published, second)


def test_a_damaged_model_is_refused_and_the_old_one_stays_until_it_is_mended(
    s3: "S3Client",
    location: S3Prefix,
    publisher: Publisher,
    published: Models,
    models: list[Path],
    *,
    counted: Counted,
) -> None:
    first = publish(publisher, models[0])
    published.current()
    second = publish(publisher, models[1])
    damage(s3, location, second)
    while_damaged = published.poll()
    counts = counted()
    publisher.upload(models[1])
    resting = published.poll()

    assert while_damaged.id == resting.id == first
    assert counts == {"ModelRefused": 1}
    assert published.poll().id == second


def test_a_damaged_model_is_fetched_less_and_less_often_and_counted_by_every_poll(
    s3: "S3Client",
    location: S3Prefix,
    publisher: Publisher,
    models: list[Path],
    tmp_path: Path,
    *,
    clock: StandingClock,
    counted: Counted,
) -> None:
    # Given a damaged current model
    fetched: list[int] = []
    polls = 0

    def client() -> "S3Client":
        one = s3_client()
        one.meta.events.register("before-call.s3.GetObject", note)
        return one

    def note(params: dict[str, Any], **_: object) -> None:
        if params["url_path"].endswith("manifest.json"):
            fetched.append(polls)

    published = followed(location, tmp_path, clock, client)
    publish(publisher, models[0])
    published.current()
    fetched.clear()
    damage(s3, location, publish(publisher, models[1]))

    # When it is polled for two hours, a minute between
    for polls in range(1, 121):  # noqa: B007 - `note` reads it
        published.poll()

    # Then it is fetched after 1, 2, 4, ... 32, and then 60 polls that leave it alone
    assert sorted(set(fetched)) == [1, 3, 6, 11, 20, 37, 70]
    assert counted() == {"ModelRefused": 120}


def test_a_model_that_follows_a_damaged_one_is_opened_at_once(
    s3: "S3Client", location: S3Prefix, publisher: Publisher, published: Models, models: list[Path]
) -> None:
    publish(publisher, models[0])
    published.current()
    damage(s3, location, publish(publisher, models[1]))
    published.poll()
    third = publish(publisher, models[2])

    assert published.poll().id == third


def test_at_the_start_the_model_before_a_damaged_one_is_opened(
    s3: "S3Client",
    location: S3Prefix,
    publisher: Publisher,
    published: Models,
    models: list[Path],
    *,
    counted: Counted,
) -> None:
    first = publish(publisher, models[0])
    damage(s3, location, publish(publisher, models[1]))

    assert published.current().id == first
    assert counted() == {"ModelRefused": 1}


def test_where_nothing_is_published_the_first_call_says_so(published: Models) -> None:
    with pytest.raises(ModelInvalid, match=r"current\.json: there is no such object"):
        published.current()


def test_a_pointer_that_cannot_be_read_leaves_the_model_and_is_counted(
    s3: "S3Client",
    location: S3Prefix,
    publisher: Publisher,
    published: Models,
    models: list[Path],
    *,
    counted: Counted,
) -> None:
    first = publish(publisher, models[0])
    published.current()
    s3.put_object(Bucket=location.bucket, Key=location.key("current.json"), Body=b"{}")

    assert published.poll().id == first
    assert counted() == {"ModelPollFailed": 1}


def test_models_that_are_not_current_are_not_kept(
    publisher: Publisher, published: Models, models: list[Path], *, tmp_path: Path
) -> None:
    names = []
    for model in models:
        names.append(publish(publisher, model))
        published.poll()

    assert {kept.name for kept in (tmp_path / "kept").iterdir()} == {names[-1]}
