"""The permission matrix, generated: every page of the city with every role, along the one table of rights."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from city.staff.demo_people import make_people
from city.staff.doors import RIGHT
from city.staff.models import Clerk, Posting
from city.staff.roles import HOLDERS, Right, Role
from tests.city.terminal import HOST

pytestmark = pytest.mark.django_db

OPEN = {"home", "sign-in", "sign-in-code", "oidc", "oidc-back", "set-up", "sign-out", "language", "verify"}
"""Pages that need no right: they show nothing of anybody."""

_EXAMPLES: dict[str, object] = {"LowerUuid": str(uuid.uuid4()), "UUIDConverter": uuid.uuid4(), "IntConverter": 1}


def pages() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Every address that is not the API's: its name, an example of it, and its view."""
    for pattern in get_resolver().url_patterns:
        assert isinstance(pattern, URLPattern), "a nested list of addresses is not walked here yet"
        route = str(pattern.pattern)
        if route.startswith("v1/"):
            continue
        for name, converter in pattern.pattern.converters.items():
            example = _EXAMPLES.get(type(converter).__name__, "1")
            route = "".join(f"{head}{example}" if tail else head for head, tail in _cut(route, name))
        yield pattern.name or route, f"/{route}", pattern.callback


def _cut(route: str, name: str) -> Iterator[tuple[str, bool]]:
    head, found, rest = route.partition(":" + name + ">") if f":{name}>" in route else route.partition(f"<{name}>")
    if found.startswith(":"):
        head = head.rpartition("<")[0]
    yield head, bool(found)
    yield rest, False


PAGES = [page for page in pages() if page[0] not in OPEN]


def test_every_page_but_the_open_ones_names_its_right() -> None:
    assert [name for name, _, view in PAGES if not isinstance(getattr(view, RIGHT, None), Right)] == []


def test_the_invented_people_hold_every_role() -> None:
    make_people()
    assert set(Posting.objects.values_list("role", flat=True)) == set(Role)
    assert all(clerk.has_usable_password() for clerk in Clerk.objects.all())


def test_every_right_has_a_holder_and_every_role_a_right() -> None:
    assert all(HOLDERS[right] for right in Right)
    assert set(Role) == set().union(*HOLDERS.values())


@pytest.mark.parametrize("role", [*Role, None])
def test_a_role_gets_in_exactly_where_the_table_says(role: Role | None) -> None:
    clerk = Clerk.objects.create(username="one", staff_number="X1", full_name="样例", office="样例")
    if role:
        Posting.objects.create(clerk=clerk, role=role)
    client = Client(headers={"host": HOST})
    client.force_login(clerk)
    wrong = []
    for name, address, view in PAGES:
        statuses = {client.generic(method, address, secure=True).status_code for method in ("GET", "POST")}
        may = role in HOLDERS[getattr(view, RIGHT)]
        if (statuses == {403}) is may or (not may and statuses != {403}):
            wrong.append((name, may, statuses))
    assert wrong == []


@pytest.mark.parametrize(("name", "address"), [(name, address) for name, address, _ in PAGES])
def test_nobody_gets_in_without_signing_in(client: Client, name: str, address: str) -> None:
    answer = client.get(address, secure=True, headers={"host": HOST})
    assert answer.status_code == 302, name
    assert answer["Location"].startswith("/sign-in")


def test_somebody_without_any_posting_sees_nothing(client: Client) -> None:
    clerk = Clerk.objects.create(username="one", staff_number="X1", full_name="样例", office="样例")
    client.force_login(clerk)
    assert client.get("/", secure=True, headers={"host": HOST}).status_code == 403
