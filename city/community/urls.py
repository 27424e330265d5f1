"""The addresses of the community's pages."""

from django.urls import URLPattern, path

from city.community import calls, pages

urlpatterns: list[URLPattern] = [
    path("calls", calls.alerts, name="calls"),
    path("calls/<int:call>/take", calls.take, name="call-take"),
    path("community/notices", pages.notice_list, name="notices"),
    path("community/notices/new", pages.notice_new, name="notice-new"),
    path("community/notices/save", pages.notice_save, name="notice-save"),
    path("community/notices/judge", pages.notice_judge, name="notice-judge"),
]
