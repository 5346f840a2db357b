"""Everything that `sam local` needs beside a running stack, made ready together."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from local.containers.engine import Engine
from local.containers.image import provide_image
from local.containers.local_template import container_variables, ports, write_template, write_variables
from local.containers.model import built_model
from local.containers.relay import Bridge, relayed
from local.stack.description import Description


@contextlib.contextmanager
def prepared(
    engine: Engine, stack: Description, *, state: Path, variables: Path, architecture: str, **more: str
) -> Iterator[None]:
    """The image, the template, the engine's model and the variables, for a running stack with this state folder's keys.

    Containers reach the stack while the block runs. `more` are variables on top of the stack's.

    Raises:
        ImageMissing: the image can be neither pulled nor made.
        FileNotFoundError, BundleInvalid: nothing is built.
    """
    values = container_variables(stack, state) | more
    write_template(values, architecture)
    write_variables(variables, values)
    provide_image(engine, architecture)
    with built_model(), relayed(Bridge.of(engine), ports(stack)):
        yield
