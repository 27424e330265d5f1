"""The six digits that change every half minute (TOTP, RFC 6238): the second thing that a person must have, beside the password."""

import io
from dataclasses import dataclass, field

import pyotp
import segno
from cryptography.fernet import Fernet

from city import here
from city.staff.models import Clerk, SecondFactor

DIGITS = 6
STEP_S = 30
ISSUER = "一口式办理"
_EARLIER_AND_LATER = (0, -1, 1)  # a telephone's clock may be half a minute off


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new secret on its way to a telephone; it is kept only once a code made from it has come back."""

    secret: str = field(repr=False)
    clerk: Clerk

    @property
    def address(self) -> str:
        """What the telephone scans."""
        return pyotp.TOTP(self.secret).provisioning_uri(name=self.clerk.username, issuer_name=ISSUER)

    @property
    def picture(self) -> str:
        """The address as a QR code, in SVG."""
        drawn = io.BytesIO()
        segno.make(self.address, error="m").save(drawn, kind="svg", scale=4, border=2, xmldecl=False, svgns=True, nl=False)
        return drawn.getvalue().decode()


def fresh(clerk: Clerk, secret: str | None = None) -> Fresh:
    """Return a new secret for `clerk`, or the one that is already on its way."""
    return Fresh(secret or pyotp.random_base32(), clerk)


def is_bound(clerk: Clerk) -> bool:
    """Tell whether `clerk` has a telephone bound."""
    return SecondFactor.objects.filter(pk=clerk.pk).exists()


def bind(new: Fresh, code: str) -> bool:
    """Keep the secret if `code` was made from it; a bound telephone is never replaced here."""
    step = _step_of(new.secret, code)
    if step is None or is_bound(new.clerk):
        return False
    SecondFactor.objects.create(clerk=new.clerk, sealed_secret=_box().encrypt(new.secret.encode()), last_step=step)
    return True


def bind_unseen(clerk: Clerk) -> str:
    """Bind a new secret that no telephone has shown yet, and return it, to be handed over together with the first password."""
    secret = pyotp.random_base32()
    SecondFactor.objects.create(clerk=clerk, sealed_secret=_box().encrypt(secret.encode()))
    return secret


def is_right(clerk: Clerk, code: str) -> bool:
    """Tell whether `code` is one that the telephone shows now and that nobody has used; it is used up by asking."""
    kept = SecondFactor.objects.filter(pk=clerk.pk).first()
    if kept is None:
        return False
    step = _step_of(_box().decrypt(bytes(kept.sealed_secret)).decode(), code)
    return step is not None and SecondFactor.objects.filter(pk=clerk.pk, last_step__lt=step).update(last_step=step) == 1


def seconds_left() -> int:
    """Return for how long the code on the telephone still stands."""
    return STEP_S - int(here.now().timestamp()) % STEP_S


def _step_of(secret: str, code: str) -> int | None:
    """The place in time of `code`, if it belongs to one near now."""
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    totp = pyotp.TOTP(secret)
    now = int(here.now().timestamp()) // STEP_S
    return next((now + off for off in _EARLIER_AND_LATER if pyotp.utils.strings_equal(totp.generate_otp(now + off), code)), None)


def _box() -> Fernet:
    return Fernet(here.keys().second_factors)
