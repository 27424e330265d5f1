"""A release that runs unproven for too long is left: the loader counts its tries, and takes the other slot when there are none."""

from enum import StrEnum

from sync.update.journal import Notes

LEFT_AFTER_S = 900
"""How long a release has from the machine's start to its proof; `kiosk-unproven.timer` says the same."""

_PROVEN, _BEING_PROVEN = "exited", "start"
"""Substates of a service of one run that stays, as systemd names them."""


class Verdict(StrEnum):
    """What is to be done about what runs."""

    STAYS = "stays"
    LEFT = "left"


def judge(notes: Notes, running: str, proof: str) -> Verdict:
    """Return whether the machine has to be started again.

    Only a release that came by the update channel is ever left. A terminal that does not come up for other reasons, a panel that was
    unplugged or a full disk, says so on its screen and is not started again and again.

    Args:
        notes: What the update agent has under way.
        running: The version that runs.
        proof: The substate of `kiosk-health.service`. One that waits to look again (auto-restart) has proven nothing, however often
            it does so.
    """
    if proof in (_PROVEN, _BEING_PROVEN):
        return Verdict.STAYS
    switch = notes.switch
    return Verdict.LEFT if switch is not None and switch.release == running else Verdict.STAYS
