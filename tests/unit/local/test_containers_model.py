"""The engine's function in a container has a model in its folder, and the stack's table."""

import dataclasses
from pathlib import Path

from local.containers.local_template import MODEL, container_variables
from local.containers.model import built_model
from sona.model.model import Model
from tests import catalogues
from tests.unit.local.described import DESCRIPTION


def test_a_model_of_the_catalogue_that_was_built_is_there_while_containers_run(tmp_path: Path) -> None:
    catalogues.build(tmp_path / "CatalogueLayer")

    with built_model(tmp_path) as folder:
        model = Model.open(folder)

    assert folder == tmp_path / "SonaFunction" / Path(MODEL).name
    assert model.size == len(catalogues.CONTENTS)
    assert not folder.exists()


def test_the_engine_in_a_container_has_the_stacks_people(tmp_path: Path) -> None:
    stack = dataclasses.replace(DESCRIPTION, aws_endpoint_url="http://127.0.0.1:4566")

    variables = container_variables(stack, tmp_path)

    assert variables["SONA_TABLE"] == "discovery-local-sona"
    assert variables["SONA_MODEL"] == MODEL
    assert variables["AWS_ENDPOINT_URL"] == "http://host.docker.internal:4566"
