"""Where each message goes and the headers it carries. Version 1; docs/wire.md tells the whole exchange."""

from typing import Final

from sync.contract.names import ApplicationId, Digest, TerminalId

APPLICATION_PATTERN: Final = "/v1/terminals/{terminal}/applications/{application_id}"
"""PUT a sealed application: 201 or 200 with a `PutAnswer`. GET it: the `PutAnswer` as it stands now."""

RATING_PATTERN: Final = "/v1/terminals/{terminal}/applications/{application_id}/rating"
"""PUT a `Rating`: 201 or 200 with a `RatingAnswer`."""

BLOB_PATTERN: Final = "/v1/blobs/{digest}"
"""HEAD: 200 with Upload-Offset and Upload-Length, or 404 when nothing of it is there. PATCH a piece at Upload-Offset, with the
whole size in Upload-Length: 204 with the new Upload-Offset. A wrong offset is 409 with the right Upload-Offset in its headers."""

BATCH_PATH: Final = "/v1/batch"
"""POST a `BatchRequest`, zstd-compressed: 200 with a `BatchAnswer`."""

CATALOGUE_PATH: Final = "/v1/catalogue"
"""GET with If-None-Match: 200 with a `CatalogueAnswer` and its ETag, or 304."""

ENROLMENT_PATH: Final = "/v1/enrolments"
"""POST an `EnrolRequest`, signed with the key it brings: 200 with an `EnrolAnswer`. Sent again, it asks how far things are."""

CERTIFICATE_PATH: Final = "/v1/certificate"
"""POST `{}`: 200 with a `CertificateAnswer`. The one route that a terminal whose certificate is over may still use."""
FEED_PATTERN: Final = "/v1/feeds/{feed}"
"""GET with If-None-Match: 200 with the signed `feed.Issue` for the asking terminal and its ETag, or 304."""

QUESTION_PATTERN: Final = "/v1/questions/{kind}"
"""POST a `question.Question`: 200 with a signed `question.Reply`."""

HEARTBEAT_PATTERN: Final = "/v1/terminals/{terminal}/heartbeat"
"""PUT a `heartbeat.Heartbeat`: 204."""

UPDATE_REPORT_PATH: Final = "/v1/update-reports"
"""POST an `UpdateReport`: 204. The same again changes nothing."""

CARRIED_PATTERN: Final = "/v1/carried/{digest}"
"""PUT the signed list of an export of another terminal, under the SHA-256 of its bytes: 204. The same again changes nothing."""

CARRIED_APPLICATION_PATTERN: Final = "/v1/carried/{digest}/applications/{application_id}"
"""PUT and GET as APPLICATION_PATTERN, for an application that the list names; the receipt names the terminal that gave it out."""

CARRIED_BLOB_PATTERN: Final = "/v1/carried/{digest}/blobs/{photo}"
"""HEAD and PATCH as BLOB_PATTERN, for a photo that the list names."""

MEASURE_PATTERN: Final = "/v1/measure/{size}"
"""GET so many bytes that mean nothing, PUT so many: 200 and 204. By these a terminal measures its line; nothing of them is kept."""

HEALTH_PATH: Final = "/v1/health"
"""GET, unsigned: 200 when the city can take applications."""

JSON_TYPE: Final = "application/json"
SEALED_TYPE: Final = "application/vnd.bianmin.sealed+json"
RATING_TYPE: Final = "application/vnd.bianmin.rating+json"
BATCH_TYPE: Final = "application/vnd.bianmin.batch+json"
QUESTION_TYPE: Final = "application/vnd.bianmin.question+json"
STATEMENT_TYPE: Final = "application/vnd.dsse+json"
"""Media type of a body that is itself a `signed.Statement`."""

PIECE_TYPE: Final = "application/partial-upload"
BYTES_TYPE: Final = "application/octet-stream"

OFFSET_HEADER: Final = "Upload-Offset"
LENGTH_HEADER: Final = "Upload-Length"
NOW_HEADER: Final = "Bianmin-Now"
"""On every answer: the city's clock as RFC 3339 UTC, from which a terminal learns how wrong its own is."""

SEALED_MAX_BYTES: Final = 6 * 1024 * 1024
"""The largest body of a PUT: the largest content, sealed, in base64."""

PIECE_MAX_BYTES: Final = 1024 * 1024
BLOB_MAX_BYTES: Final = 16 * 1024 * 1024
BATCH_MAX_BYTES: Final = 1024 * 1024
"""The largest batch before compression; a single item that is larger goes by PUT."""

BATCH_MAX_ITEMS: Final = 250
MEASURE_MAX_BYTES: Final = 1024 * 1024


def application_path(terminal: TerminalId, application_id: ApplicationId) -> str:
    """Return the path of one application."""
    return APPLICATION_PATTERN.format(terminal=terminal, application_id=application_id)


def rating_path(terminal: TerminalId, application_id: ApplicationId) -> str:
    """Return the path of the rating of one application."""
    return RATING_PATTERN.format(terminal=terminal, application_id=application_id)


def heartbeat_path(terminal: TerminalId) -> str:
    """Return the path of a terminal's heartbeat."""
    return HEARTBEAT_PATTERN.format(terminal=terminal)


def blob_path(digest: Digest) -> str:
    """Return the path of one sealed photo."""
    return BLOB_PATTERN.format(digest=digest)


def carried_path(list_digest: Digest) -> str:
    """Return the path of a list that was carried by hand."""
    return CARRIED_PATTERN.format(digest=list_digest)


def carried_application_path(list_digest: Digest, application_id: ApplicationId) -> str:
    """Return the path of one application of such a list."""
    return CARRIED_APPLICATION_PATTERN.format(digest=list_digest, application_id=application_id)


def carried_blob_path(list_digest: Digest, photo: Digest) -> str:
    """Return the path of one sealed photo of such a list."""
    return CARRIED_BLOB_PATTERN.format(digest=list_digest, photo=photo)


def measure_path(size_bytes: int) -> str:
    """Return the path of so many bytes that mean nothing."""
    return MEASURE_PATTERN.format(size=size_bytes)


def feed_path(feed: str) -> str:
    """Return the path of one feed."""
    return FEED_PATTERN.format(feed=feed)


def question_path(kind: str) -> str:
    """Return the path of one kind of question."""
    return QUESTION_PATTERN.format(kind=kind)
