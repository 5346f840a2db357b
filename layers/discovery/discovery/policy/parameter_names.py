"""Names of the policy's parameters, relative to the prefix, and which of them an operator means. Pure."""

from discovery.errors import RequestInvalid
from discovery.policy.parser import (
    BOOST_WEIGHT,
    CACHE_GENERATION,
    ENABLED,
    EXPERIMENT,
    EXPERIMENTS_FOLDER,
    HOLDOUT,
    VARIANTS_FOLDER,
)

SINGLE = (ENABLED, BOOST_WEIGHT, EXPERIMENT, HOLDOUT, CACHE_GENERATION)
"""The parameters of which there is one each."""


def is_variant(name: str) -> bool:
    """Whether a parameter holds a variant's weight."""
    return name.startswith(VARIANTS_FOLDER)


def is_experiment(name: str) -> bool:
    """Whether a parameter is one of those that hold an experiment each."""
    return name.startswith(EXPERIMENTS_FOLDER)


def is_known(name: str) -> bool:
    """Whether the service reads the parameter; it ignores others, which may belong to a newer version."""
    return name in SINGLE or is_variant(name) or is_experiment(name)


def parameter_name(name: str) -> str:
    """The parameter that an operator means: `high_boost` is short for `variants/high_boost`."""
    return name if is_known(name) else f"{VARIANTS_FOLDER}{name}"


def weight_name(name: str) -> str:
    """The parameter of a weight.

    Raises:
        RequestInvalid: the name is that of a parameter which holds no weight.
    """
    full = parameter_name(name)
    if full != BOOST_WEIGHT and not is_variant(full):
        raise RequestInvalid("name", f"{name} is not a weight.")
    return full


def variant_name(name: str) -> str:
    """The parameter of a variant, the only kind that can be removed.

    Raises:
        RequestInvalid: the name is that of another parameter.
    """
    full = parameter_name(name)
    if not is_variant(full):
        raise RequestInvalid("name", f"{name} is not a variant. Only variants can be removed.")
    return full


def reversible_name(name: str) -> str:
    """A parameter that can go back to an earlier value.

    Raises:
        RequestInvalid: it is the cache generation.
    """
    full = parameter_name(name)
    if full == CACHE_GENERATION:
        raise RequestInvalid("name", f"{full} can't go back: an earlier value would bring old scores back.")
    return full
