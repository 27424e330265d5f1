"""The addresses of the grid's pages."""

from django.urls import URLPattern, path

from city.grid import pages

urlpatterns: list[URLPattern] = [
    path("grid", pages.overview, name="grid"),
    path("grid/events/new", pages.enter, name="grid-enter"),
    path("grid/events/<int:event>", pages.event_page, name="grid-event"),
    path("grid/events/<int:event>/do", pages.do_step, name="grid-do"),
    path("grid/events/<int:event>/report/<int:place>.jpg", pages.report_photo, name="grid-report-photo"),
    path("grid/events/<int:event>/after/<int:photo>.jpg", pages.after_photo, name="grid-after-photo"),
]
