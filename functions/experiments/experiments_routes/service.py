"""The analyses: made of every running experiment, kept in the lake, and read from there."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from discovery.api.auth import Authenticator
from discovery.artefacts.store import s3_client
from discovery.errors import LakeUnavailable
from discovery.experiments.analysis.design import Design, designs
from discovery.experiments.analysis.document import ExperimentResults
from discovery.experiments.analysis.lake import BEFORE_DAYS, MEMORY_MB, open_lake
from discovery.experiments.analysis.stored import StoredAnalyses
from discovery.experiments.analysis.study import study
from discovery.location import S3Prefix
from discovery.observability import logger, metrics
from discovery.policy.parameters import PolicyParameters, ssm_client
from discovery.settings.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_SHARE_OF_MEMORY = 0.6
"""DuckDB's; the rest is Python's, and what DuckDB does not count."""


@dataclass(frozen=True)
class ExperimentsService:
    """What the experiments function holds."""

    authenticator: Authenticator
    parameters: PolicyParameters
    lake: S3Prefix
    stored: StoredAnalyses
    client: "Callable[[], S3Client]" = s3_client
    memory_mb: int = MEMORY_MB
    now: Callable[[], float] = time.time

    def analyse(self, only: str | None = None) -> None:
        """Analyse every running experiment, or one whatever its status; one that fails keeps no other from it.

        Raises:
            PolicyUnavailable: Parameter Store did not answer.
            LakeUnavailable: an experiment could not be analysed, so Lambda has to try again.
        """
        failed = []
        for name, (design, set_at) in designs(self.parameters.read()).items():
            if name != only and (only is not None or design.status != "running"):
                continue
            try:
                self._analyse(design, self._since(set_at) if only is None else None)
            except LakeUnavailable as error:
                metrics.count("AnalysisFailed")
                logger.error("experiment not analysed", experiment=name, reason=str(error))
                failed.append(name)
        if failed:
            raise LakeUnavailable(f"not analysed: {', '.join(failed)}")

    def _since(self, set_at: float) -> date:
        """The day from which the lake is read: an epoch begins when a parameter is set, or later."""
        return (datetime.fromtimestamp(set_at, UTC) - timedelta(days=BEFORE_DAYS)).date()

    def _analyse(self, design: Design, since: date | None) -> None:
        began = time.perf_counter()
        with open_lake(self.lake, design.name, since=since, memory_mb=self.memory_mb, client=self.client) as lake:
            found = study(lake, design, now=self.now)
        self.stored.write(design.name, ExperimentResults.of(found).model_dump_json())
        damage = found.damage.lines + len(found.damage.files)
        if damage:
            metrics.count("LakeDamaged", damage)
        metrics.milliseconds("AnalysisTime", (time.perf_counter() - began) * 1000)
        logger.info(
            "experiment analysed",
            experiment=design.name,
            epoch=found.epoch.name if found.epoch else None,
            readable=found.readable,
            verdict=found.verdict,
            searches=found.searches,
            damaged=damage,
        )


def experiments_service(settings: Settings) -> ExperimentsService:
    """The function's parts; connects to nothing.

    Raises:
        ValueError: the lake's location is no S3 URL.
    """
    lake = S3Prefix.parse(settings.lake.location)
    memory = float(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MEMORY_MB / _SHARE_OF_MEMORY))
    return ExperimentsService(
        Authenticator(settings.auth),
        PolicyParameters(ssm_client, settings.policy_prefix),
        lake,
        StoredAnalyses(s3_client, lake),
        memory_mb=round(memory * _SHARE_OF_MEMORY),
    )
