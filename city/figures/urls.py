"""The addresses of the figures."""

from django.urls import path

from city.figures import export_pages, pages

urlpatterns = [
    path("dashboard", pages.dashboard, name="dashboard"),
    path("assessment", pages.assessment, name="assessment"),
    path("assessment/export.csv", pages.export, name="assessment-export"),
    path("case-exports", export_pages.case_exports, name="case-exports"),
    path("case-exports/progress", export_pages.progress, name="export-progress"),
    path("case-exports/take", export_pages.take, name="take-cases"),
]
