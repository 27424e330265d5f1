"""Until when this terminal's own certificate is good: also asked where nothing else of admission is needed."""

from datetime import datetime
from pathlib import Path

from cryptography import x509

from sync.contract.enrolment import CERTIFICATE_LIFE, RENEW_AFTER


def certificate_until(path: Path) -> datetime | None:
    """Return until when the certificate in `path` is valid, None when there is none that can be read."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None


def renewal_due(path: Path, now: datetime) -> bool:
    """Tell whether it is time to ask: there is none, or two thirds of its life are over."""
    until = certificate_until(path)
    return until is None or now >= until - (CERTIFICATE_LIFE - RENEW_AFTER)
