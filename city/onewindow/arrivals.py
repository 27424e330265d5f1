"""Who else is told when an application comes in: an item with a door of its own goes to whoever stands behind that door.

    @arrives_at(Door.GRID)
    def report(case: Case, content: Content) -> None: ...

It is called in the transaction that takes the case in. The module with it is imported in the app's `AppConfig.ready`.
"""

from collections.abc import Callable

from city.onewindow.content import Content
from city.onewindow.models import Case
from sync.contract.item import Door

Receiver = Callable[[Case, Content], None]

_receivers: dict[Door, Receiver] = {}


def arrives_at(door: Door) -> Callable[[Receiver], Receiver]:
    """Make a function the one that receives what is handed in at a door.

    Raises:
        ValueError: The door has a receiver already.
    """

    def register(receiver: Receiver) -> Receiver:
        if door in _receivers:
            raise ValueError(f"the door {door} has a receiver already")
        _receivers[door] = receiver
        return receiver

    return register


def tell(content: Content, case: Callable[[], Case]) -> None:
    """Tell whoever stands behind the item's door; the front desk finds its own in its queue, and `case` is not made for it."""
    receiver = _receivers.get(content.package.door)
    if receiver is not None:
        receiver(case(), content)
