"""A model for the engine's function in a container: of the demo users, in the folder that SAM has built."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from discovery.catalogue.bundle import open_catalogue
from local.containers.local_template import BUILT
from sona.demo import demo_users, viewing_events
from sona.history import History
from sona.learning import learned

_BUNDLE = Path("CatalogueLayer") / "catalogue"
"""What containers search."""
_MODEL = Path("SonaFunction") / "model"
"""What `SONA_MODEL` names, as the container has it."""


@contextlib.contextmanager
def built_model(built: Path = BUILT) -> Iterator[Path]:
    """Train the model, in seconds; yields its folder, which is there while the block runs.

    Raises:
        BundleInvalid: nothing is built.
    """
    folder, bundle = built / _MODEL, built / _BUNDLE
    catalogue = open_catalogue(bundle)
    events = viewing_events(demo_users(), catalogue.contents(range(catalogue.size)))
    shutil.rmtree(folder, ignore_errors=True)
    learned(bundle, [History.of(of_one) for of_one in events.values()], folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
