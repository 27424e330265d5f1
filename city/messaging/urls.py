"""The addresses of the messages."""

from django.urls import path

from city.messaging import pages

urlpatterns = [
    path("messages", pages.messages, name="messages"),
    path("messages/<int:message>/told", pages.note_told, name="message-told"),
]
