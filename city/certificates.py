"""The city's own certificate authority, and the server certificate that terminals check."""

import ipaddress
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from city.folder import CityFolder, FolderError, write_whole

AUTHORITY_YEARS = 20
SERVER_DAYS = 398
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_EARLY = timedelta(days=1)  # a terminal whose clock is a little behind must not refuse a new certificate


def make_authority(folder: CityFolder) -> None:
    """Make the authority's key and certificate, unless they are there."""
    if (folder.keys / "ca.key").exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = named("便民终端 city CA")
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLY)
        .not_valid_after(now + timedelta(days=365 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_whole(folder.public / "ca.pem", certificate.public_bytes(Encoding.PEM), 0o644)
    write_whole(folder.keys / "ca.key", _pem(key))


def make_server_certificate(folder: CityFolder, hosts: tuple[str, ...] = ()) -> None:
    """Issue the certificate under which the city answers: for the loopback names and `hosts`. An old one is replaced."""
    issuer, issuer_key = authority(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named("便民终端 city"))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLY)
        .not_valid_after(now + timedelta(days=SERVER_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_host(host) for host in (*LOOPBACK, *hosts)]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    write_whole(folder.keys / "server.key", _pem(key))
    write_whole(folder.keys / "server.pem", certificate.public_bytes(Encoding.PEM))


def authority(folder: CityFolder) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Return the authority's certificate and key.

    Raises:
        FolderError: They cannot be read.
    """
    try:
        certificate = x509.load_pem_x509_certificate((folder.public / "ca.pem").read_bytes())
        key = load_pem_private_key((folder.keys / "ca.key").read_bytes(), None)
    except (OSError, ValueError) as error:
        raise FolderError(f"{folder.keys}/ca.key or {folder.public}/ca.pem cannot be read; restore them from the backup") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise FolderError(f"{folder.keys}/ca.key: not the key of this city's authority; restore it from the backup")
    return certificate, key


def server_certificate_days_left(folder: CityFolder) -> int:
    """Return how many days the server's certificate is still valid, none if there is none."""
    path = folder.keys / "server.pem"
    if not path.exists():
        return 0
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return max(0, (certificate.not_valid_after_utc - datetime.now(UTC)).days)


def server_certificate_names(folder: CityFolder, hosts: tuple[str, ...]) -> bool:
    """Tell whether the server's certificate is good for all of these hosts."""
    path = folder.keys / "server.pem"
    if not path.exists():
        return False
    names = x509.load_pem_x509_certificate(path.read_bytes()).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return all(_host(host) in names for host in hosts)


def named(name: str) -> x509.Name:
    """Return a subject."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """Return what a key may be used for: certificates, or nothing but to prove who holds it."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
