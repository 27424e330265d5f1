"""The addresses of the desk's own tools."""

from django.urls import path

from city.desk import bulk_pages, entry_pages, filter_pages

urlpatterns = [
    path("filters", filter_pages.keep, name="keep-filter"),
    path("filters/<int:saved>/drop", filter_pages.drop, name="drop-filter"),
    path("entry", entry_pages.items, name="entry"),
    path("entry/<slug:code>", entry_pages.form, name="entry-form"),
    path("entry/<slug:code>/done/<slug:case_number>", entry_pages.done, name="entry-done"),
    path("queue/accept", bulk_pages.accept_many, name="accept-many"),
    path("steps/many", bulk_pages.steps_many, name="steps-many"),
]
