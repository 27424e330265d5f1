"""By which time the city's certificate is judged, on a machine whose clock may have jumped, or starts in 1970.

What the city has signed, and this terminal keeps, names a moment that is certainly past. A clock that shows an earlier one is wrong; one
that is more than a year ahead of it may be. Then a certificate is also good if it was not over at that moment: a terminal with a wrong
clock still delivers, and whoever answered with an old certificate would get what is sealed to the city's key, and could sign for nothing.
The same holds for a certificate that is not valid yet: the city's authority signs none for the future, so it is the clock that is behind.

A clock that is months ahead of the city's certificate is told from a certificate that is over by asking the city (`AnyTime`): over a line
whose certificate is the city's but for its time goes one question, and the answer, signed by the city's receipt key for this very question,
names the time by which the certificate is judged from then on. Nothing else goes over that line.
"""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509

BUILT_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""No earlier time is true for this program."""

DOUBTED_AFTER: Final = timedelta(days=400)
"""A clock so far ahead of what was last signed is not believed by itself: nothing came from the city for as long, or it jumped."""

NOT_YET_VALID: Final = 9
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID."""

_NO_CHECK_TIME: Final = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, for which Python has no name."""

Handshake = Callable[[ssl.SSLContext], bytes]
"""Makes a new connection with this context, and returns the certificate that was shown (DER)."""


class OutOfDateError(ssl.SSLCertVerificationError):
    """The city's certificate is over, or this machine's clock is wrong."""


@dataclass(eq=False, slots=True)
class CertificateTime:
    """Judges by the machine's clock, and where that is doubtful also by `signed_at`: the latest moment the city is known to have signed.

    Once the city was asked for its time, it judges by that, and the kernel's clock since; the machine's clock says nothing any more.
    """

    signed_at: datetime = BUILT_AT
    now_s: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME)
    _told: tuple[datetime, float] | None = None

    def tell(self, city_now: datetime) -> None:
        """Take what the city has signed, just now and for us, as the time (aware)."""
        self._told = city_now, self.now_s()

    @property
    def told_now(self) -> datetime | None:
        """The time as the city told it, and as it has gone on since; None where nobody asked."""
        return None if self._told is None else self._told[0] + timedelta(seconds=self.now_s() - self._told[1])

    def is_doubtful(self, now: datetime) -> bool:
        """Tell whether a clock that shows `now` (aware) may be wrong by years."""
        return not self.signed_at <= now <= self.signed_at + DOUBTED_AFTER

    def judge(self, now: datetime, new_context: Callable[[], ssl.SSLContext], shake_hands: Handshake) -> None:
        """Shake hands: OpenSSL checks everything, but leaves the time to `check` where the clock, which shows `now`, may be wrong.

        Raises:
            SSLCertVerificationError: It is not the city, or its certificate is over by whatever time may be true.
            OSError: As `shake_hands`.
        """
        context = new_context()
        if self._told is not None or self.is_doubtful(now):
            context.verify_flags |= _NO_CHECK_TIME
        try:
            shown = shake_hands(context)
        except ssl.SSLCertVerificationError as error:
            if error.verify_code != NOT_YET_VALID:
                raise
            context = new_context()
            context.verify_flags |= _NO_CHECK_TIME
            shown = shake_hands(context)
        self.check(shown, now)

    def check(self, certificate: bytes, now: datetime) -> None:
        """Judge the city's certificate (DER), which is right in everything but perhaps its time.

        Raises:
            OutOfDateError: It is over, by whatever time may be true.
        """
        read = x509.load_der_x509_certificate(certificate)
        if (told := self.told_now) is not None:
            if told > read.not_valid_after_utc:
                raise OutOfDateError("the certificate is over, by the city's own time")
            return
        is_valid = read.not_valid_before_utc <= now <= read.not_valid_after_utc
        is_clock_wrong = now < read.not_valid_before_utc or self.is_doubtful(now)
        if not is_valid and not (is_clock_wrong and self.signed_at <= read.not_valid_after_utc):
            raise OutOfDateError("the certificate is out of date, or the clock is")


class AnyTime(CertificateTime):
    """Lets a certificate's time be whatever it is, for the one question that asks for the time; everything else of it is checked."""

    def judge(self, now: datetime, new_context: Callable[[], ssl.SSLContext], shake_hands: Handshake) -> None:
        """Shake hands with whoever has, or had, a certificate of the city's authority for the city's name."""
        del now
        context = new_context()
        context.verify_flags |= _NO_CHECK_TIME
        shake_hands(context)
