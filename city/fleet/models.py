"""The terminals that the city admits."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import models

from sync.contract.names import TerminalId


class Terminal(models.Model):
    """An admitted terminal and the key that its requests are signed with."""

    id = models.CharField(max_length=32, primary_key=True)
    public_key = models.BinaryField(max_length=32)
    place = models.CharField(max_length=60, blank=True)  # where it stands, such as 松风社区
    area = models.CharField(max_length=32, blank=True)  # the code of the area that it serves; its cases are of this area
    admitted_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.id

    @property
    def terminal_id(self) -> TerminalId:
        """Its id, as the wire names it."""
        return TerminalId(self.id)

    @property
    def key(self) -> Ed25519PublicKey:
        """The key that verifies its requests."""
        return Ed25519PublicKey.from_public_bytes(bytes(self.public_key))
