"""When a service is built, and what the runtime's hooks do. Sockets are blocked here, as in every unit test."""

import gc
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import snapshot_restore_py  # type: ignore[import-untyped]

from discovery.composition.invalidation import invalidation_service
from discovery.composition.search import search_service
from discovery.lifecycle import prepared
from discovery.settings.settings import Settings

IN_LAMBDA = {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}


@pytest.fixture(autouse=True)
def _no_hooks_left() -> Iterator[None]:
    registries = (snapshot_restore_py.get_before_snapshot(), snapshot_restore_py.get_after_restore())
    before = [list(registry) for registry in registries]
    for registry in registries:  # the functions' modules register theirs when another test imports them
        registry.clear()
    yield
    for registry, kept in zip(registries, before, strict=True):
        registry[:] = kept


class Build:
    """Builds a service and counts."""

    def __init__(self) -> None:
        self.built = 0

    def __call__(self) -> str:
        self.built += 1
        return "service"


def run(registry: list[Any]) -> None:
    for function, args, kwargs in registry:
        function(*args, **kwargs)


@pytest.mark.parametrize(("environment", "exempt"), [({}, False), (IN_LAMBDA, True)])
def test_in_lambda_what_the_init_phase_made_is_exempt_from_garbage_collection(
    environment: dict[str, str], *, exempt: bool
) -> None:
    gc.unfreeze()
    try:
        prepared(Build(), environment=environment)
        assert bool(gc.get_freeze_count()) is exempt
    finally:
        gc.unfreeze()


def test_outside_lambda_a_service_is_built_at_its_first_use_and_once() -> None:
    build = Build()
    service = prepared(build, environment={})

    assert build.built == 0
    assert [service(), service()] == ["service"] * 2
    assert build.built == 1


@pytest.mark.parametrize("kind", ["on-demand", "provisioned-concurrency", "snap-start"])
def test_in_lambda_it_is_built_in_the_init_phase(kind: str) -> None:
    build = Build()
    prepared(build, environment={"AWS_LAMBDA_INITIALIZATION_TYPE": kind})

    assert build.built == 1


def test_it_is_built_before_a_snapshot_at_the_latest_and_not_again() -> None:
    build = Build()
    service = prepared(build, environment={})

    run(snapshot_restore_py.get_before_snapshot())
    service()

    assert build.built == 1


def test_a_build_that_fails_ends_the_init_phase() -> None:
    def build() -> str:
        raise RuntimeError("no catalogue")

    with pytest.raises(RuntimeError, match="no catalogue"):
        prepared(build, environment=IN_LAMBDA)


def test_restored_environments_do_not_draw_the_same_random_numbers() -> None:
    prepared(Build(), environment={})
    snapshot = random.getstate()

    drawn = set()
    for _ in range(3):
        random.setstate(snapshot)
        run(snapshot_restore_py.get_after_restore())
        drawn.add(random.random())  # noqa: S311 - that it is one is the point

    assert len(drawn) == 3


def test_without_the_runtimes_module_there_are_no_hooks_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", None)

    assert prepared(Build(), environment=IN_LAMBDA)() == "service"


@pytest.mark.parametrize("compose", [search_service, invalidation_service])
@pytest.mark.parametrize(
    "cache",
    [
        {"url": "redis://cache.invalid:6379"},
        {"url": "rediss://cache.invalid:6379", "serverless": True, "iam_user": "search", "iam_name": "cache"},
    ],
    ids=["stand-alone", "serverless with IAM"],
)
def test_services_are_built_without_a_socket_and_without_the_time(
    compose: Callable[[Settings], Any], cache: dict[str, Any], bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is built is in the snapshot, and every environment restored from it has the same one."""
    monkeypatch.setattr("time.time", _forbidden)
    monkeypatch.setattr("time.monotonic", _forbidden)
    monkeypatch.setattr("os.urandom", _forbidden)
    monkeypatch.setattr("random.random", _forbidden)
    settings = {"catalogue": {"path": bundle}, "cache": cache, "personalization": {"sona_url": "http://sona.invalid"}}

    compose(Settings.model_validate(settings))


def _forbidden(*_: Any) -> Any:
    raise AssertionError("in the init phase")
