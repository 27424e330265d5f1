"""The addresses of the pages about appointments."""

from django.urls import URLPattern, path

from city.appointments import pages

urlpatterns: list[URLPattern] = [
    path("appointments", pages.day_list, name="appointments"),
    path("appointments/enter", pages.enter, name="appointment-enter"),
    path("appointments/<int:booking>/step", pages.step, name="appointment-step"),
]
