"""Who the identity provider vouches for becomes a clerk here, with the postings that their groups give, and no others."""

import hashlib

from django.db import transaction

from city.staff.models import Clerk, Office, OidcIdentity, Posting, StaffLine, StaffStep
from city.staff.oidc import Grant, Known, NotIn, OidcError, Provider


def let_in(provider: Provider, known: Known) -> Clerk:
    """Return the clerk for `known`, made on the first sign-in; postings follow the provider's groups each time.

    A local account of the same name is never taken over: the provider's user names are not ours to trust, its subjects are.

    Raises:
        OidcError: None of the groups has a role here, the name is taken, or the account is locked.
    """
    grants = {grant for group in known.groups for grant in provider.roles.get(group, ())}
    with transaction.atomic():
        found = OidcIdentity.objects.select_related("clerk").filter(issuer=provider.issuer, subject=known.subject).first()
        if found is not None and not found.clerk.is_active:
            raise OidcError(NotIn.LOCKED)
        if found is None and not grants:
            raise OidcError(NotIn.UNKNOWN)
        clerk = found.clerk if found else _made(provider, known)
        _post(clerk, grants)
    if not grants:  # after the postings were taken back, and that is kept
        raise OidcError(NotIn.UNKNOWN)
    return clerk


def _made(provider: Provider, known: Known) -> Clerk:
    if Clerk.objects.filter(username=known.username).exists():
        raise OidcError(NotIn.TAKEN)
    number = "U" + hashlib.sha256(f"{provider.issuer} {known.subject}".encode()).hexdigest()[:9].upper()
    clerk = Clerk(username=known.username, staff_number=number, full_name=known.full_name, office=provider.label[:60])
    clerk.set_unusable_password()
    clerk.save()
    OidcIdentity.objects.create(clerk=clerk, issuer=provider.issuer, subject=known.subject)
    StaffLine(clerk=clerk, step=StaffStep.ADDED, by=clerk, note=provider.label[:60]).save()
    return clerk


def _post(clerk: Clerk, grants: set[Grant]) -> None:
    offices = {office.code: office for office in Office.objects.filter(code__in=[grant.office for grant in grants])}
    wanted = {
        (grant.role.value, offices[grant.office].pk if grant.office else None, grant.area)
        for grant in grants
        if not grant.office or grant.office in offices
    }
    kept = {(posting.role, posting.office_id, posting.area): posting for posting in clerk.postings.all()}
    if wanted == set(kept):
        return
    for facts in kept.keys() - wanted:
        kept[facts].delete()
    for role, office, area in wanted - kept.keys():
        Posting.objects.create(clerk=clerk, role=role, office_id=office, area=area)
    names = [office.name for office in offices.values()]
    if names:
        Clerk.objects.filter(pk=clerk.pk).update(office=names[0])
    StaffLine(clerk=clerk, step=StaffStep.FROM_PROVIDER, by=clerk, note="、".join(sorted(role for role, _, _ in wanted))[:200]).save()
