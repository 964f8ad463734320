"""Gives the classes of the facade the methods and attributes of the model's classes.

Each becomes a function or property of the class, with the name, text and signature of the model's, so that
``help`` and ``inspect`` show it. A method waits if the type that the model's method declares to return can be
awaited. It returns the result of the await then.
"""

import functools
import inspect
import operator
from collections.abc import Awaitable, Callable
from types import FunctionType, UnionType
from typing import Any, Union, get_args, get_origin

from ctios_fast.model.method_only import method_only

from .proxy import Proxy, awaiting, calling, creating, reading, writing

__all__ = ["add_members", "waits"]


def add_members(*classes: type[Proxy]) -> None:
    """Give classes the public members of the classes that they stand for, except those of their own.

    - ``classes``: each after its base class.
    """
    proxies = {cls.STANDS_FOR: cls for cls in classes}
    for cls in classes:
        init = _like(creating(cls.STANDS_FOR), cls.STANDS_FOR.__init__, cls, proxies)
        init.__doc__ = inspect.getdoc(cls.STANDS_FOR)  # it describes the parameters
        cls.__init__ = init  # type: ignore[method-assign]
        inherited = getattr(cls.__base__, "STANDS_FOR", object)
        for name in dir(cls.STANDS_FOR):
            member = inspect.getattr_static(cls.STANDS_FOR, name)
            is_inherited = inspect.getattr_static(inherited, name, None) is member
            if not name.startswith("_") and name not in vars(cls) and not is_inherited:
                setattr(cls, name, _member(cls, name, member, proxies))


def waits(method: Callable[..., object]) -> bool:
    """Whether what a method of the model returns has to be awaited."""
    if inspect.iscoroutinefunction(method):
        return True
    kind = inspect.get_annotations(method).get("return")
    if isinstance(kind, str):  # a class that is defined further down, or whose parameter is
        first, *rest = kind.partition("[")[0].split(".")
        kind = getattr(method, "__globals__", {}).get(first)
        for name in rest:
            kind = getattr(kind, name, None)
    kind = get_origin(kind) or kind
    return isinstance(kind, type) and issubclass(kind, Awaitable)


def _member(cls: type[Proxy], name: str, member: object, proxies: dict[type, type[Proxy]]) -> object:
    function = getattr(cls.STANDS_FOR, name)
    if isinstance(function, FunctionType):
        make = awaiting if waits(function) else calling
        method = _like(make(name), function, cls, proxies)
        return method_only(method) if isinstance(member, method_only) else method
    if not isinstance(member, property):  # a slot, which has neither a text nor a type
        return property(reading(name), writing(name), doc=f"``{name}`` of ``ctios_fast.{cls.__name__}``.")
    read, write = member.fget, member.fset
    return property(
        None if read is None else _like(reading(name), read, cls, proxies),
        None if write is None else _like(writing(name), write, cls, proxies),
    )


def _like(
    function: Callable[..., Any],
    original: Callable[..., Any],
    cls: type[Proxy],
    proxies: dict[type, type[Proxy]],
) -> Callable[..., Any]:
    # The function with the name, the text and the signature of a function of the model.
    functools.update_wrapper(function, original)
    function.__module__ = cls.__module__
    function.__qualname__ = f"{cls.__qualname__}.{original.__name__}"
    signature = inspect.signature(original)
    returned = signature.return_annotation
    if waits(original) and not inspect.iscoroutinefunction(original):
        returned = _result(returned)
    signature = signature.replace(
        parameters=[
            each.replace(annotation=_type(each.annotation, proxies)) for each in signature.parameters.values()
        ],
        return_annotation=_type(returned, proxies),
    )
    function.__signature__ = signature  # type: ignore[attr-defined]
    function.__annotations__ = {
        each.name: each.annotation
        for each in signature.parameters.values()
        if each.annotation is not each.empty
    } | {"return": signature.return_annotation}
    return function


def _result(awaitable: Any) -> Any:
    # The type of the result of a type that can be awaited.
    if isinstance(awaitable, str):
        return awaitable.partition("[")[2].removesuffix("]")
    return get_args(awaitable)[0]


def _type(annotation: Any, proxies: dict[type, type[Proxy]]) -> Any:
    # A type with the classes of the facade in place of those of the model.
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is None:
        return proxies.get(annotation, annotation) if isinstance(annotation, type) else annotation
    new = tuple(_type(each, proxies) for each in args)
    if new == args:
        return annotation
    return functools.reduce(operator.or_, new) if origin in (UnionType, Union) else origin[new]
