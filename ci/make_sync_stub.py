"""Writes ``ctios_fast/sync/facade.pyi`` from the classes of the model: ``python ci/make_sync_stub.py``.

The synchronous classes have the public methods and attributes of the model's, with one difference: what is
awaited there is returned here. The methods are created when the module is imported, and an editor cannot see
their docstrings there: the stub has these too. A test compares the file with what this writes.
"""

import ast
import builtins
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from generated import ROOT, formatted

from ctios_fast.model.property_object import PropertyObject
from ctios_fast.sync import facade
from ctios_fast.sync.proxy import Proxy

STUB = ROOT / "ctios_fast" / "sync" / "facade.pyi"
#: Classes in the order of the stub.
CLASSES: tuple[type[Proxy], ...] = (facade.Agent, facade.Call, facade.SkillGroup, facade.Session)
#: Classes whose objects a session creates: a program does not call them.
MADE_BY_SESSION = {"Call", "SkillGroup"}
#: Types that can be awaited; their parameter is the type of the result.
AWAITED = {"Request", "Future", "asyncio.Future", "Coroutine"}
#: Methods that the facade defines and that have the model's overloads, such as one for each event.
OVERLOADED = ("on", "stream", "subscribe", "wait_for")
#: The base class of CLASSES, with what every object of the model has.
BASE = facade.PropertyObject.__name__
#: What the stub has in place of types of the model, which its own classes do not match.
RENAMED = {"AgentReference": "Agent", "CallReference": "Call", "CtiObject": BASE, "PropertyObject": BASE}
HEAD = """\
# Written by ci/make_sync_stub.py from the classes of the model.
# pyright: reportInvalidTypeVarUse=false

"""


class Source:
    """One module's text, as far as the stub needs it."""

    def __init__(self, module: ModuleType) -> None:
        self.name = module.__name__
        stub = Path(module.__file__ or "").with_suffix(".pyi")
        is_typed_there = stub.exists() and stub != STUB
        self.tree = ast.parse(stub.read_text("utf-8") if is_typed_there else inspect.getsource(module))
        #: Import statement by name.
        self.imports: dict[str, str] = {}
        #: Type variables by name.
        self.variables: dict[str, ast.Assign] = {}
        for node in ast.walk(self.tree):
            self._read_import(node)
        for node in self.tree.body:
            self._read_definition(node)

    def _read_import(self, node: ast.AST) -> None:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                text = f"from {self._absolute(node)} import {alias.name}"
                name = alias.asname or alias.name
                self.imports[name] = text + (f" as {alias.asname}" if alias.asname else "")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                self.imports[alias.asname or alias.name] = f"import {alias.name}"

    def _read_definition(self, node: ast.stmt) -> None:
        names = [getattr(node, "name", "")]
        if isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "TypeVar":
                self.variables.update(dict.fromkeys(names, node))
        elif isinstance(node, ast.AnnAssign):
            names = [ast.unparse(node.target)]
        self.imports.update({name: f"from {self.name} import {name}" for name in names if name})

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        base = self.name.split(".")[: -node.level]
        return ".".join([*base, node.module] if node.module else base)

    def members(self, cls: type) -> dict[str, list[ast.stmt]]:
        """The statements that define each member of a class."""
        [body] = [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ClassDef) and node.name == cls.__name__
        ]
        found: dict[str, list[ast.stmt]] = {}
        for node in body.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.setdefault(node.target.id, []).append(node)
        return found

    def attribute(self, cls: type, name: str) -> ast.expr | None:
        """The annotation of an attribute that ``__init__`` sets."""
        for init in self.members(cls).get("__init__", []):
            assert isinstance(init, ast.FunctionDef)
            parameters = {each.arg: each.annotation for each in [*init.args.args, *init.args.kwonlyargs]}
            for node in ast.walk(init):
                target = node.target if isinstance(node, ast.AnnAssign) else None
                if target is not None and ast.unparse(target) == f"self.{name}":
                    return node.annotation
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == f"self.{name}":
                    return _of_value(node.value, parameters)
        return None


def _of_value(value: ast.expr, parameters: dict[str, ast.expr | None]) -> ast.expr | None:
    if isinstance(value, ast.Name):
        return parameters.get(value.id)
    if isinstance(value, ast.Constant) and value.value is not None:
        return ast.Name(type(value.value).__name__)
    return None


