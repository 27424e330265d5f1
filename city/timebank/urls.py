"""The addresses of the time bank's pages."""

from django.urls import URLPattern, path

from city.timebank import pages

urlpatterns: list[URLPattern] = [
    path("community/time-bank", pages.accounts, name="time-bank"),
    path("community/time-bank/open", pages.open_one, name="time-bank-open"),
    path("community/time-bank/orders", pages.finished, name="time-bank-orders"),
    path("community/time-bank/orders/<int:order>/book", pages.book, name="time-bank-book"),
    path("community/time-bank/orders/<int:order>/helped", pages.helped, name="time-bank-helped"),
    path("community/time-bank/entries/<int:entry>/take-back", pages.take_back, name="time-bank-take-back"),
    path("community/time-bank/limits", pages.limits, name="time-bank-limits"),
    path("community/time-bank/<int:account>/give", pages.give_hours, name="time-bank-give"),
    path("community/time-bank/<int:account>/close", pages.close_one, name="time-bank-close"),
    path("community/time-bank/<int:account>/statement", pages.statement, name="time-bank-statement"),
]
