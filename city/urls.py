"""Every address of the city."""

from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import StringConverter, UUIDConverter
from django.views.i18n import set_language

from city.api import admission, carried, endpoints, updates
from city.api.openapi import openapi
from city.appointments.urls import urlpatterns as appointments
from city.bridge.urls import urlpatterns as bridge
from city.community.urls import urlpatterns as community
from city.desk.urls import urlpatterns as desk
from city.figures.urls import urlpatterns as figures
from city.fleet.urls import urlpatterns as fleet
from city.grid.urls import urlpatterns as grid
from city.messaging.receipts import receipt
from city.messaging.urls import urlpatterns as messaging
from city.onewindow import document_pages, pages, papers, step_pages
from city.packages.urls import urlpatterns as packages
from city.partners.urls import urlpatterns as partners
from city.proofs.urls import urlpatterns as proofs
from city.reconciliation.urls import urlpatterns as reconciliation
from city.records.urls import urlpatterns as records
from city.rerouting.urls import urlpatterns as rerouting
from city.staff.urls import urlpatterns as staff
from city.timebank.urls import urlpatterns as timebank
from city.utilities.answering import callback
from city.web.shell import home


class LowerUuid(UUIDConverter):
    """The canonical text of a UUID, kept as text: one application has one address."""

    def to_python(self, value: str) -> str:  # type: ignore[override]
        """Keep the text."""
        return value


class CaseNumber(StringConverter):
    """Digits, and nothing that a database could stumble over."""

    regex = "[0-9]{1,36}"


register_converter(LowerUuid, "id")
register_converter(CaseNumber, "number")

_APPLICATION = "v1/terminals/<str:terminal>/applications/<id:application_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path(_APPLICATION, endpoints.application),
    path(f"{_APPLICATION}/rating", endpoints.rating),
    path("v1/terminals/<str:terminal>/heartbeat", endpoints.heartbeat),
    path("v1/blobs/<str:digest>", endpoints.blob),
    path("v1/batch", endpoints.batch),
    path("v1/carried/<str:digest>", carried.carried),
    path("v1/carried/<str:digest>/applications/<id:application_id>", carried.application),
    path("v1/carried/<str:digest>/blobs/<str:photo>", carried.blob),
    path("v1/catalogue", endpoints.catalogue),
    path("v1/enrolments", admission.enrolment),
    path("v1/certificate", admission.certificate),
    path("v1/feeds/<str:name>", endpoints.feed),
    path("v1/questions/<str:kind>", endpoints.question),
    path("v1/update-reports", updates.report),
    path("v1/updates/<path:name>", updates.file),
    path("v1/utilities/<str:utility>/paid", callback),
    path("v1/messages/receipts", receipt),
    path("v1/measure/<int:size>", endpoints.measure),
    path("v1/health", endpoints.health),
    path("v1/openapi.json", openapi),
    path("", home, name="home"),
    path("queue", pages.queue, name="queue"),
    path("cases/<number:case_number>", pages.case, name="case"),
    path("cases/<number:case_number>/reveal", pages.reveal, name="reveal"),
    path("cases/<number:case_number>/accept", pages.accept, name="accept"),
    path("cases/<number:case_number>/end", pages.end, name="end-case"),
    path("cases/<number:case_number>/documents/<slug:kind>.pdf", document_pages.document, name="document"),
    path("steps", step_pages.steps, name="steps"),
    path("steps/next", step_pages.claim_next, name="claim-next"),
    path("steps/<int:step>", step_pages.steps, name="step"),
    path("steps/<int:step>/act", step_pages.act, name="act-at-step"),
    path("cases/<number:case_number>/once-only-notice", pages.once_only_notice, name="once-only-notice"),
    path("cases/<number:case_number>/papers/<int:place>.jpg", papers.photo, name="photo"),
    *desk,
    *proofs,
    *appointments,
    *community,
    *timebank,
    *grid,
    *fleet,
    *reconciliation,
    *figures,
    *messaging,
    *packages,
    *partners,
    *bridge,
    *records,
    *rerouting,
    *staff,
    path("language", set_language, name="language"),
]

handler400 = "city.web.errors.bad_request"
handler403 = "city.web.errors.forbidden"
handler404 = "city.web.errors.not_found"
handler500 = "city.web.errors.failed"
