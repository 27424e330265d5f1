"""Somebody of a role, signed in, and a form sent as the page would send it."""

import re

from django.http import HttpResponse
from django.test import Client

from city.staff.models import Clerk
from tests.city.terminal import HOST


class Person:
    """A signed-in person's browser."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk = clerk
        self.client = Client(headers={"host": HOST}, enforce_csrf_checks=True)
        self.client.force_login(clerk)

    def get(self, address: str) -> HttpResponse:
        """Ask for a page."""
        return self.client.get(address, secure=True)  # type: ignore[return-value]

    def page(self, address: str, status: int = 200) -> str:
        """Return a page's text."""
        response = self.get(address)
        assert response.status_code == status, response.content[:400]
        return response.content.decode()

    def post(self, address: str, token_from: str, **values: object) -> HttpResponse:
        """Send a form with the token of the page that it stands on."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page(token_from))
        assert token is not None
        values["csrfmiddlewaretoken"] = token.group(1)
        return self.client.post(address, values, secure=True, headers={"referer": f"https://{HOST}/"})  # type: ignore[return-value]
