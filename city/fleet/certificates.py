"""Certificates of terminals, 90 days, for keys that the terminals made, to show at the reverse proxy; the list of those taken back."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from city.certificates import authority, key_usage, named
from city.fleet.models import Certificate, Terminal
from city.folder import CityFolder, write_whole
from sync.contract.enrolment import CERTIFICATE_LIFE

REVOKED = "terminals.crl.pem"
_EARLY = timedelta(days=1)  # a terminal whose clock is a little behind must be able to use it at once
_LIST_LIFE = timedelta(days=400)  # written anew with each withdrawal and each `city init`; a proxy refuses everybody when it is over


def issue(folder: CityFolder, terminal: Terminal, now: datetime) -> Certificate:
    """Issue a certificate to `terminal` and note it; it names the terminal and cannot be used to serve or to sign others."""
    issuer, issuer_key = authority(folder)
    serial = x509.random_serial_number()
    made = (
        x509.CertificateBuilder()
        .subject_name(named(terminal.id))
        .issuer_name(issuer.subject)
        .public_key(Ed25519PublicKey.from_public_bytes(bytes(terminal.public_key)))
        .serial_number(serial)
        .not_valid_before(now - _EARLY)
        .not_valid_after(now + CERTIFICATE_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(f"urn:bianmin:terminal:{terminal.id}")]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    pem = made.public_bytes(Encoding.PEM).decode("ascii")
    note = Certificate.objects.create(serial=f"{serial:040x}", terminal=terminal, issued_at=now, until=made.not_valid_after_utc, pem=pem)
    Terminal.objects.filter(pk=terminal.pk).update(certificate_until=note.until)
    terminal.certificate_until = note.until
    return note


def write_revoked(folder: CityFolder, now: datetime) -> None:
    """Write the list of the certificates that were taken back and are not over yet, for the reverse proxy."""
    issuer, issuer_key = authority(folder)
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject).last_update(now).next_update(now + _LIST_LIFE)
    for note in Certificate.objects.filter(until__gt=now).exclude(revoked_at=None).order_by("pk"):
        one = x509.RevokedCertificateBuilder().serial_number(int(note.serial, 16)).revocation_date(note.revoked_at or now).build()
        builder = builder.add_revoked_certificate(one)
    write_whole(folder.public / REVOKED, builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.PEM), 0o644)
