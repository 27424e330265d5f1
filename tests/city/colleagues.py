"""People at the counter and behind it, for the tests: each with a posting, signed in, and sending forms as the pages would."""

import re
from dataclasses import dataclass

from django.test import Client

from city.staff.models import Clerk, Office, Posting
from city.staff.roles import Role
from tests.city.terminal import HOST


@dataclass
class Person:
    """Somebody signed in."""

    clerk: Clerk
    client: Client

    def page(self, address: str, status: int = 200) -> str:
        """Open a page."""
        response = self.client.get(address, secure=True)
        assert response.status_code == status, (response.status_code, response.content[:400])
        return response.content.decode()

    def send(self, address: str, token_from: str, **values: object) -> tuple[int, str, str]:
        """Send a form as the page would, its token included; return status, body and where it leads."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page(token_from))
        assert token is not None
        values["csrfmiddlewaretoken"] = token.group(1)
        response = self.client.post(address, values, secure=True, headers={"referer": f"https://{HOST}/"})
        return response.status_code, response.content.decode(), response.get("Location", "")


def person(name: str, role: Role, office: Office | None = None, area: str = "") -> Person:
    """Make somebody and sign them in."""
    number = f"N{Clerk.objects.count() + 1:04d}"
    clerk = Clerk.objects.create(username=name, staff_number=number, full_name=name, office=office.name if office else "样例")
    Posting.objects.create(clerk=clerk, role=role, office=office, area=area)
    client = Client(headers={"host": HOST}, enforce_csrf_checks=True)
    client.force_login(clerk)
    return Person(clerk, client)
