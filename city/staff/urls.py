"""The addresses of signing in and of people's accounts."""

from django.urls import URLPattern, path

from city.staff import audit_log, oidc_pages, pages, sign_in

urlpatterns: list[URLPattern] = [
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in/code", sign_in.code, name="sign-in-code"),
    path("sign-in/oidc", oidc_pages.out, name="oidc"),
    path("sign-in/oidc/back", oidc_pages.back, name="oidc-back"),
    path("sign-out", oidc_pages.sign_out, name="sign-out"),
    path("set-up/<str:secret>", pages.set_up, name="set-up"),
    path("staff", pages.staff, name="staff"),
    path("staff/save", pages.save, name="staff-save"),
    path("staff/<int:person>/do", pages.act, name="staff-do"),
    path("audit", audit_log.audit, name="audit"),
    path("audit/accounts", audit_log.accounts, name="audit-accounts"),
]
