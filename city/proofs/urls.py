"""The addresses of the pages about certificates."""

from django.urls import URLPattern, path

from city.proofs import pages

urlpatterns: list[URLPattern] = [
    path("verify", pages.verify, name="verify"),
    path("proofs", pages.issued, name="proofs"),
    path("proofs/<str:number>/act", pages.act, name="proof-act"),
]