class Quotes(ast.NodeTransformer):
    """Takes annotations out of their quotes."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Leave the values of a Literal as they are."""
        return node if ast.unparse(node.value) == "Literal" else self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Parse text."""
        return self.visit(ast.parse(node.value, mode="eval").body) if isinstance(node.value, str) else node


class Members(ast.NodeTransformer):
    """Replaces ``module.Name`` by ``Name``, and notes the import that this needs."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.imports: dict[str, str] = {}

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Replace one of a module that was imported from its package."""
        imported = self.source.imports.get(ast.unparse(node.value), "").split()
        if imported[:1] != ["from"]:
            return node
        self.imports[node.attr] = f"from {imported[1]}.{imported[3]} import {node.attr}"
        return ast.Name(node.attr)


class Stub:
    """The stub, as it grows."""

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self.variables: set[str] = set()
        self.sources: dict[str, Source] = {}
        self.own = {each.__name__ for each in CLASSES} | {"EventStream"}

    def source(self, module: str) -> Source:
        """The text of a module."""
        if module not in self.sources:
            self.sources[module] = Source(importlib.import_module(module))
        return self.sources[module]

    def annotation(self, node: ast.expr | None, source: Source, *, awaited: bool = False) -> str:
        """An annotation as the stub has it; ``awaited``: the type of the result of awaiting it."""
        if node is None:
            return "None"
        node = Quotes().visit(node)
        if awaited and isinstance(node, ast.Subscript) and ast.unparse(node.value) in AWAITED:
            node = node.slice
        members = Members(source)
        node = members.visit(node)
        known = {**source.imports, **members.imports}
        for each in ast.walk(node):
            if not isinstance(each, ast.Name) or each.id in self.own or hasattr(builtins, each.id):
                continue
            if each.id in RENAMED:
                each.id = RENAMED[each.id]
            elif each.id in source.variables:
                self._add_variable(source.variables[each.id], source)
            else:
                self.imports.add(known[each.id])
        return ast.unparse(node)

    def _add_variable(self, node: ast.Assign, source: Source) -> None:
        self.variables.add(ast.unparse(node))
        self.imports.add("from typing import TypeVar")
        assert isinstance(node.value, ast.Call)
        for keyword in node.value.keywords:
            self.annotation(keyword.value, source)

    def function(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        source: Source,
        text: str | None,
        *,
        awaited: bool = True,
    ) -> Iterator[str]:
        """A method without its body.

        - ``text``: its docstring.
        - ``awaited``: it awaits the result and returns what that gives.
        """
        arguments = node.args
        for each in [*arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]:
            if each is not None and each.annotation is not None:
                each.annotation = ast.parse(self.annotation(each.annotation, source), mode="eval").body
        for defaults in (arguments.defaults, arguments.kw_defaults):
            defaults[:] = [each and ast.Constant(...) for each in defaults]
        returned = self.annotation(node.returns, source, awaited=awaited)
        for decorator in node.decorator_list:
            kept = ast.unparse(decorator)
            if kept == "overload" or kept.endswith(".setter") or kept == "property":
                if kept == "overload":
                    self.imports.add("from typing import overload")
                yield f"@{kept}"
        yield f"def {node.name}({ast.unparse(arguments)}) -> {returned}:"
        yield from docstring(text) if text else ["    ..."]

    def member(self, cls: type, name: str, text: str | None, *, awaited: bool = True) -> list[str]:
        """The lines of one member of a class of the model.

        - ``text``: its docstring.
        - ``awaited``: whether a method awaits its result.
        """
        for base in cls.__mro__:
            if base.__module__.startswith("ctios_fast") and name in vars(base):
                source = self.source(base.__module__)
                nodes = source.members(base).get(name)
                if nodes is None:
                    annotation, stated_in = self._set_by(base, cls, name)
                    return [f"{name}: {self.annotation(annotation, stated_in)}"]
                overloads = [
                    each
                    for each in nodes
                    if "overload" in map(ast.unparse, getattr(each, "decorator_list", []))
                ]
                shown = overloads or nodes
                return [
                    line
                    for node in shown
                    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                    for line in self.function(
                        node, source, text if node is shown[0] else None, awaited=awaited
                    )
                ]
        raise LookupError(f"{cls.__name__}.{name} has no source")

    def _set_by(self, base: type, cls: type, name: str) -> tuple[ast.expr, Source]:
        # the slot of an attribute: some __init__ sets it
        for each in [base, *cls.__mro__]:
            if not each.__module__.startswith("ctios_fast"):
                continue
            source = self.source(each.__module__)
            declared = [n for n in source.members(each).get(name, []) if isinstance(n, ast.AnnAssign)]
            annotation = declared[0].annotation if declared else source.attribute(each, name)
            if annotation is not None:
                return annotation, source
        raise LookupError(f"the type of {cls.__name__}.{name} is stated nowhere")

    def of_model(self, model: type) -> dict[str, list[str]]:
        """The lines of each public member of a class of the model."""
        names = [name for name in dir(model) if not name.startswith("_")]
        inits = [] if model.__name__ in MADE_BY_SESSION else ["__init__"]
        texts = {"__init__": inspect.getdoc(model)}  # it describes the parameters
        texts |= {name: inspect.getdoc(inspect.getattr_static(model, name)) for name in names}
        return {name: self.member(model, name, texts[name]) for name in [*inits, *names]}

    def of_facade(self, cls: type) -> list[str]:
        """The lines of what a class of the facade defines itself."""
        source = self.source(facade.__name__)
        return [
            line
            for name, nodes in source.members(cls).items()
            if name not in ("__init__", "__repr__", *OVERLOADED)
            for node in nodes
            if isinstance(node, ast.FunctionDef)
            for line in self.function(node, source, ast.get_docstring(node), awaited=False)
        ]

    def overloaded(self, proxy: type[Proxy], name: str) -> list[str]:
        """The lines of a method that has overloads, with the facade's future and stream."""
        self.imports.add("from concurrent.futures import Future")
        lines = self.member(proxy.STANDS_FOR, name, inspect.getdoc(getattr(proxy, name)), awaited=False)
        return [line.replace("asyncio.Future[", "Future[") for line in lines]

    def of_proxy(self, proxy: type[Proxy], common: dict[str, list[str]]) -> list[str]:
        """The lines of a class that has methods of the model, without those of the base class."""
        own = self.source(facade.__name__).members(proxy)
        lines = [
            line
            for name, lines in self.of_model(proxy.STANDS_FOR).items()
            if name not in own and lines != common.get(name)
            for line in lines
        ]
        for name in OVERLOADED:
            if name in own:
                lines += self.overloaded(proxy, name)
        return lines + self.of_facade(proxy)


