"""Which reply answers which command. Replies do not name their command, so a late one could be taken for the next one's."""

from drivers.sam.codes import Sw3
from drivers.sam.data import TEXT_BYTES
from drivers.sam.frames import Command, Reply

_SUCCESS = frozenset({Sw3.DONE, Sw3.ITEM_ABSENT, Sw3.FOUND})
_EXPECTED: dict[Command, frozenset[Sw3]] = {
    Command.FIND: frozenset({Sw3.FOUND}),
    Command.NEWEST_ADDRESS: frozenset({Sw3.DONE, Sw3.ITEM_ABSENT}),
}
_CARRY_A_CARD = frozenset({Command.READ, Command.READ_WITH_FINGERPRINT})


def is_success(command: Command, sw3: int) -> bool:
    """Whether the code says that the command was carried out."""
    return sw3 in _EXPECTED.get(command, frozenset({Sw3.DONE}))


def is_answer(command: Command, reply: Reply) -> bool:
    """Whether the reply can be this command's.

    A refusal can. A success of another command cannot, nor can one with a card in it where none was asked for.
    """
    if not is_success(command, reply.sw3):
        return reply.sw3 not in _SUCCESS
    if command is Command.MODULE_ID and not reply.data:
        return False  # that of the question before
    return (len(reply.data) >= TEXT_BYTES) == (command in _CARRY_A_CARD)


def words(command: Command) -> str:
    """Return the command's name for staff."""
    return command.name.lower().replace("_", " ")
