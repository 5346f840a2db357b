"""A study as JSON: what `--json` prints, the lake keeps and the API answers."""

from datetime import UTC, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from discovery.experiments.analysis.lake import Epoch
from discovery.experiments.analysis.results import Analysis, Preferences
from discovery.experiments.analysis.study import Study


class ExperimentResults(BaseModel):
    """The analysis of one epoch of an experiment; docs/analysis.md says what its figures mean."""

    model_config = ConfigDict(frozen=True)

    experiment: str
    computed_at: datetime
    readable: bool
    """Whether anything can be said; why not is the verdict."""
    verdict: str
    """One sentence."""
    epoch: Epoch | None
    """The one analysed: the latest, unless another was asked for; null where the experiment never ran."""
    epochs: tuple[Epoch, ...]
    mixed: int
    """People who were seen in two variants, and are left out."""
    searches: int
    """In the part of the lake that was read."""
    outcomes: int
    """Of signed-in people with a search, each once."""
    damaged_lines: int
    damaged_files: tuple[str, ...]
    analysis: Analysis | None
    """Null where the experiment never ran, or is multileaved."""
    by_clicks: Preferences | None
    """Of a multileaved experiment."""
    by_plays: Preferences | None

    @classmethod
    def of(cls, study: Study) -> Self:
        """The document of a study."""
        return cls(
            experiment=study.experiment,
            computed_at=datetime.fromtimestamp(study.computed_at, UTC),
            readable=study.readable,
            verdict=study.verdict,
            epoch=study.epoch,
            epochs=study.epochs,
            mixed=study.mixed,
            searches=study.searches,
            outcomes=study.outcomes,
            damaged_lines=study.damage.lines,
            damaged_files=study.damage.files,
            analysis=study.analysis,
            by_clicks=study.by_clicks,
            by_plays=study.by_plays,
        )
