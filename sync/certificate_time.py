"""By which time the city's certificate is judged, on a machine whose clock may have jumped, or starts in 1970.

What the city has signed, and this terminal keeps, names a moment that is certainly past. A clock that shows an earlier one is wrong; one
that is more than a year ahead of it may be. Then a certificate is also good if it was not over at that moment: a terminal with a wrong
clock still delivers, and whoever answered with an old certificate would get what is sealed to the city's key, and could sign for nothing.
"""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509

BUILT_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""No earlier time is true for this program."""

DOUBTED_AFTER: Final = timedelta(days=400)
"""A clock so far ahead of what was last signed is not believed by itself: nothing came from the city for as long, or it jumped."""

_NO_CHECK_TIME: Final = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, for which Python has no name."""


@dataclass(frozen=True, slots=True)
class CertificateTime:
    """Judges by the machine's clock, and where that is doubtful also by `signed_at`: the latest moment the city is known to have signed."""

    signed_at: datetime = BUILT_AT

    def is_doubtful(self, now: datetime) -> bool:
        """Tell whether a clock that shows `now` (aware) may be wrong by years."""
        return not self.signed_at <= now <= self.signed_at + DOUBTED_AFTER

    def loosen(self, context: ssl.SSLContext, now: datetime) -> None:
        """Let OpenSSL check everything but the time where the clock is doubtful; `check` is to be asked then."""
        if self.is_doubtful(now):
            context.verify_flags |= _NO_CHECK_TIME

    def check(self, certificate: bytes, now: datetime) -> None:
        """Judge the city's certificate (DER), which is right in everything but perhaps its time.

        Raises:
            SSLCertVerificationError: It is over, or not yet valid, by whatever time may be true.
        """
        read = x509.load_der_x509_certificate(certificate)
        is_valid = read.not_valid_before_utc <= now <= read.not_valid_after_utc
        if not is_valid and not (self.is_doubtful(now) and self.signed_at <= read.not_valid_after_utc):
            raise ssl.SSLCertVerificationError("the certificate is out of date, or the clock is")
