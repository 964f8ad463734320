"""The types of the public names: no Any, and options with the types of their values."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_overloads

from support.scripts import ROOT, needs_sources

import ctios_fast
from ctios_fast.model.kinds import KINDS
from ctios_fast.model.session_snapshot import SnapshotData
from ctios_fast.sim.centre_options import CENTRE_OPTIONS
from ctios_fast.testing.server_options import ServerOptions

PACKAGE = Path(ctios_fast.__file__).parent

#: Where a public signature has Any, and why. Nothing else has it.
ANY = {
    "core/message.pyi:Message.__getitem__": "a field by its name: the message classes know the types",
    "core/message.pyi:Message.get": "a field by its name: the message classes know the types",
    "core/dispatch/field_reader.pyi:FieldReader.read": "fields by their names, as of a message",
    "core/dispatch/field_reader.pyi:FieldReader.fill": "fields by their names, as of a message",
    "core/dispatch/field_reader.pyi:FieldReader.__call__": "fields by their names, as of a message",
    "core/scan/column_block.pyi:ColumnBlock.__getitem__": "NumPy's array of any type of numbers",
    "core/dispatch/pending.pyi:Request.__await__": "what an event loop gets of a coroutine",
    "core/dispatch/pending.pyi:Request.send": "what an event loop gets of a coroutine",
    "core/dispatch/pending.pyi:Request.throw": "what an event loop gets of a coroutine",
}
#: Stubs of public names. Type checkers read them in place of the modules.
STUBS = (
    "messages.pyi",
    "enums.pyi",
    "sync/facade.pyi",
    "model/session_listening.pyi",
    "model/event_arguments.pyi",
    "core/codec.pyi",
    "core/frames.pyi",
    "core/message.pyi",
    "core/dispatch/dispatcher.pyi",
    "core/dispatch/field_handler.pyi",
    "core/dispatch/field_reader.pyi",
    "core/dispatch/pending.pyi",
    "core/scan/column_block.pyi",
    "core/scan/frame_filter.pyi",
)
#: Classes of ``pending.pyi`` that are not public.
INTERNAL = {"Deadlines", "OpenRequests"}
#: Special methods that programs use.
SPECIAL = {"__init__", "__call__", "__getitem__", "__iter__", "__next__", "__anext__", "__await__", "__or__"}


def has_any(annotation: object) -> bool:
    if annotation is inspect.Signature.empty:
        return False
    text = annotation if isinstance(annotation, str) else repr(annotation)
    return re.search(r"\bAny\b", text) is not None


def is_public(name: str) -> bool:
    return not name.startswith("_") or name in SPECIAL


def functions(module: str) -> Iterator[tuple[str, Any]]:
    """The functions and methods that the public names of a module have, with their signatures' owners."""
    names = importlib.import_module(module)
    for public in getattr(names, "__all__", ()):  # a module of constants has none
        value = getattr(names, public)
        if inspect.isfunction(value):
            yield f"{module}.{public}", value
        elif inspect.isclass(value):
            for base in value.__mro__:
                if base.__module__.startswith("ctios_fast") and base.__module__ != "ctios_fast.sync.proxy":
                    for name, member in vars(base).items():
                        if is_public(name):
                            yield f"{base.__name__}.{name}", getattr(member, "fget", member)


@needs_sources
def test_no_public_signature_has_any() -> None:
    seen, wrong = 0, []
    # the modules that have a page on the documentation site
    pages = (ROOT / "ci" / "site_pages.py").read_text("utf-8")
    for module in re.findall(r'^    \("[^"]+", "(ctios_fast[\w.]*)"', pages, re.MULTILINE):
        for name, member in functions(module):
            function = getattr(member, "__func__", member)
            if not inspect.isfunction(function):
                continue
            # a method of the synchronous facade has its overloads in the model
            for each in get_overloads(inspect.unwrap(function)) or [function]:
                seen += 1
                signature = inspect.signature(each)
                annotations = [one.annotation for one in signature.parameters.values()]
                if any(map(has_any, [*annotations, signature.return_annotation])):
                    wrong.append(f"{name}{signature}")
    assert wrong == []
    assert seen > 700


def with_any(stub: str) -> Iterator[str]:
    """The public functions and methods of a stub that have Any in their signatures."""
    tree = ast.parse((PACKAGE / stub).read_text("utf-8"))
    for node in tree.body:
        owner = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        if owner.rstrip(".") in INTERNAL:
            continue
        for each in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(each, ast.FunctionDef) and is_public(each.name):
                types = [one.annotation for one in ast.walk(each.args) if isinstance(one, ast.arg)]
                shown = " ".join(ast.unparse(one) for one in [*types, each.returns] if one is not None)
                if has_any(shown):
                    yield f"{stub}:{owner}{each.name}"


def test_only_the_listed_signatures_of_stubs_have_any() -> None:
    assert {name for stub in STUBS for name in with_any(stub)} == set(ANY)


def test_a_signature_with_any_would_be_found() -> None:
    def given(args: "dict[str, Any]") -> None: ...

    assert has_any(inspect.signature(given).parameters["args"].annotation)
    assert has_any(dict[str, Any])
    assert not has_any("AnyMessage")


def test_a_snapshot_has_the_kinds_of_objects() -> None:
    assert set(SnapshotData.__annotations__) == {"session", *(kind.name for kind in KINDS)}


def test_the_options_of_servers_have_types() -> None:
    explicit = {"peripheral_id", "client_password"}  # parameters of start_servers
    assert set(ServerOptions.__annotations__) | explicit == set(CENTRE_OPTIONS)
