"""sqlite-utils, without numpy: it looks for it only to map column types that no table of ours has.

In the screen's process numpy would be loaded for nothing else, and it takes a fifteenth of the start.
"""

import sys

_SOUGHT = "numpy"

if _SOUGHT in sys.modules:
    from sqlite_utils import Database
else:
    sys.modules[_SOUGHT] = None  # type: ignore[assignment]  # as the import system marks what is not to be found
    try:
        from sqlite_utils import Database
    finally:
        del sys.modules[_SOUGHT]

__all__ = ["Database"]
