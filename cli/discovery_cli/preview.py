"""`discovery weights preview`: what weights do to the order of real searches, before anybody gets them."""

from importlib.util import find_spec
from pathlib import Path

import click

from discovery.policy.weight import parse_weight
from discovery_cli.connection import answers
from discovery_cli.output import Output, Unreachable
from discovery_cli.preview_calls import Answered, Previews
from discovery_cli.preview_summary import most_changed, summarize
from discovery_cli.preview_tables import changed, side_by_side, summary
from discovery_cli.watch import token_option, url_option

_QUERIES_SHOWN = 5
_LINES = click.Path(exists=True, dir_okay=False, path_type=Path)
_SCORED = ("applied", "partial")


@click.command()
@url_option
@token_option
@click.option("--queries", type=_LINES, help="File with a query on each line.")
@click.option("--users", type=_LINES, help="File with a user id on each line.")
@click.option("--query", help="A single query.")
@click.option("--user", help="A single user id; `me` is the owner of the token.")
@click.option("--weights", help="Weights, such as 0,0.15,0.4.  [default: those of the policy's variants]")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Results for each weight.")
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), help="File for a plot, as SVG. Needs matplotlib."
)
@answers
def preview(
    output: Output,
    *,
    url: str | None,
    token: str | None,
    queries: Path | None,
    users: Path | None,
    query: str | None,
    user: str | None,
    weights: str | None,
    limit: int,
    plot: Path | None,
) -> None:
    """Compare the order of results under several weights.

    For one query and one user, the titles are shown side by side. For files of them, the tables show how much each
    weight changes: churn@10 (the share of the first ten results that are not there at weight 0), rank-biased overlap
    with weight 0 (1 means the same order), and how often the first result differs. The token needs the scope
    personalization:read.

    \b
    discovery weights preview --url $URL --token $T --query "space opera" --user ana
    discovery weights preview --url $URL --token $T --queries queries.txt --users users.txt --plot churn.svg
    """
    if not url or not token:
        raise click.UsageError("Pass --url and --token.")
    if plot is not None:
        _require_matplotlib()
    pairs = _pairs(queries, users, query, user)
    with (
        Previews(url, token, _checked(weights), limit) as previews,
        output.progress("previewing", len(pairs)) as advance,
    ):
        answered = previews.ask(pairs, advance)
    if not any(one.preview for one in answered):
        message = f"All {len(answered)} previews failed. The first failure: {answered[0].failure}"
        raise Unreachable(message, **_document(answered))
    if plot is not None:
        from discovery_cli.preview_plot import draw  # noqa: PLC0415 - only machines that run benchmarks have matplotlib

        draw(answered, plot)
    _show(answered, output)


def _show(answered: list[Answered], output: Output) -> None:
    good = [one.preview for one in answered if one.preview]
    if failed := [one for one in answered if one.failure]:
        message = f"{len(failed)} of {len(answered)} previews failed. The first failure: {failed[0].failure}"
        output.say(message, style="yellow")
    if unscored := [preview.scores for preview in good if preview.scores.status not in _SCORED]:
        message = f"{len(unscored)} of {len(good)} previews have no scores, so all their weights give the same order."
        output.say(f"{message} The first reason: {unscored[0].reason or unscored[0].status}", style="yellow")
    document = _document(answered)
    if len(answered) == 1:
        output.show(document, side_by_side(answered[0].query, good[0]))
    else:
        output.show(document, summary(summarize(answered)), changed(most_changed(answered)[:_QUERIES_SHOWN]))


def _document(answered: list[Answered]) -> dict[str, object]:
    return {
        "previews": sum(one.preview is not None for one in answered),
        "failed": sum(one.failure is not None for one in answered),
        "weights": [row._asdict() for row in summarize(answered)],
        "queries": [row._asdict() for row in most_changed(answered)],
        "answers": [
            {
                "query": one.query,
                "user_id": one.user,
                "failure": one.failure,
                "preview": one.preview.model_dump(mode="json") if one.preview else None,
            }
            for one in answered
        ],
    }


def _pairs(queries: Path | None, users: Path | None, query: str | None, user: str | None) -> list[tuple[str, str]]:
    if (queries is None) == (query is None) or (users is None) == (user is None):
        raise click.UsageError("Pass either --query or --queries, and either --user or --users.")
    asked = _lines(queries) if queries else [query or ""]
    people = _lines(users) if users else [user or ""]
    return [(query, user) for query in asked for user in people]


def _lines(file: Path) -> list[str]:
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is not UTF-8 text.") from None
    if not (kept := [line for line in lines if line and not line.startswith("#")]):
        raise click.UsageError(f"{file} has no lines.")
    return kept


def _checked(weights: str | None) -> str | None:
    try:
        for weight in weights.split(",") if weights is not None else ():
            parse_weight(weight.strip())
    except ValueError:
        raise click.BadParameter("Write numbers from 0 to 1, as in 0,0.15,0.4.", param_hint="--weights") from None
    return weights


def _require_matplotlib() -> None:
    if find_spec("matplotlib") is None:
        raise click.UsageError("--plot needs matplotlib. Install it with `pip install matplotlib`.")
