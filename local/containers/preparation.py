"""Everything that `sam local` needs beside a running stack, made ready together."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from local.containers.engine import Engine
from local.containers.image import provide_image
from local.containers.local_template import container_variables, ports, write_template, write_variables
from local.containers.relay import Bridge, relayed


@contextlib.contextmanager
def prepared(engine: Engine, *, state: Path, variables: Path, architecture: str, **more: str) -> Iterator[None]:
    """The image, the template and the file of variables, for the stack that runs with this state.

    Containers reach the stack while it is entered. `more` are variables on top of the stack's.

    Raises:
        ImageMissing: the image can be neither pulled nor made.
        FileNotFoundError: no stack runs, or nothing is built.
    """
    values = container_variables(state) | more
    write_template(values, architecture)
    write_variables(variables, values)
    provide_image(engine, architecture)
    with relayed(Bridge.of(engine), ports(state)):
        yield
