"""`put`, `delete` and `build --merge`: what becomes of changes of single titles until the next bundle, and with it."""

from pathlib import Path

from click.testing import CliRunner, Result

from discovery.artefacts.folder import artefact_id
from discovery.catalogue.content import Content
from discovery.catalogue.live import LiveBundle
from discovery.catalogue.published import BUNDLES, open_published
from discovery_cli import main
from tests.catalogues import CONTENTS
from tests.integration.catalogue.conftest import Shelf

DUNE = Content(id="dune-2021", title="Dune", genres=("Desert",))
ALIEN = Content(id="alien", title="Alien")


def discovery(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["catalogue", *map(str, arguments)])


def write(folder: Path, *contents: Content) -> Path:
    source = folder / "titles.jsonl"
    source.write_text("".join(f"{content.model_dump_json(exclude_defaults=True)}\n" for content in contents))
    return source


def test_the_commands_put_delete_and_tell(shelf: Shelf, films: Path, tmp_path: Path) -> None:
    discovery("publish", films, shelf.location)

    put = discovery("put", write(tmp_path, DUNE, ALIEN), shelf.location)
    deleted = discovery("delete", "jaws-1975", "alien", "nobody", "alien", shelf.location)
    status = discovery("status", shelf.location)

    assert (put.exit_code, deleted.exit_code) == (0, 0), put.output + deleted.output
    assert f"{shelf.location}: put 2 titles, current {artefact_id(films)}-" in put.stdout
    assert f"deleted 2 titles, current {shelf.pointer().current}" in deleted.stdout
    assert "It did not have: nobody" in deleted.stderr
    assert "over the current one: 1 titles put, 2 deleted" in status.stdout


def test_too_many_titles_are_refused_and_nothing_is_changed(shelf: Shelf, films: Path, tmp_path: Path) -> None:
    shelf.publish(films)
    many = [Content(id=f"new-{number}", title="New") for number in range(1001)]

    result = discovery("put", write(tmp_path, *many), shelf.location)

    assert result.exit_code == 1
    assert "1001 titles would differ from the bundle, and at most 1000 may" in result.stderr
    assert shelf.pointer().changes is None


def test_a_bundle_built_with_the_changes_needs_none_and_keeps_those_since(
    shelf: Shelf, films: Path, tmp_path: Path
) -> None:
    source = write(tmp_path, *CONTENTS)
    shelf.publish(films)
    LiveBundle(shelf.client, shelf.location).put([DUNE, ALIEN])
    built = discovery("build", source, "--out", tmp_path / "anew", "--merge", shelf.location)
    discovery("delete", "alien", "heat-1995", shelf.location)

    published = discovery("publish", tmp_path / "anew", shelf.location)
    opened = open_published(shelf.location, tmp_path / "kept")

    assert (built.exit_code, published.exit_code) == (0, 0), built.output + published.output
    assert "Changes of single titles that were made since it was built lie over it" in published.stderr
    assert "over the current one: 0 titles put, 2 deleted" in discovery("status", shelf.location).stdout
    assert opened.find_title("dune") == len(CONTENTS)
    assert opened.find_title("heat") is None
    assert opened.manifest.count == len(CONTENTS)  # one put, and one deleted: "alien" is not back with the merge


def test_a_bundle_built_without_them_is_what_its_source_is_and_that_is_said(
    shelf: Shelf, films: Path, others: tuple[Path, Path]
) -> None:
    shelf.publish(films)
    discovery("delete", "jaws-1975", shelf.location)

    published = discovery("publish", others[0], shelf.location)

    assert shelf.pointer().changes is None
    assert f"Changes of single titles lay over {artefact_id(films)} and do not lie over it" in published.stderr


def test_publishing_the_current_bundle_again_leaves_it_as_it_was_built(shelf: Shelf, films: Path) -> None:
    shelf.publish(films)
    discovery("delete", "jaws-1975", shelf.location)

    discovery("publish", films, shelf.location)

    assert (shelf.pointer().changes, shelf.pointer().before) == (None, None)


def test_changes_that_nothing_names_are_deleted_with_old_bundles(
    shelf: Shelf, films: Path, others: tuple[Path, Path]
) -> None:
    shelf.publish(films)
    for name in ("jaws-1975", "heat-1995"):
        discovery("delete", name, shelf.location)
    named = shelf.pointer().changes

    discovery("publish", others[0], shelf.location, "--keep", 2)
    found = shelf.client.list_objects_v2(Bucket=shelf.location.bucket, Prefix=shelf.location.key("changes/"))

    assert [one["Key"] for one in found["Contents"]] == [shelf.location.key(BUNDLES.changes_name(str(named)))]
