"""The published vectors: what any other implementation of assignment can be held to, and ours is."""

import hashlib
import hmac
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from discovery.experiments.assignment import assigned_variant, bucket, held_out
from discovery.experiments.experiment import Experiment
from discovery.privacy.hashing import user_hash

DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "assignment-vectors.json").read_text(encoding="utf-8"))
VECTORS: list[dict[str, Any]] = DOCUMENT["vectors"]
LAYER_VECTORS: list[dict[str, Any]] = DOCUMENT["layer_vectors"]


def salt(vector: dict[str, Any]) -> str:
    return str(vector["experiment"]["salt"] or vector["experiment"]["name"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['experiment']['name']}, {vector['user_id']}")
def test_the_code_keeps_to_the_vectors(vector: dict[str, Any]) -> None:
    assert user_hash(vector["user_id"], DOCUMENT["user_key"].encode()) == vector["user"]
    assert bucket(f"{salt(vector)}:allocation:{vector['user']}") == vector["allocation_bucket"]
    assert bucket(f"{salt(vector)}:variant:{vector['user']}") == vector["variant_bucket"]
    assert assigned_variant(Experiment(**vector["experiment"]), vector["user"]) == vector["variant"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['experiment']['name']}, {vector['user_id']}")
def test_the_vectors_keep_to_the_algorithm_as_it_is_written_down(vector: dict[str, Any]) -> None:
    """By another way than the code's: fractions, bits as text."""

    def exactly(key: str) -> Fraction:
        bits = f"{int(hashlib.sha256(key.encode()).hexdigest(), 16):0256b}"
        return Fraction(int(bits[:53], 2), 2**53)

    digest = hmac.digest(DOCUMENT["user_key"].encode(), vector["user_id"].encode(), "sha256")
    user = digest.hex()[:32]
    experiment = vector["experiment"]
    place = exactly(f"{salt(vector)}:variant:{user}")
    expected, reached = None, 0.0
    if exactly(f"{salt(vector)}:allocation:{user}") < experiment["traffic_allocation"]:
        for name, share in sorted(experiment["variants"].items()):
            reached += share
            if expected is None and reached > place:
                expected = name

    assert vector["variant"] == expected


@pytest.mark.parametrize("vector", LAYER_VECTORS, ids=lambda of: f"{of['experiment']['name']}, {of['user_id']}")
def test_the_code_keeps_to_the_vectors_of_layers(vector: dict[str, Any]) -> None:
    members, user = dict(vector["experiment"]), vector["user"]
    layer = members.pop("layer")

    assert user_hash(vector["user_id"], DOCUMENT["user_key"].encode()) == user
    assert bucket(f"layer:{layer}:allocation:{user}") == vector["allocation_bucket"]
    assert bucket(f"{members['name']}:variant:{user}") == vector["variant_bucket"]
    assert assigned_variant(Experiment(**members, own_layer=layer), user) == vector["variant"]
    assert held_out(user, vector["holdout_bucket"] + 1e-9)
    assert not held_out(user, vector["holdout_bucket"])
