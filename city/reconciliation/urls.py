"""The addresses of the reconciliation."""

from django.urls import path

from city.reconciliation import pages

urlpatterns = [
    path("reconciliation", pages.reconciliation, name="reconciliation"),
    path("reconciliation/settle", pages.settle, name="settle-difference"),
    path("reconciliation/sign", pages.sign_day, name="sign-day"),
    path("reconciliation/export.csv", pages.export, name="reconciliation-export"),
]
