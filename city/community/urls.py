"""The addresses of the community's pages."""

from django.urls import URLPattern, path

from city.community import calls, pages, service_pages

urlpatterns: list[URLPattern] = [
    path("calls", calls.alerts, name="calls"),
    path("calls/<int:call>/take", calls.take, name="call-take"),
    path("community/services", service_pages.directory, name="directory"),
    path("community/services/save", service_pages.service_save, name="service-save"),
    path("community/services/judge", service_pages.service_judge, name="service-judge"),
    path("community/orders", service_pages.orders, name="orders"),
    path("community/orders/<int:order>/do", service_pages.order_do, name="order-do"),
    path("community/notices", pages.notice_list, name="notices"),
    path("community/notices/new", pages.notice_new, name="notice-new"),
    path("community/notices/save", pages.notice_save, name="notice-save"),
    path("community/notices/judge", pages.notice_judge, name="notice-judge"),
]
