"""Pages of long lists: counted up to a limit, so that a list of a million costs no more than one of thousands."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

MOST_COUNTED = 2000
"""Rows. Whoever has more before them narrows the list down, or searches."""


def counted(rows: QuerySet[Any, Any], most: int = MOST_COUNTED) -> int:
    """Return how many rows there are, or `most` where there are more."""
    return rows.order_by().values("pk")[:most].count()


class LongPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Knows of the first `MOST_COUNTED` rows."""

    @property
    def count(self) -> int:
        """How many rows can be paged through."""
        if not hasattr(self, "_count"):
            self._count = counted(self.object_list)  # type: ignore[arg-type]
        return self._count

    @property
    def is_more(self) -> bool:
        """Whether there may be rows beyond."""
        return self.count >= MOST_COUNTED
