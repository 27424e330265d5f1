"""Technicians, and the acts that terminals tell of."""

from django.db import models

from city.fleet.models import Terminal
from sync.contract.names import Digest
from sync.contract.technicians import ActRecord, Pin, Technician, TechnicianRole

ROLE_NAMES: dict[TechnicianRole, str] = {
    TechnicianRole.OPENER: "开箱员",
    TechnicianRole.TECHNICIAN: "技术员",
    TechnicianRole.ENGINEER: "工程师",
}


class StaffCard(models.Model):
    """One technician's card and PIN. Neither can be read from here."""

    number = models.CharField(max_length=16, primary_key=True)
    role = models.CharField(max_length=12, choices=[(role.value, ROLE_NAMES[role]) for role in TechnicianRole])
    card = models.CharField(max_length=64, unique=True)
    pin_salt = models.BinaryField(max_length=16)
    pin_key = models.BinaryField(max_length=32)
    issued_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.number

    def technician(self) -> Technician:
        """Return what terminals are told."""
        return Technician(self.number, TechnicianRole(self.role), Digest(self.card), Pin(bytes(self.pin_salt), bytes(self.pin_key)))


class Act(models.Model):
    """One act at a terminal, as its chain has it; rows are added and never changed."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="acts")
    chain = models.PositiveSmallIntegerField(default=1)  # counted up whenever the terminal set a damaged record aside
    number = models.PositiveIntegerField()
    at = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=16)
    act = models.CharField(max_length=24)
    about = models.CharField(max_length=40)
    before = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("terminal", "chain", "number"), name="one_act_a_number"),)

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.number}"

    @classmethod
    def of(cls, terminal: Terminal, chain: int, record: ActRecord) -> "Act":
        """Make a row of what a terminal told."""
        return cls(
            terminal=terminal,
            chain=chain,
            number=record.number,
            at=record.at,
            by=record.by,
            act=record.act.value,
            about=record.about,
            before=record.before,
            digest=record.digest,
        )
