"""Stacks of one state folder: who runs, which one is found, and what becomes of one that was killed."""

import dataclasses
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.stack.description import Description
from local.stack.folders import FILE, NoStack, find, folder_of, link_newest, make_folder, port_lock, running
from local.stack.lock import Lock
from tests.unit.local.described import DESCRIPTION


@contextmanager
def stack(state: Path, port: int, started_at: str = "") -> Iterator[Description]:
    """What a stack leaves behind when it is killed: its files, but not its lock."""
    lock = port_lock(state, port)
    assert lock.take()
    folder = make_folder(state, port)
    url = f"http://127.0.0.1:{port}"
    description = dataclasses.replace(DESCRIPTION, api_url=url, folder=str(folder), started_at=started_at)
    description.write(folder / FILE)
    link_newest(state)
    yield description
    lock.release()


def test_the_stack_started_last_is_found_unless_a_port_is_named(tmp_path: Path) -> None:
    with stack(tmp_path, 9001, "2026-01-01") as older, stack(tmp_path, 9000, "2026-01-02") as newer:
        assert running(tmp_path) == [newer, older]
        assert find(tmp_path) == newer
        assert find(tmp_path, 9001) == older
        assert Description.read(tmp_path / FILE) == newer
        with pytest.raises(NoStack, match="no local stack runs on port 9002"):
            find(tmp_path, 9002)


def test_the_link_follows_the_stacks_that_still_run(tmp_path: Path) -> None:
    with stack(tmp_path, 9000, "2026-01-01") as older:
        with stack(tmp_path, 9001, "2026-01-02"):
            pass
        link_newest(tmp_path)
        assert Description.read(tmp_path / FILE) == older

    link_newest(tmp_path)
    assert not (tmp_path / FILE).is_symlink()


def test_a_stack_that_was_killed_is_not_found_and_the_next_start_removes_its_folder(tmp_path: Path) -> None:
    with stack(tmp_path, 9000):
        pass

    assert (folder_of(tmp_path, 9000) / FILE).exists()
    with pytest.raises(NoStack, match="`make run`"):
        find(tmp_path)
    with stack(tmp_path, 9001) as other:
        assert not folder_of(tmp_path, 9000).exists()
        assert running(tmp_path) == [other]


def test_a_start_leaves_the_files_of_a_running_stack_alone(tmp_path: Path) -> None:
    with stack(tmp_path, 9000) as first, stack(tmp_path, 9001):
        assert find(tmp_path, 9000) == first


def test_what_is_no_stacks_folder_is_left_alone(tmp_path: Path) -> None:
    stray = tmp_path / "stacks" / ".DS_Store"
    stray.parent.mkdir()
    stray.touch()

    with stack(tmp_path, 9000) as only:
        assert running(tmp_path) == [only]
    assert stray.exists()


def test_a_stack_on_the_port_of_one_that_was_killed_starts_with_an_empty_folder(tmp_path: Path) -> None:
    with stack(tmp_path, 9000):
        (folder_of(tmp_path, 9000) / "search.log").touch()
    with stack(tmp_path, 9000):
        assert [file.name for file in folder_of(tmp_path, 9000).iterdir()] == [FILE]


def test_a_lock_ends_with_the_process_that_holds_it_even_by_sigkill(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from local.stack.lock import Lock; lock = Lock(Path(sys.argv[1]))"
    )
    program += "\nlock.take(); print(flush=True); time.sleep(60)"
    lock = Lock(tmp_path / "lock")
    assert not lock.is_held
    command = [sys.executable, "-c", program, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert lock.is_held
        assert not lock.take()
        holder.send_signal(signal.SIGKILL)

    assert not lock.is_held
    with lock:
        assert Lock(tmp_path / "lock").is_held
