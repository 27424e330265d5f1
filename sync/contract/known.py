"""Every feed and every kind of question of this version: what the terminal fetches and the city describes.

To add one, write its types in a module of its own beside this one and list its kind here.
"""

from typing import Any, Final

from sync.contract.appointments import BOOK, GIVE_BACK, MINE, TIMES, WINDOWS
from sync.contract.bills import ACCOUNTS, BILL, PAY, PAYMENT, UTILITIES
from sync.contract.calls import CALL_STAFF
from sync.contract.city_time import CITY_TIME
from sync.contract.directory import DIRECTORY
from sync.contract.feed import FeedKind
from sync.contract.notices import NOTICES
from sync.contract.paid_bills import PAID
from sync.contract.places import GRID_MAP
from sync.contract.progress import PROGRESS, RATING
from sync.contract.proofs import CASE_PAPER, PROOF, PROOF_PRINTED, PROOFS
from sync.contract.question import QuestionKind
from sync.contract.sealing_keys import SEALING_KEYS
from sync.contract.steering import ORDER_ANSWER, ORDERS, SETTINGS
from sync.contract.technicians import ACTS, TECHNICIANS

FEEDS: Final[tuple[FeedKind[Any], ...]] = (
    SEALING_KEYS,
    NOTICES,
    GRID_MAP,
    DIRECTORY,
    UTILITIES,
    TECHNICIANS,
    PROOFS,
    WINDOWS,
    SETTINGS,
    ORDERS,
)
QUESTIONS: Final[tuple[QuestionKind[Any, Any], ...]] = (
    ACTS, PROGRESS, RATING, CALL_STAFF, ACCOUNTS, BILL, PAY, PAYMENT, PAID, PROOF, PROOF_PRINTED, CASE_PAPER, TIMES, BOOK, MINE, GIVE_BACK,
    ORDER_ANSWER, CITY_TIME,
)  # fmt: skip
