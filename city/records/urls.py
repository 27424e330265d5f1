"""The addresses of the grid's records."""

from django.urls import URLPattern, path

from city.records import pages

urlpatterns: list[URLPattern] = [
    path("grid/records", pages.records, name="records"),
    path("grid/records/save", pages.save, name="record-save"),
    path("grid/records/<int:record>/reveal", pages.reveal, name="record-reveal"),
    path("grid/offers", pages.offers, name="record-offers"),
    path("grid/offers/<int:offer>/judge", pages.judge, name="record-judge"),
]
