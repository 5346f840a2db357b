"""The catalogue of an environment, as what is made of it: for good, or followed."""

from collections.abc import Callable

from discovery.artefacts.held import Fixed, Held
from discovery.catalogue.bundle import Catalogue, open_catalogue
from discovery.location import S3Prefix
from discovery.observability import logger
from discovery.settings.catalogue import CatalogueSettings


def held[Made](settings: CatalogueSettings, made: Callable[[Catalogue], Made]) -> Held[Made]:
    """What is made of the catalogue: for good, or of what is published where no bundle is named."""
    match settings.path:
        case S3Prefix() as location:
            from discovery.catalogue.published import followed, open_published  # noqa: PLC0415 - a folder needs none

            if not settings.bundle:
                published = followed(location, settings.folder, made, poll_seconds=settings.poll_sec)
                published.current()  # in the init phase, and with it in a snapshot
                return published
            catalogue = open_published(location, settings.folder, settings.bundle)
        case folder:
            catalogue = open_catalogue(folder)
    logger.info("catalogue opened", bundle=catalogue.bundle, count=catalogue.size, location=str(settings.path))
    return Fixed(catalogue.bundle, made(catalogue))
