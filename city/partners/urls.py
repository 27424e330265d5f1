"""The addresses of departments' systems, and of the pages on which they are looked after."""

from django.urls import URLPattern, path

from city.partners import fetch, pages

urlpatterns: list[URLPattern] = [
    path("v1/departments/events", fetch.events),
    path("v1/departments/cases/<str:case_number>", fetch.case),
    path("partners", pages.partners, name="partners"),
    path("partners/save", pages.save, name="partner-save"),
    path("partners/<int:partner>/do", pages.act, name="partner-do"),
]
