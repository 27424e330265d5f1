"""The application that gunicorn serves."""

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application


def application() -> WSGIHandler:
    """Return the application; Django has been started on its data directory by then."""
    return get_wsgi_application()
