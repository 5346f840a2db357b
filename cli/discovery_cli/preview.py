"""`discovery weights preview`: what weights would do to the order of real searches, before anybody gets them."""

from importlib.util import find_spec
from pathlib import Path

import click

from discovery.policy.parser import parse_weight
from discovery_cli.connection import answers
from discovery_cli.output import Output, Unreachable
from discovery_cli.preview_calls import Answered, Previews
from discovery_cli.preview_summary import moving_most, summarize
from discovery_cli.preview_tables import movers, side_by_side, summary
from discovery_cli.watch import token_option, url_option

_MOST = 5
_WRONG_WEIGHT = "weights are numbers from 0 to 1, as in 0,0.15,0.4"


@click.command()
@url_option
@token_option
@click.option("--queries", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A query on each line.")
@click.option("--users", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A user id on each line.")
@click.option("--query", help="One query, with --user.")
@click.option("--user", help="One user id; `me` is whose token it is.")
@click.option("--weights", help="As in 0,0.15,0.4.  [default: those of the policy's variants]")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Results of each.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Also draw an SVG; needs matplotlib.")
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

    For one query and user the titles side by side; for files of them, how much each weight changes: churn@10 (the
    share of the first ten that weight 0 would not show there), rank-biased overlap with weight 0 (1 is the same
    order), and how often the first result is another one. The token needs the scope personalization:read.

    \b
    discovery weights preview --url $URL --token $T --query "space opera" --user ana
    discovery weights preview --url $URL --token $T --queries queries.txt --users users.txt --plot churn.svg
    """
    if not url or not token:
        raise click.UsageError("--url and --token are needed")
    if plot is not None:
        _require_matplotlib()
    pairs = _pairs(queries, users, query, user)
    with Previews(url, token, _checked(weights), limit) as previews:
        answered = previews.ask(pairs, output)
    if not any(one.preview for one in answered):
        raise Unreachable(
            f"all {len(answered)} previews failed; the first: {answered[0].failure}", **_document(answered)
        )
    if plot is not None:
        from discovery_cli.preview_plot import draw  # noqa: PLC0415 - matplotlib is there only where benchmarks are run

        draw(answered, plot)
    _show(answered, output)


def _show(answered: list[Answered], output: Output) -> None:
    good = [one.preview for one in answered if one.preview]
    if failed := [one for one in answered if one.failure]:
        output.say(f"{len(failed)} of {len(answered)} previews failed; the first: {failed[0].failure}", style="yellow")
    unscored = sum(preview.scores.status not in ("applied", "partial") for preview in good)
    if unscored:
        first = next(preview for preview in good if preview.scores.status not in ("applied", "partial"))
        output.say(
            f"{unscored} of {len(good)} have no scores, so all weights look alike: {first.scores.reason}", "yellow"
        )
    document = _document(answered)
    if len(answered) == 1:
        output.show(document, side_by_side(answered[0].query, good[0]))
    else:
        output.show(document, summary(summarize(answered)), movers(moving_most(answered)[:_MOST]))


def _document(answered: list[Answered]) -> dict[str, object]:
    return {
        "previews": sum(one.preview is not None for one in answered),
        "failed": sum(one.failure is not None for one in answered),
        "weights": [row._asdict() for row in summarize(answered)],
        "queries": [row._asdict() for row in moving_most(answered)],
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
        raise click.UsageError("--query or --queries, and --user or --users: one of each")
    asked = _lines(queries) if queries else [query or ""]
    people = _lines(users) if users else [user or ""]
    return [(query, user) for query in asked for user in people]


def _lines(file: Path) -> list[str]:
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is no text in UTF-8") from None
    if not (kept := [line for line in lines if line and not line.startswith("#")]):
        raise click.UsageError(f"{file} holds nothing")
    return kept


def _checked(weights: str | None) -> str | None:
    try:
        for weight in weights.split(",") if weights is not None else ():
            parse_weight(weight.strip())
    except ValueError:
        raise click.BadParameter(_WRONG_WEIGHT, param_hint="--weights") from None
    return weights


def _require_matplotlib() -> None:
    if find_spec("matplotlib") is None:
        raise click.UsageError("--plot needs matplotlib: pip install matplotlib")
