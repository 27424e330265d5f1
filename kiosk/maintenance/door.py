"""Who may open the maintenance menu: whoever has a card and its PIN, or the one-time code that operations reads out; both offline."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import pyotp

from kiosk.maintenance.attempts import Attempts
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from peripherals.secret import Secret
from sync.contract.technicians import ONE_TIME, TechnicianRole, Technicians, card_digest

CODE_MAY_BE_OFF: Final = 4
"""Steps of half a minute to either side: a terminal without a line has a clock that drifts."""


class Door:
    """Judges tries. `told` returns the feed as it may be believed now, or None; `now` is aware."""

    def __init__(self, told: Callable[[], Technicians | None], attempts: Attempts, now: Callable[[], datetime]) -> None:
        self._told = told
        self._attempts = attempts
        self._now = now

    def knock(self) -> SignIn:
        """Say whether anybody may try at all, without trying."""
        wait_s = self._attempts.blocked_s()
        if wait_s:
            return SignIn(SignInStatus.LOCKED, wait_s=round(wait_s))
        return SignIn(SignInStatus.NOBODY if self._told() is None else SignInStatus.OPEN, tries_left=self._attempts.left)

    def try_code(self, code: Secret[str], card_uid: Secret[str] | None) -> SignIn:
        """Judge six digits: a PIN when a card lies there, a one-time code otherwise."""
        told = self._told()
        knocked = self.knock()
        if knocked.status is not SignInStatus.OPEN or told is None:
            return knocked
        try:
            self._attempts.begin()
            found = self._by_card(told, card_uid, code) if card_uid is not None else self._by_code(told, code)
        except OSError:
            return SignIn(SignInStatus.STORAGE_FAULT)
        return found or self._failed()

    def _failed(self) -> SignIn:
        wait_s = round(self._attempts.blocked_s())
        return SignIn(SignInStatus.LOCKED if wait_s else SignInStatus.WRONG, tries_left=0 if wait_s else self._attempts.left, wait_s=wait_s)

    def _by_card(self, told: Technicians, uid: Secret[str], code: Secret[str]) -> SignIn | None:
        digest = card_digest(uid.reveal())
        for one in told.technicians:
            if one.card == digest and one.pin.is_of(code.reveal()):
                self._attempts.succeed()
                return SignIn(SignInStatus.SIGNED_IN, one.number, one.role)
        return None

    def _by_code(self, told: Technicians, code: Secret[str]) -> SignIn | None:
        codes = pyotp.TOTP(told.one_time_secret)
        step = codes.timecode(self._now())
        for counter in range(step - CODE_MAY_BE_OFF, step + CODE_MAY_BE_OFF + 1):
            if pyotp.utils.strings_equal(codes.generate_otp(counter), code.reveal()) and not self._attempts.is_used(counter):
                self._attempts.succeed(counter)
                return SignIn(SignInStatus.SIGNED_IN, ONE_TIME, TechnicianRole.TECHNICIAN)
        return None
