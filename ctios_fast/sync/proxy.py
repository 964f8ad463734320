"""Proxies of the objects of a session, for programs that work in threads, and for their listeners."""

import os
import threading
from collections.abc import Callable, Mapping
from operator import attrgetter
from types import TracebackType
from typing import Any, Final
from weakref import WeakValueDictionary

from ctios_fast.model.arguments import Arguments
from ctios_fast.model.property_object import PropertyObject

from .converting import converted
from .loop_thread import LoopThread

__all__ = [
    "Proxy",
    "awaiting",
    "calling",
    "creating",
    "home",
    "home_of",
    "proxy_of",
    "reading",
    "wrapped",
    "writing",
]

#: The class of the proxies of each class of the model; subclasses of ``Proxy`` enter themselves.
_CLASSES: Final[dict[type, type["Proxy"]]] = {}

#: The proxy of each object that has one, by the object's ``id``, so that an object has only one.
_PROXIES: "Final[WeakValueDictionary[int, Proxy]]" = WeakValueDictionary()

_target_of: Final = attrgetter("_target")

_home: LoopThread | None = None

#: Held while ``_home`` is created: several threads may create their first session at once.
_starting = threading.Lock()


def home() -> LoopThread:
    """The thread of all sessions, which starts with the first one."""
    global _home
    if _home is None:
        with _starting:
            if _home is None:
                _home = LoopThread("ctios_fast.sync")
    return _home


def _forget_home() -> None:
    # A forked process has none of its parent's threads. One of them may have held the lock.
    global _home, _starting
    _home = None
    _starting = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_home)


class _Work:
    """A call that is to be carried out in the thread of the event loop.

    It shows nothing of its arguments, since one may be a password, and a traceback can show variables.
    Iterators among the arguments are read at once, in the thread of the caller: their code is the program's,
    and may use the facade.
    """

    __slots__ = ("_args", "_error", "_function", "_kwargs")

    def __init__(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> None:
        self._function = function
        #: What reading the arguments raised; ``result`` raises it.
        self._error: Exception | None = None
        try:
            self._args: tuple[Any, ...] = tuple(map(_unwrapped, args))
            self._kwargs = {name: _unwrapped(value) for name, value in kwargs.items()}
        except Exception as error:
            self._error = error.with_traceback(_from_program(error.__traceback__))

    def __repr__(self) -> str:
        return f"<call of {getattr(self._function, '__qualname__', self._function)}>"

    def result(self) -> Any:
        """What the function returns."""
        if self._error is not None:
            raise self._error
        return self._function(*self._args, **self._kwargs)

    def wrapped_result(self) -> Any:
        """What the function returns, with proxies."""
        return wrapped(self.result())

    async def awaited_result(self) -> Any:
        """What the result of the function returns when it is awaited, with proxies."""
        return wrapped(await self.result())


class Proxy:
    """A proxy of an object of a session.

    Each read, call and assignment is carried out in the thread of the event loop. The subclasses get the
    methods and attributes of the classes that they stand for from ``add_members``.
    """

    __slots__ = ("__weakref__", "_home", "_target")

    #: The class of the model that it stands for.
    STANDS_FOR: type[PropertyObject]

    #: The object of the model.
    _target: Any
    #: The thread of its event loop.
    _home: LoopThread

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "STANDS_FOR" in vars(cls):  # not a subclass that a program derives
            _CLASSES[cls.STANDS_FOR] = cls

    def __repr__(self) -> str:
        target = getattr(self, "_target", None)  # none yet in the traceback of a failed __init__
        return f"<sync {type(self).__name__} new>" if target is None else f"<sync {target!r}>"


def creating(model: type) -> Callable[..., None]:
    """The ``__init__`` of proxies of new objects of a class."""

    def __init__(self: Proxy, /, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - a traceback shows it
        work = _Work(model, args, kwargs)
        del args, kwargs
        here = home()
        here.carry_out(lambda: _attach(self, work.result(), here))

    return __init__


def calling(name: str) -> Callable[..., Any]:
    """A method of proxies that calls the model's method of that name, which does not wait."""

    def call(self: Proxy, /, *args: Any, **kwargs: Any) -> Any:
        work = _Work(getattr(self._target, name), args, kwargs)
        del args, kwargs
        return self._home.carry_out(work.wrapped_result)

    return call


def awaiting(name: str) -> Callable[..., Any]:
    """A method of proxies that awaits what the model's method of that name returns.

    It raises ``MethodError`` in a listener.
    """

    def call(self: Proxy, /, *args: Any, **kwargs: Any) -> Any:
        work = _Work(getattr(self._target, name), args, kwargs)
        del args, kwargs
        self._home.check_can_wait(f"{type(self).__name__}.{name}()")
        return self._home.call(work.awaited_result)

    return call


def reading(name: str) -> Callable[[Proxy], object]:
    """The getter of an attribute of proxies."""

    def read(self: Proxy) -> object:
        return self._home.carry_out(_read, self._target, name)

    return read


def writing(name: str) -> Callable[[Proxy, object], None]:
    """The setter of an attribute of proxies."""

    def write(self: Proxy, value: object) -> None:
        work = _Work(setattr, (self._target, name, value), {})
        del value
        self._home.carry_out(work.result)

    return write


def _attach(proxy: Proxy, target: PropertyObject, here: LoopThread) -> None:
    # In the loop's thread, as everything that reads or writes _PROXIES.
    proxy._target = target  # noqa: SLF001 - a class of this module
    proxy._home = here  # noqa: SLF001 - a class of this module
    _PROXIES[id(target)] = proxy


def proxy_of(target: PropertyObject) -> Proxy:
    """The proxy of an object. For the loop's thread."""
    found = _PROXIES.get(id(target))
    if found is None:
        cls = next(_CLASSES[base] for base in type(target).__mro__ if base in _CLASSES)
        found = cls.__new__(cls)
        _attach(found, target, home())
    return found


def home_of(proxy: Any) -> LoopThread:
    """The thread of the event loop of the object that a proxy stands for."""
    home: LoopThread = proxy._home  # noqa: SLF001 - a class of this module
    return home


def wrapped(value: Any) -> Any:
    """A value that the model returned, with proxies in place of its objects. For the loop's thread.

    A live mapping becomes a dict of this moment.
    """
    if isinstance(value, Mapping) and not isinstance(value, Arguments):
        value = dict(value)
    return converted(value, PropertyObject, proxy_of)


def _unwrapped(value: Any) -> Any:
    # A value of the program, with the model's objects in place of their proxies.
    return converted(value, Proxy, _target_of)


def _from_program(frames: TracebackType | None) -> TracebackType | None:
    # The frames of the program's own code. Those of this package before them have the arguments as variables.
    while frames is not None and frames.tb_frame.f_globals.get("__package__") == __package__:
        frames = frames.tb_next
    return frames


def _read(target: object, name: str) -> Any:
    return wrapped(getattr(target, name))
