"""Slots: values of one reader, whose places a template is asked for before it is known what they are.

A template is rendered with slots instead of values. What comes out is cut where they stand, and each place is filled
later, for one reader after the other, as if the value had been there from the beginning:

    template + slots → text with marks → parts, and what to fill in between them → text

A slot may be printed, put together with other text, given to a sentence, asked whether it is there, or passed through
one of our filters, which then waits for the value. Whatever else a template does with one raises `NotShareable`, since
what it would do with the value is not known. Knows nothing of digests.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, NoReturn

from dailypapers.errors import NotShareable

#: A mark is two characters that mean nothing to anybody (private use); the second one is the slot's number.
_MARK, _FIRST, _MOST = "\U000f0000", 0xF0001, 0xFF00
#: The mark of the entry's number is as wide as the number, a column a digit, so that lines are wrapped around it.
_DIGITS = ("\U0010fff0", "\U0010fff0\U0010fff1")
_PLACES = re.compile(f"{_MARK}(.)|{_DIGITS[1]}|{_DIGITS[0]}", re.DOTALL)
_RESERVED = re.compile("[\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
#: The slot of an entry's number.
NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Named:
    """Fills a place with a value as it is."""

    name: str

    def __call__(self, values: Mapping[str, str]) -> str:
        """Return what stands in the place."""
        return values[self.name]


@dataclass(frozen=True, slots=True)
class Filtered:
    """Fills a place with what a filter makes of a text, once the values in the text are known."""

    function: Callable[..., str]
    text: "Cut"
    args: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, values: Mapping[str, str]) -> str:
        """Return what stands in the place."""
        return self.function(self.text.filled(values), *self.args, **self.options)


Fill = Named | Filtered


@dataclass(frozen=True, slots=True)
class Cut:
    """A text cut at its slots: between two parts stands what the fill does whose place in `fills` is in `order`."""

    parts: tuple[str, ...]
    fills: tuple[Fill, ...]
    order: tuple[int, ...]

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the text with these values."""
        if len(self.order) == 1:
            return f"{self.parts[0]}{self.fills[0](values)}{self.parts[1]}"
        contents = [fill(values) for fill in self.fills]
        between = [contents[place] for place in self.order]
        return "".join(text for pair in zip(self.parts, [*between, ""], strict=True) for text in pair)


class Slot(str):
    """Stands for a value in a template; a text, so that templates can print it, that cannot be looked into."""

    __slots__ = ()

    def __str__(self) -> str:
        """Return the mark."""
        return str.__str__(self)

    def __bool__(self) -> bool:
        """Return that it is there: a value that is empty is given to the template as it is."""
        return True

    def __format__(self, wanted: str) -> str:
        """Return the mark, as long as nothing depends on its width."""
        return _refuse("format") if wanted else str(self)

    def __add__(self, other: str) -> str:
        """Return the mark with text behind it."""
        return "".join((str(self), str(other)))

    def __rmod__(self, pattern: str) -> str:
        """Return a pattern filled with the mark."""
        return str.__mod__(pattern, (str(self),))

    def __hash__(self) -> int:
        """Return that of the mark."""
        return str.__hash__(self)


_KNOWN = {*vars(Slot), "__new__", "__init__", "__repr__", "__class__", "__getattribute__", "__setattr__", "__delattr__"}
_KNOWN |= {"__init_subclass__", "__subclasshook__", "__dir__", "__reduce__", "__reduce_ex__", "__sizeof__", "__doc__"}


def _refuse(method: str) -> NoReturn:
    raise NotShareable(f"it uses “{method.strip('_')}” on a value of one reader")


def _refusing(method: str) -> Callable[..., NoReturn]:
    def refuse(self: Slot, *_args: object, **_options: object) -> NoReturn:
        del self
        _refuse(method)

    return refuse


for _method in set(dir(str)) - _KNOWN:
    setattr(Slot, _method, _refusing(_method))


@dataclass(slots=True)
class Slots:
    """The slots of one rendering."""

    _fills: list[Fill] = field(default_factory=list)

    def named(self, name: str, *, behind: str = "") -> Slot:
        """Return a slot for the value of that name, with text `behind` it that is known."""
        return Slot(f"{self._slot(Named(name))}{behind}")

    @staticmethod
    def number(digits: int) -> Slot:
        """Return a slot for the value `NUMBER`, of one or two digits. Raises `NotShareable` for more."""
        if digits > len(_DIGITS):
            raise NotShareable("it numbers more papers than it has columns for")
        return Slot(_DIGITS[digits - 1])

    def filtered(self, function: Callable[..., str], text: str, args: tuple[Any, ...], options: dict[str, Any]) -> Slot:
        """Return a slot for what a filter will make of a text with slots."""
        return self._slot(Filtered(function, self.cut(text), args, options))

    def _slot(self, fill: Fill) -> Slot:
        if fill not in self._fills:
            if len(self._fills) == _MOST:
                raise NotShareable("it has too many places for values of one reader")
            self._fills.append(fill)
        return Slot(_MARK + chr(_FIRST + self._fills.index(fill)))

    def cut(self, text: str) -> Cut:
        """Return a text that was rendered with these slots, cut where they stand."""
        parts, order, end = [], [], 0
        fills: list[Fill] = []
        for place in _PLACES.finditer(text):
            fill = self._fills[ord(place[1]) - _FIRST] if place[1] else Named(NUMBER)
            fills += [] if fill in fills else [fill]
            order.append(fills.index(fill))
            parts.append(text[end : place.start()])
            end = place.end()
        return Cut((*parts, text[end:]), tuple(fills), tuple(order))


_RECORDING: ContextVar[Slots | None] = ContextVar("recording", default=None)


@contextmanager
def recording() -> Iterator[Slots]:
    """Yield slots, for which filters wait as long as this lasts."""
    slots = Slots()
    token = _RECORDING.set(slots)
    try:
        yield slots
    finally:
        _RECORDING.reset(token)


def waiting(function: Callable[..., str]) -> Callable[..., str]:
    """Return a filter that waits for the values of slots in its text, where there are any."""

    @wraps(function)
    def apply(text: str, *args: Any, **options: Any) -> str:
        slots = _RECORDING.get()
        if slots is None:
            return function(text, *args, **options)
        if any(map(_has_slot, (*args, *options.values()))):
            raise NotShareable(f"it gives “{function.__name__}” a value of one reader as an option")
        if not _has_slot(text):
            return function(text, *args, **options)
        if hasattr(text, "__html__"):
            raise NotShareable(f"it passes markup with a value of one reader through “{function.__name__}”")
        return slots.filtered(function, str(text), args, options)

    return apply


def _has_slot(value: object) -> bool:
    return isinstance(value, str) and str.__contains__(value, _MARK)


def is_reserved(text: str) -> bool:
    """Tell whether a text holds characters that would be taken for slots."""
    return not text.isascii() and _RESERVED.search(text) is not None
