"""What an administrator does with people's accounts: each act is one transaction that leaves a line, or a refusal that changes nothing."""

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum

from django.db import transaction

from city import here
from city.staff import second_factor
from city.staff.models import Clerk, Invitation, Office, OidcIdentity, Posting, SecondFactor, SignInFailure, StaffLine, StaffStep
from city.staff.roles import Role
from city.staff.sign_in import note_failure, tries_left

LINK_GOOD_FOR = timedelta(hours=72)


class Unfit(StrEnum):
    """Why an act is refused."""

    OWN = "own"
    LAST_ADMINISTRATOR = "last_administrator"
    PROVIDERS = "providers"
    POSTED = "posted"
    NO_AREA = "no_area"
    NO_WITNESS = "no_witness"
    WRONG_CODE = "wrong_code"
    NOT_BOUND = "not_bound"


class UnfitError(Exception):
    """An act is refused; nothing was changed."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(why.value)
        self.why = why


def is_from_provider(clerk: Clerk) -> bool:
    """Tell whether `clerk` signs in at the city's identity provider, which then says their postings, too."""
    return OidcIdentity.objects.filter(pk=clerk.pk).exists()


def invite(clerk: Clerk, by: Clerk) -> str:
    """Return the secret of a new link for `clerk`; an older link of theirs opens nothing any more.

    Raises:
        UnfitError: They have no password here.
    """
    if is_from_provider(clerk):
        raise UnfitError(Unfit.PROVIDERS)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        facts = {"digest": _digest(secret), "expires_at": here.now() + LINK_GOOD_FOR}
        Invitation.objects.update_or_create(clerk=clerk, defaults=facts)
        StaffLine(clerk=clerk, step=StaffStep.INVITED, by=by).save()
    return secret


def invited(secret: str) -> Clerk | None:
    """Return whose link it is, while it is good."""
    row = (
        Invitation.objects.select_related("clerk").filter(digest=_digest(secret), expires_at__gt=here.now(), clerk__is_active=True).first()
    )
    return row.clerk if row else None


def set_up(clerk: Clerk, secret: str, password: str) -> bool:
    """Keep the password that `clerk` chose; the link is used up. False where somebody was quicker with the same link."""
    with transaction.atomic():
        taken, _ = Invitation.objects.filter(clerk=clerk, digest=_digest(secret)).delete()
        if not taken:
            return False
        clerk.set_password(password)
        clerk.save(update_fields=["password"])
        SignInFailure.objects.filter(username=clerk.username).delete()
        StaffLine(clerk=clerk, step=StaffStep.SET_UP, by=clerk).save()
    return True


def post(clerk: Clerk, role: Role, office: Office | None, area: str, by: Clerk) -> None:
    """Give a posting.

    Raises:
        UnfitError: To oneself, to somebody whose postings the provider says, or one that they have.
    """
    _not_own(clerk, by)
    if is_from_provider(clerk):
        raise UnfitError(Unfit.PROVIDERS)
    with transaction.atomic():
        _, is_new = Posting.objects.get_or_create(clerk=clerk, role=role, office=office, area=area)
        if not is_new:
            raise UnfitError(Unfit.POSTED)
        StaffLine(clerk=clerk, step=StaffStep.POSTED, by=by, note=_said(role, office, area)).save()


def unpost(posting: Posting, by: Clerk) -> None:
    """Take a posting back.

    Raises:
        UnfitError: The provider says it, or nobody would be left to look after accounts.
    """
    if is_from_provider(posting.clerk):
        raise UnfitError(Unfit.PROVIDERS)
    with transaction.atomic():
        if posting.role == Role.ADMINISTRATOR:
            _another_administrator(posting.clerk)
        note = _said(Role(posting.role), posting.office, posting.area)
        posting.delete()
        StaffLine(clerk=posting.clerk, step=StaffStep.UNPOSTED, by=by, note=note).save()


def lock(clerk: Clerk, by: Clerk) -> None:
    """Close an account: nobody signs in with it, and whoever is in is out with their next click.

    Raises:
        UnfitError: It is one's own, or the last administrator's.
    """
    _not_own(clerk, by)
    with transaction.atomic():
        if clerk.postings.filter(role=Role.ADMINISTRATOR).exists():
            _another_administrator(clerk)
        if Clerk.objects.filter(pk=clerk.pk, is_active=True).update(is_active=False):
            Invitation.objects.filter(clerk=clerk).delete()
            StaffLine(clerk=clerk, step=StaffStep.LOCKED, by=by).save()


def unlock(clerk: Clerk, by: Clerk) -> None:
    """Open a closed account again; sign-ins that failed are forgotten."""
    with transaction.atomic():
        Clerk.objects.filter(pk=clerk.pk).update(is_active=True)
        SignInFailure.objects.filter(username=clerk.username).delete()
        StaffLine(clerk=clerk, step=StaffStep.UNLOCKED, by=by).save()


def unbind(clerk: Clerk, by: Clerk, witness_number: str, code: str) -> None:
    """Forget the telephone of `clerk`, so that the next sign-in binds another. A third person stands by and shows it with their own digits.

    Raises:
        UnfitError: Nothing is bound, there is no such witness, or their digits are not right.
    """
    witness = Clerk.objects.filter(staff_number=witness_number, is_active=True).exclude(pk__in=(by.pk, clerk.pk)).first()
    if not second_factor.is_bound(clerk):
        raise UnfitError(Unfit.NOT_BOUND)
    if witness is None or not witness.postings.exists():
        raise UnfitError(Unfit.NO_WITNESS)
    if tries_left(witness.username) <= 0 or not second_factor.is_right(witness, code):
        note_failure(witness.username)
        raise UnfitError(Unfit.WRONG_CODE)
    with transaction.atomic():
        SecondFactor.objects.filter(pk=clerk.pk).delete()
        StaffLine(clerk=clerk, step=StaffStep.UNBOUND, by=by, witness=witness).save()


def _not_own(clerk: Clerk, by: Clerk) -> None:
    if clerk.pk == by.pk:
        raise UnfitError(Unfit.OWN)


def _another_administrator(clerk: Clerk) -> None:
    """Make sure that somebody else looks after accounts; their rows are held, so that two can't take each other out at once."""
    others = Posting.objects.select_for_update().filter(role=Role.ADMINISTRATOR, clerk__is_active=True).order_by("pk")
    if all(other.clerk_id == clerk.pk for other in others):
        raise UnfitError(Unfit.LAST_ADMINISTRATOR)


def _said(role: Role, office: Office | None, area: str) -> str:
    return " · ".join(part for part in (str(role.label), office.name if office else "", area) if part)[:200]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
