"""`discovery experiment analyse | plan`: what the lake says of an experiment, and what one could find."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from discovery.experiments.analysis.design import CONTROL, Design, designs
from discovery.location import S3Prefix
from discovery.policy.editor import PolicyEditor
from discovery_cli.connection import answers, with_editor_and_s3
from discovery_cli.lake_place import bars, lake_option
from discovery_cli.output import UNREADABLE, Output

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_DATE = click.DateTime(["%Y-%m-%d"])


_since_option = click.option("--since", type=_DATE, help="Day from which the lake is read.  [default: all of it]")


@click.command()
@click.argument("name")
@lake_option
@click.option("--epoch", help="The epoch to analyse.  [default: the latest]")
@_since_option
@click.option(
    "--variants",
    help="Shares of the variants, as `start` takes them; Parameter Store is then not asked.  "
    "[default: what the experiment's parameter says]",
)
@click.option("--control", default=CONTROL, show_default=True, help="The variant that the others are compared with.")
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder for NAME.html, one file with tables and pictures.",
)
@answers
@with_editor_and_s3
def analyse(
    editor: PolicyEditor,
    s3: "Callable[[], S3Client]",
    output: Output,
    *,
    name: str,
    lake: Path | S3Prefix,
    epoch: str | None,
    since: datetime | None,
    variants: str | None,
    control: str,
    report: Path | None,
) -> None:
    """Compare the variants of the experiment NAME with control. See docs/analysis.md for what the figures mean.

    It may be run as often as you like: verdicts hold whenever they are looked at. It exits with 6 where nothing can be
    said: the experiment never ran, ran for less than a day, has one variant or no control, or people came to the
    variants in other shares than meant.

    \b
    discovery experiment analyse spring --lake s3://discovery-prod-lake --report .
    discovery experiment analyse spring --lake lake --variants control=0.5,high_boost=0.5 --json
    """
    from discovery.experiments.analysis.document import ExperimentResults  # noqa: PLC0415 - numpy; `--help` is quick
    from discovery.experiments.analysis.lake import open_lake, since_of  # noqa: PLC0415
    from discovery.experiments.analysis.study import study  # noqa: PLC0415
    from discovery_cli.analysis_tables import printed  # noqa: PLC0415

    design = _design(editor, name, variants, control)
    from_day = _day(since) or (since_of(epoch) if epoch else None)
    with bars(output) as told:
        fetching = partial(told, "fetching the lake")
        with open_lake(lake, name, since=from_day, client=s3, progress=fetching) as opened:
            found = study(opened, design, now=time.time, epoch=epoch)
    document = ExperimentResults.of(found)
    if report is not None:
        from discovery_cli.analysis_report import write_report  # noqa: PLC0415 - matplotlib takes half a second

        output.say(f"report in {write_report(document, report)}")
    output.show(document.model_dump(mode="json"), *printed(document))
    if not found.readable:
        click.get_current_context().exit(UNREADABLE)


@click.command()
@lake_option
@_since_option
@click.option("--days", default=14.0, show_default=True, help="How long the experiment is to run.")
@click.option("--effect", default=0.02, show_default=True, help="What you want to find, relative: 0.02 is 2 %.")
@click.option(
    "--allocation", default=1.0, show_default=True, help="Share of people in the variant and in control together."
)
@answers
@with_editor_and_s3
def plan(
    editor: PolicyEditor,
    s3: "Callable[[], S3Client]",
    output: Output,
    *,
    lake: Path | S3Prefix,
    since: datetime | None,
    days: float,
    effect: float,
    allocation: float,
) -> None:
    """Say what an experiment of two variants could find, from your own traffic.

    The output has, for each metric, the smallest effect that is found in so many days with a probability of 80 %, and
    the people and days needed for the effect that you want to find. It takes the last days of the lake as an example.

    \b
    discovery experiment plan --lake s3://discovery-prod-lake --days 14 --effect 0.02
    """
    from discovery.experiments.analysis.lake import open_lake  # noqa: PLC0415 - numpy; `--help` is quick
    from discovery.experiments.analysis.plan import plan as planned  # noqa: PLC0415
    from discovery_cli.analysis_tables import plan_document, plan_table  # noqa: PLC0415

    del editor
    with bars(output) as told:
        fetching = partial(told, "fetching the lake")
        with open_lake(lake, "", since=_day(since), client=s3, progress=fetching) as opened:
            traffic = opened.traffic(days)
    try:
        a_day = len(traffic.people.variant) / max(traffic.days, 1.0)
        found = planned(traffic.people, people_a_day=a_day, days=days, effect=effect, share=allocation)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error
    output.show(plan_document(found, traffic.days), *plan_table(found, traffic.days))


def _design(editor: PolicyEditor, name: str, variants: str | None, control: str) -> Design:
    if variants is not None:
        return Design(name, shares(variants), control=control)
    known = designs(editor.verdict().parameters)
    if name not in known:
        others = f"only {', '.join(known)}" if known else "nor any other"
        raise click.BadParameter(
            f"There is no experiment {name} under {editor.prefix}, {others}. Pass --variants if its parameter is gone.",
            param_hint="NAME",
        )
    design, _ = known[name]
    return Design(name, design.meant, design.status, control)


def shares(text: str) -> dict[str, float]:
    """Read `control=0.5,high_boost=0.5`."""
    try:
        found = {name.strip(): float(share) for name, _, share in (part.partition("=") for part in text.split(","))}
    except ValueError:
        raise click.BadParameter("Write shares as in control=0.5,high_boost=0.5.", param_hint="--variants") from None
    if abs(sum(found.values()) - 1) > 1e-6 or len(found) < text.count(",") + 1:  # noqa: PLR2004 - of rounding
        raise click.BadParameter("Name each variant once, with shares that sum to 1.", param_hint="--variants")
    return found


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.replace(tzinfo=UTC).date()
