"""The addresses of the desk's own tools."""

from django.urls import path

from city.desk import bulk_pages, filter_pages

urlpatterns = [
    path("filters", filter_pages.keep, name="keep-filter"),
    path("filters/<int:saved>/drop", filter_pages.drop, name="drop-filter"),
    path("queue/accept", bulk_pages.accept_many, name="accept-many"),
    path("steps/many", bulk_pages.steps_many, name="steps-many"),
]
