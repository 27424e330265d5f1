"""The keys of the update channel, each by the address of its secret half: a file, or a slot of an HSM over PKCS#11.

Offline keys (root, targets, each channel's releases) belong on media that are put away; the city needs them to publish, not to run. Online
ones (snapshot, timestamp, each channel's rollout) stay with the city, and can neither add a release nor change who may.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.exceptions import StorageError
from securesystemslib.signer import Key, Signer, SSlibKey

from city.folder import FolderError
from sync.contract.signing_keys import KeyFileError, public_pem, read_public_key, write_secret_key

OF_THREE = 3
THRESHOLD = 2
_OWN_HALF = ".secret.pem"
_ADDRESS = ".uri"


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """Keys of one place: `NAME.pem` is the public half; beside it `NAME.secret.pem`, or `NAME.uri` with an address such as hsm:."""

    folder: Path

    def make(self, role: str, count: int = 1) -> list[Key]:
        """Make the keys of a role that are missing, in files; return all public halves."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number in range(1, count + 1):
            public = self.folder / f"{role}-{number}.pem"
            if not public.exists():
                secret = Ed25519PrivateKey.generate()
                write_secret_key(self.folder / f"{role}-{number}{_OWN_HALF}", secret)
                public.write_bytes(public_pem(secret.public_key()))
        return self.public(role)

    def public(self, role: str) -> list[Key]:
        """Return the public halves of a role.

        Raises:
            FolderError: One cannot be read.
        """
        try:
            return [SSlibKey.from_crypto(read_public_key(path)) for path in self._files(role)]
        except KeyFileError as error:
            raise FolderError(f"{error}; restore it from where the keys are put away") from error

    def signers(self, role: str) -> list[Signer]:
        """Return what can sign for a role here; those whose secret half is elsewhere are left out.

        Raises:
            FolderError: A key file is damaged, or an HSM does not open.
        """
        found = []
        for path in self._files(role):
            stem = path.name.removesuffix(".pem")
            secret, address = self.folder / f"{stem}{_OWN_HALF}", self.folder / f"{stem}{_ADDRESS}"
            key = SSlibKey.from_crypto(read_public_key(path))
            try:
                if secret.exists():
                    found.append(Signer.from_priv_key_uri(f"file2:{secret}", key))
                elif address.exists():
                    found.append(Signer.from_priv_key_uri(address.read_text(encoding="utf-8").strip(), key))
            except (OSError, ValueError, StorageError, KeyFileError) as error:
                raise FolderError(f"{secret if secret.exists() else address}: the key does not open: {error}") from error
        return found

    def _files(self, role: str) -> Iterator[Path]:
        return (path for path in sorted(self.folder.glob(f"{role}-*.pem")) if path.name.removesuffix(".pem")[len(role) + 1 :].isdigit())
