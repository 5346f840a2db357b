"""What can go wrong in the engine, once."""


class SonaError(Exception):
    """The engine could not do what it was asked for; the message is a sentence for whoever runs it."""


class StoreUnavailable(SonaError):
    """Profiles could not be read or written."""


class ModelInvalid(SonaError):
    """A model can't be used: damaged, of another format, or not there."""


class PublishingFailed(SonaError):
    """A model could not be published: S3 refused or did not answer, or somebody else published meanwhile."""


class EventsInvalid(SonaError):
    """What a model was to be trained on can't be read."""
