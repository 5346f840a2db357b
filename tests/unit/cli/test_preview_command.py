"""`discovery weights preview`, with an API that is made up."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from click.testing import CliRunner, Result

from discovery_cli import main

URL = "https://api.test"
PATH = f"{URL}/v1/search/preview"


def preview(*options: str) -> Result:
    command = ["weights", "preview", "--url", URL, "--token", "T", *options]
    return CliRunner().invoke(main, command, env={"COLUMNS": "200"})


def column(weight: float, order: Sequence[str], *, churn: float = 0.0, overlap: float = 1.0) -> dict[str, Any]:
    results = [
        {
            "content_id": title.lower(),
            "title": title,
            "release_year": None,
            "rank": rank,
            "control_rank": "ABC".index(title) + 1,
            "moved": "ABC".index(title) + 1 - rank,
            "relevance": 0.5,
            "score": 0.5,
            "final": 0.5,
        }
        for rank, title in enumerate(order, start=1)
    ]
    return {
        "weight": weight,
        "variant": None,
        "churn_at_10": churn,
        "rank_biased_overlap": overlap,
        "results": results,
    }


def answer(*columns: Mapping[str, Any], status: str = "applied") -> httpx.Response:
    body = {
        "query_parsed": {"text": "heist", "terms": "heist"},
        "user": "5f0c",
        "policy_version": "9f2c41",
        "policy_age_ms": 12,
        "epoch": None,
        "enabled": True,
        "a_later_field": 1,
        "assignment": {"variant": None, "weight": 0.25, "assigned_by": "default", "experiment": None},
        "scores": {"status": status, "reason": None, "scored": 3, "candidates": 3, "from_cache": 0, "elapsed_ms": 1.0},
        "total_count": 3,
        "columns": columns,
    }
    return httpx.Response(200, json=body)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "queries").write_text("# saved\nspace opera\n\nheist\n")
    (tmp_path / "users").write_text("ana\nben\n")
    return "--queries", str(tmp_path / "queries"), "--users", str(tmp_path / "users")


def by_query(request: httpx.Request) -> httpx.Response:
    """The heist moves, the space opera does not; and there is no ben."""
    if request.url.params["user_id"] == "ben":
        return httpx.Response(422, json={"errors": [{"field": "user_id", "detail": "unknown"}]})
    if request.url.params["query"] == "heist":
        return answer(column(0, "ABC"), column(0.4, "BAC", churn=0.5, overlap=0.7))
    return answer(column(0, "ABC"), column(0.4, "ABC", churn=0.1))


@respx.mock
def test_one_query_is_shown_side_by_side_with_what_moved() -> None:
    route = respx.get(PATH).mock(return_value=answer(column(0, "ABC"), column(0.4, "CAB", churn=0.2, overlap=0.8)))

    result = preview("--query", "heist", "--user", "me", "--weights", "0,0.4", "--limit", "3")

    assert result.exit_code == 0
    assert "C ▲2" in result.stdout
    assert "B ▼1" in result.stdout
    assert dict(route.calls.last.request.url.params) == {
        "query": "heist",
        "user_id": "me",
        "limit": "3",
        "weights": "0,0.4",
    }


@respx.mock
def test_many_are_summed_up_by_weight_and_failures_are_counted(files: tuple[str, ...]) -> None:
    respx.get(PATH).mock(side_effect=by_query)

    result = preview(*files)

    assert result.exit_code == 0
    assert "2 of 4 previews failed. The first failure: 422 Unprocessable Entity: user_id: unknown" in result.stderr
    assert "30.0%" in result.stdout  # the mean of 0.5 and 0.1
    assert result.stdout.index("heist") < result.stdout.index("space opera")


@respx.mock
def test_scripts_get_everything(files: tuple[str, ...]) -> None:
    respx.get(PATH).mock(side_effect=by_query)

    document = json.loads(preview(*files, "--json").stdout)

    assert (document["previews"], document["failed"]) == (2, 2)
    heaviest = document["weights"][1]
    assert heaviest["churn_mean"] == pytest.approx(0.3)
    assert heaviest["churn_p90"] == pytest.approx(0.46)
    assert heaviest["overlap_mean"] == pytest.approx(0.85)
    assert heaviest["first_changed"] == 0.5
    assert [row["query"] for row in document["queries"]] == ["heist", "space opera"]
    assert len(document["answers"]) == 4


@respx.mock
def test_a_plot_is_drawn(files: tuple[str, ...], tmp_path: Path) -> None:
    respx.get(PATH).mock(side_effect=by_query)

    assert preview(*files, "--plot", str(tmp_path / "churn.svg")).exit_code == 0

    assert "rank-biased overlap" in (tmp_path / "churn.svg").read_text()


@respx.mock
@pytest.mark.parametrize("status", [401, 500])
def test_when_all_fail_it_is_exit_code_1(status: int, files: tuple[str, ...]) -> None:
    respx.get(PATH).mock(return_value=httpx.Response(status, text="no JSON"))

    result = preview(*files, "--json")

    assert result.exit_code == 1
    assert f"All 4 previews failed. The first failure: {status}" in result.stderr
    assert json.loads(result.stdout)["failed"] == 4


@respx.mock
def test_an_answer_that_is_no_preview_is_a_failure() -> None:
    respx.get(PATH).mock(return_value=httpx.Response(200, json={"columns": "none"}))

    result = preview("--query", "heist", "--user", "me")

    assert result.exit_code == 1
    assert "not a preview" in result.stderr


@respx.mock
def test_missing_scores_are_pointed_out() -> None:
    respx.get(PATH).mock(return_value=answer(column(0, "ABC"), column(0.4, "ABC"), status="failed"))

    assert "1 of 1 previews have no scores" in preview("--query", "heist", "--user", "me").stderr


@respx.mock
def test_a_search_that_finds_nothing_counts_for_no_weight() -> None:
    respx.get(PATH).mock(return_value=answer(column(0, ""), column(0.4, "")))

    result = preview("--query", "qqq", "--user", "me", "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["weights"] == []


@pytest.mark.parametrize(
    ("content", "complaint"), [(b"\xff\xfe", "is not UTF-8 text."), (b"\n# only a comment\n", "has no lines.")]
)
def test_a_file_without_usable_lines_is_named(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "queries").write_bytes(content)

    result = preview("--queries", str(tmp_path / "queries"), "--user", "me")

    assert result.exit_code == 2
    assert f"queries {complaint}" in result.stderr


def test_without_an_api_or_a_token_nothing_is_asked() -> None:
    assert CliRunner().invoke(main, ["weights", "preview", "--query", "heist", "--user", "me"]).exit_code == 2


@respx.mock
def test_an_api_that_is_not_there_is_exit_code_1() -> None:
    respx.get(PATH).mock(side_effect=httpx.ConnectError("refused"))

    result = preview("--query", "heist", "--user", "me")

    assert result.exit_code == 1
    assert "ConnectError: refused" in result.stderr


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--query", "heist"),
        ("--query", "heist", "--user", "me", "--weights", "0,1.5"),
        ("--query", "heist", "--user", "me", "--weights", ""),
        ("--query", "heist", "--user", "me", "--users", __file__),
    ],
)
def test_wrong_usage_is_exit_code_2(options: tuple[str, ...]) -> None:
    assert preview(*options).exit_code == 2
