"""The addresses of the items' pages."""

from django.urls import URLPattern, path

from city.packages import pages, run_pages

urlpatterns: list[URLPattern] = [
    path("items", pages.items, name="items"),
    path("items/begin", pages.begin, name="item-begin"),
    path("items/withdraw", pages.take_back, name="item-withdraw"),
    path("items/drafts/<int:draft>", pages.draft_page, name="item-draft"),
    path("items/drafts/<int:draft>/change", pages.change, name="item-change"),
    path("items/drafts/<int:draft>/do", pages.act, name="item-do"),
    path("items/sign", run_pages.sign_many, name="item-sign-many"),
    path("items/runs/<int:run>", run_pages.run_page, name="item-run"),
    path("items/runs/<int:run>/on", run_pages.run_on, name="item-run-on"),
]