def docstring(text: str) -> list[str]:
    """The lines of a docstring."""
    lines = text.replace("\\", r"\\").split("\n")
    closing = [] if len(lines) == 1 else [""]
    lines = [f'"""{lines[0]}', *lines[1:], *closing]
    lines[-1] += '"""'
    return [f"    {line}" if line else "" for line in lines]


def text_of(cls: type) -> list[str]:
    """The docstring of a class, as lines of its body."""
    return [line.removeprefix("    ") for line in docstring(inspect.getdoc(cls) or "")]


def stub() -> str:
    """The text of the stub."""
    whole = Stub()
    common = whole.of_model(PropertyObject)
    del common["__init__"]
    bodies = {BASE: [*text_of(facade.PropertyObject), *(line for lines in common.values() for line in lines)]}
    for proxy in CLASSES:
        bodies[f"{proxy.__name__}({BASE})"] = [*text_of(proxy), *whole.of_proxy(proxy, common)]
    stream = facade.EventStream
    bodies["EventStream(Generic[A])"] = [*text_of(stream), *whole.of_facade(stream)]
    whole.imports |= {"from typing import Generic", "from ctios_fast.model.streams import A"}
    text = HEAD + "\n".join([*sorted(whole.imports), *sorted(whole.variables)]) + "\n"
    for name, lines in bodies.items():
        text += f"\nclass {name}:\n" + "".join(f"    {line}".rstrip() + "\n" for line in lines)
    return formatted(text, STUB)


if __name__ == "__main__":
    STUB.write_text(stub(), "utf-8")
