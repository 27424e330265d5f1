"""What a start makes stays as long as its program does, so nothing of it is looked through for garbage, neither then nor later.

Python looks each time some hundred things more have been made than freed. While modules are read in and the first page is made, nothing is
freed, and every look is for nothing: a tenth of what the screen needs until its first picture.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def staying() -> Iterator[None]:
    """Make what stays; one may stand within another."""
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.freeze()
            gc.enable()
