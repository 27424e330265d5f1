"""Several small messages in one request, so that a slow line is filled with content and not with round trips."""

import msgspec

from sync.contract.names import ApplicationId
from sync.contract.problem import Problem
from sync.contract.receipt import PutAnswer


class BatchItem(msgspec.Struct, frozen=True):
    """One sealed application; `body` is the JSON of its PUT, byte for byte."""

    application_id: ApplicationId
    body: msgspec.Raw


class BatchRequest(msgspec.Struct, frozen=True):
    """At most `routes.BATCH_MAX_ITEMS`, in the terminal's order."""

    items: tuple[BatchItem, ...]


class BatchResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a PUT of this item alone would have been answered."""

    application_id: ApplicationId
    status: int
    answer: PutAnswer | None = None
    problem: Problem | None = None


class BatchAnswer(msgspec.Struct, frozen=True):
    """One result for each item, in the order of the request; one bad item does not fail its neighbours."""

    results: tuple[BatchResult, ...]


class CatalogueAnswer(msgspec.Struct, frozen=True):
    """Every package that is on offer, each a `signed.Statement` of an `item.ItemPackage`; what is absent was withdrawn."""

    items: tuple[bytes, ...]
