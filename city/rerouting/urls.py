"""The addresses of moved cases."""

from django.urls import URLPattern, path

from city.rerouting import pages

urlpatterns: list[URLPattern] = [
    path("reroutes", pages.reroutes, name="reroutes"),
    path("reroutes/begin", pages.begin, name="reroute-begin"),
    path("reroutes/<int:run>", pages.reroute, name="reroute"),
    path("reroutes/<int:run>/confirm", pages.confirm, name="reroute-confirm"),
    path("reroutes/<int:run>/discard", pages.discard, name="reroute-discard"),
    path("reroutes/<int:run>/on", pages.go_on, name="reroute-on"),
]
