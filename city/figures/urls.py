"""The addresses of the figures."""

from django.urls import path

from city.figures import pages

urlpatterns = [
    path("dashboard", pages.dashboard, name="dashboard"),
    path("assessment", pages.assessment, name="assessment"),
    path("assessment/export.csv", pages.export, name="assessment-export"),
]
