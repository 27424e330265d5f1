"""The standard library's `dataclass` for values that are made once and never changed, without what that costs at every start.

For each class Python writes half a dozen functions as text and compiles them: half a millisecond at every start of a program, which no
bytecode saves, and the screen has some two hundred. Here they become structs of msgspec, which has these functions in C. For the type
checker, for `replace`, `fields` and `asdict`, and for whoever reads the class, they are dataclasses.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import MISSING, Field, fields, make_dataclass
from typing import TYPE_CHECKING, Any

from msgspec import Struct, defstruct
from msgspec import field as struct_field

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """Make a struct of the class below. Both words must be True: a struct that cannot be changed is nothing else."""
        if not (frozen and slots):
            raise TypeError("what can be changed, or has no slots, is for dataclasses.dataclass")
        return _struct_of


__all__ = ["dataclass"]

_NOT_TAKEN_OVER = ("__annotations__", "__dict__", "__weakref__")


def _struct_of(plain: type) -> type:
    if plain.__bases__ != (object,):
        raise TypeError(f"{plain.__qualname__}: a value is of no other class")
    parts, hidden = [], set()
    for name, kind in plain.__annotations__.items():
        told = plain.__dict__.get(name, MISSING)
        if isinstance(told, Field):
            if not (told.init and told.compare):
                raise TypeError(f"{plain.__qualname__}.{name}: all that a value holds is given to it and compared")
            if not told.repr:
                hidden.add(name)
            told = told.default if told.default_factory is MISSING else struct_field(default_factory=told.default_factory)
        parts.append((name, kind) if told is MISSING else (name, kind, told))
    own = {name: told for name, told in vars(plain).items() if name not in {*plain.__annotations__, *_NOT_TAKEN_OVER}}
    if hidden:
        own["__repr__"] = _repr_without(hidden)
    return defstruct(plain.__name__, parts, namespace=own | {"__dataclass_fields__": _Fields()}, module=plain.__module__, frozen=True)


def _repr_without(hidden: set[str]) -> Callable[[Struct], str]:
    def told(self: Struct) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name not in hidden)
        return f"{type(self).__qualname__}({shown})"

    return told


_ONE = fields(make_dataclass("_One", ["name"]))[0]


class _Fields:
    """What `replace`, `fields` and `asdict` ask a class for, made for those classes that are asked."""

    def __get__(self, _: object, owner: type[Struct]) -> dict[str, Field[Any]]:
        found = {}
        for name in owner.__struct_fields__:
            found[name] = one = copy(_ONE)
            one.name, one.type = name, owner.__annotations__[name]
        owner.__dataclass_fields__ = found  # type: ignore[attr-defined]
        return found
