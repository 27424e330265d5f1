"""The addresses of the fleet's pages."""

from django.urls import URLPattern, path

from city.fleet import admission_pages, metrics, pages, release_pages, rollout_pages, steering_pages

urlpatterns: list[URLPattern] = [
    path("fleet", pages.fleet, name="fleet"),
    path("fleet/alerts/<int:alert>/take", pages.take_alert, name="alert-take"),
    path("fleet/terminals/<str:terminal>", pages.terminal, name="terminal"),
    path("fleet/terminals/<str:terminal>/do", pages.act, name="terminal-do"),
    path("fleet/orders/<int:order>", steering_pages.brought, name="order-brought"),
    path("fleet/settings", steering_pages.settings, name="fleet-settings"),
    path("fleet/settings/do", steering_pages.settings_do, name="fleet-settings-do"),
    path("fleet/rollout", rollout_pages.rollout, name="rollout"),
    path("fleet/releases", release_pages.releases, name="releases"),
    path("fleet/releases/record", release_pages.record, name="release-record"),
    path("fleet/releases/plan", release_pages.plan, name="rollout-plan"),
    path("fleet/rollout/do", rollout_pages.act, name="rollout-do"),
    path("admissions", admission_pages.admissions, name="admissions"),
    path("admissions/open", admission_pages.open_one, name="admission-open"),
    path("admissions/<int:admission>", admission_pages.admission, name="admission"),
    path("admissions/<int:admission>/do", admission_pages.act, name="admission-do"),
    path("v1/metrics", metrics.metrics, name="metrics"),
]
