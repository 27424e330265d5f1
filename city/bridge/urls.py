"""The addresses of what does not get through."""

from django.urls import URLPattern, path

from city.bridge import pages

urlpatterns: list[URLPattern] = [
    path("troubles", pages.troubles, name="troubles"),
    path("troubles/do", pages.act, name="troubles-do"),
]
