"""A search in an interpreter that has only what `tools/layer.sh` leaves of numpy, rather than in a container."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SEARCH_AND_PREVIEW = """
import importlib.abc, sys, tempfile
from pathlib import Path

class Stripped(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if any(name == left_out or name.startswith(left_out + ".") for left_out in {stripped!r}):
            raise ImportError(name + " is not in the layer")

sys.meta_path.insert(0, Stripped())
from discovery.api.auth import Caller
from discovery.api.requests import PreviewRequest, SearchRequest
from discovery.settings.personalization import PersonalizationSettings
from discovery.settings.settings import Settings
from tests import catalogues
from tests.fakes import FakeSona
from tests.services import close_all, search_service

likes = {{"ana": {{content.id: n / 100 for n, content in enumerate(catalogues.CONTENTS) if n % 2}}}}
with tempfile.TemporaryDirectory() as folder, catalogues.opened(catalogues.build(Path(folder))) as catalogue:
    settings = Settings(personalization=PersonalizationSettings(timeout_ms=5_000, preview_timeout_ms=5_000))
    service = search_service(catalogue, settings, sona=FakeSona(likes))
    searched = service.search(SearchRequest(query="space horror", explain=True), Caller("ana"))
    previewed = service.preview(PreviewRequest("space horror", "ana", (0.0, 0.5), 5), Caller("ana"))
    close_all()
assert (searched.personalization.status, previewed.scores.status) == ("partial", "partial"), searched
"""


def test_a_search_and_a_preview_need_nothing_of_numpy_that_the_layer_leaves_out() -> None:
    script = (ROOT / "tools" / "layer.sh").read_text()
    stripped = [path.replace("/", ".") for path in re.findall(r"numpy/[a-z0-9]+(?= )", script)]
    assert {"numpy.ma", "numpy.random", "numpy.fft"} <= set(stripped)

    ran = subprocess.run(
        [sys.executable, "-c", SEARCH_AND_PREVIEW.format(stripped=stripped)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'discovery'}", "POWERTOOLS_METRICS_NAMESPACE": "Discovery"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
