"""Invented people of every role, and the offices that they work in: for pilots, training and demos."""

import secrets
import string
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password

from city.staff.models import Clerk, Office, Posting
from city.staff.roles import Role
from city.staff.second_factor import bind_unseen

OFFICES: tuple[tuple[str, str, str], ...] = (
    ("desk", "desk", "样例街道便民服务中心"),
    ("community", "community", "样例社区居委会"),
    ("street", "street", "样例街道社会事务办"),
    ("district", "district", "样例区民政局"),
    ("city", "city", "样例市级主管部门"),
    ("police", "police", "样例派出所"),
    ("federation", "federation", "样例区残联"),
    ("insurance", "insurance", "样例区社保医保中心"),
    ("jobs", "jobs", "样例区就业服务中心"),
    ("housing", "housing", "样例区住房保障中心"),
    ("health", "health", "样例区卫生健康局"),
    ("veterans", "veterans", "样例区退役军人事务局"),
)

_PEOPLE: tuple[tuple[str, str, str, str, tuple[Role, ...]], ...] = (
    ("clerk", "H0001", "演示员", "desk", (Role.FRONT_DESK,)),
    ("community", "C0001", "样例社工", "community", (Role.OFFICE_CLERK,)),
    ("street", "S0001", "样例街办", "street", (Role.OFFICE_CLERK,)),
    ("district", "D0001", "样例区办", "district", (Role.OFFICE_CLERK,)),
    ("city-office", "Y0001", "样例市办", "city", (Role.OFFICE_CLERK,)),
    ("police", "P0001", "样例户籍", "police", (Role.OFFICE_CLERK,)),
    ("federation", "F0001", "样例残联", "federation", (Role.OFFICE_CLERK,)),
    ("insurance", "I0001", "样例医保", "insurance", (Role.OFFICE_CLERK,)),
    ("jobs", "J0001", "样例就业", "jobs", (Role.OFFICE_CLERK,)),
    ("office", "B0001", "样例经办甲", "", (Role.OFFICE_CLERK,)),  # of every office, so that any step can be shown
    ("office-2", "B0002", "样例经办乙", "", (Role.OFFICE_CLERK,)),  # who examined does not decide: it takes two
    ("head", "D0002", "样例科长", "", (Role.OFFICE_HEAD,)),
    ("grid", "G0001", "样例网格", "community", (Role.GRID_WORKER,)),
    ("editor", "E0001", "样例编辑", "street", (Role.CONTENT_EDITOR,)),
    ("reviewer", "E0002", "样例审核", "street", (Role.REVIEWER,)),
    ("provider", "V0001", "样例商户", "desk", (Role.PROVIDER,)),
    ("fleet", "T0001", "样例运维", "city", (Role.FLEET_OPERATOR,)),
    ("auditor", "A0001", "样例审计", "city", (Role.AUDITOR,)),
    ("administrator", "A0002", "样例管理", "city", (Role.ADMINISTRATOR,)),
)


_ANY = "样例各科室"


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of a new person, once: it is kept nowhere."""

    username: str
    full_name: str
    role: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)

    @property
    def shown(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "username": self.username,
            "full_name": self.full_name,
            "role": self.role,
            "password": self.password,
            "totp_secret": self.totp_secret,
        }


def make_offices() -> dict[str, Office]:
    """Make the sample offices that are missing."""
    return {code: Office.objects.get_or_create(code=code, defaults={"kind": kind, "name": name})[0] for code, kind, name in OFFICES}


def make_people() -> tuple[Card, ...]:
    """Make the sample people where nobody can sign in yet."""
    if Clerk.objects.exists():
        return ()
    offices = make_offices()
    password = new_password()
    kept = make_password(password)  # argon2 is slow on purpose: one password for all invented people
    made = []
    for username, number, name, office, roles in _PEOPLE:
        clerk = Clerk.objects.create(
            username=username, password=kept, staff_number=number, full_name=name, office=offices[office].name if office else _ANY
        )
        for role in roles:
            Posting.objects.create(clerk=clerk, role=role, office=offices.get(office))
        made.append(Card(username, name, ", ".join(roles), password, bind_unseen(clerk)))
    return tuple(made)


def new_password() -> str:
    """Return a password that can be read out."""
    letters = string.ascii_lowercase.translate({ord("l"): None, ord("o"): None}) + "23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
