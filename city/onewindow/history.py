"""Lines of history that are written many at once: Django's own signal is silent then, and others listen for them."""

from django.dispatch import Signal

history_grew = Signal()
"""Sent with `lines`, in the transaction in which they were written: call it, and it makes the list of the new `Event`s."""
