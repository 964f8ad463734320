"""Writes the types of events from ``ctios_fast/event_types.toml``: ``python ci/make_event_types.py``.

========================================  ==============================================================
``ctios_fast/event_types.py``             the sinks, and the public names of everything below
``ctios_fast/model/event_arguments.py``   the names of the Arguments' classes, which are all ``Arguments``
``ctios_fast/model/event_arguments.pyi``  the same as classes that know the type of each keyword's value
``ctios_fast/model/session_listening.pyi``  the methods that take an event's name, with a signature for each
                                            class of Arguments
========================================  ==============================================================

Names and aliases come from the event tables of the model. A test compares the files with what this writes.
"""

import ast
import sys
import textwrap
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from generated import ROOT, formatted

from ctios_fast.core import codec
from ctios_fast.model.kinds import EVENT_TABLES
from ctios_fast.model.publisher import EventTable, sink_method
from ctios_fast.model.statistics.statistics_view import IDENTITY
from ctios_fast.protocol.codes import NEWEST_VERSION

PACKAGE = ROOT / "ctios_fast"
DATA = PACKAGE / "event_types.toml"
SOURCE = PACKAGE / "model" / "session_listening.py"
BANNER = "Written by ci/make_event_types.py from event_types.toml: change the data, not this file."
WIDTH = 110


@dataclass
class ArgumentsClass:
    """A class of Arguments.

    - ``types``: the type of each keyword's value.
    - ``optional``: the keywords that an event may lack.
    - ``indexed``: keywords that come with an index.
    - ``events``: the names and aliases of its events.
    """

    name: str
    text: str
    base: str
    types: dict[str, str]
    optional: frozenset[str]
    indexed: tuple[str, ...]
    events: list[str] = field(default_factory=list)

    @property
    def always(self) -> list[str]:
        """The keywords that every event has."""
        return [keyword for keyword in self.types if keyword not in self.optional]


@dataclass(frozen=True)
class EventRow:
    """An event: its name, the sinks that have its method, the class of its Arguments, and what it reports."""

    name: str
    sinks: tuple[str, ...]
    arguments: str
    text: str


class Events:
    """The data, with the names of the event tables."""

    def __init__(self, data: dict[str, Any], tables: Iterable[EventTable]) -> None:
        self._data = data
        self._tables = tuple(tables)

    @cached_property
    def aliases(self) -> dict[str, list[str]]:
        """The aliases of each event."""
        found: dict[str, list[str]] = {name: [] for table in self._tables for name in table.names}
        for table in self._tables:
            for alias, name in table.aliases.items():
                found[name].append(alias)
        return found

    @cached_property
    def rows(self) -> list[EventRow]:
        """The events."""
        rows: list[EventRow] = []
        for row in self._data["event"]:
            rows.append(EventRow(row["name"], tuple(row["sinks"]), row["arguments"], row["text"]))
            if "monitored" in row:
                twin = row["monitored"]
                text = f"{row['name']} about an object that a supervisor monitors."
                rows.append(EventRow(twin["name"], tuple(twin["sinks"]), row["arguments"], text))
        missing = set(self.aliases) ^ {row.name for row in rows}
        if missing:
            sys.exit(f"{DATA} and the event tables of the model differ in {', '.join(sorted(missing))}")
        return rows

    @property
    def type_names(self) -> list[str]:
        """The types of values, text not included."""
        return list(self._data["types"])

    @cached_property
    def types(self) -> dict[str, str]:
        """The type of each keyword whose value is not text."""
        return {
            keyword: type_name
            for type_name, keywords in self._data["types"].items()
            for keyword in keywords.split()
        }

    @cached_property
    def classes(self) -> dict[str, ArgumentsClass]:
        """The classes of Arguments by name, each after its base class."""
        found: dict[str, ArgumentsClass] = {}
        for row in self._data["arguments"]:
            base = found.get(row.get("extends"))
            always = row.get("always", "").split()
            optional = row.get("optional", "").split()
            types = dict(base.types) if base else {}
            types |= {keyword: self.types.get(keyword, "str") for keyword in [*always, *optional]}
            if "figures_of" in row:
                types |= dict.fromkeys(_figures(row["figures_of"]), "int")
            found[row["name"]] = ArgumentsClass(
                name=row["name"],
                text=row["text"],
                base=row.get("extends", "Arguments"),
                types=types,
                optional=(base.optional if base else frozenset()) | frozenset(optional),
                indexed=(*(base.indexed if base else ()), *row.get("indexed", "").split()),
            )
        for row in self.rows:
            if row.arguments in found:
                found[row.arguments].events += [row.name, *self.aliases[row.name]]
        return found

    @property
    def with_events(self) -> list[ArgumentsClass]:
        """The classes of Arguments that events have; others are base classes only."""
        return [each for each in self.classes.values() if each.events]

    @cached_property
    def sinks(self) -> dict[str, str]:
        """What each sink is for."""
        return {row["name"]: row["text"] for row in self._data["sink"]}

    def names(self, sink: str) -> list[str]:
        """The names and aliases of a sink's events."""
        return [
            name for row in self.rows if sink in row.sinks for name in (row.name, *self.aliases[row.name])
        ]


def _figures(message: str) -> list[str]:
    layout = codec(NEWEST_VERSION).describe(message)
    assert layout is not None
    return [each.name for each in layout.fixed if each.name not in IDENTITY]


def load() -> Events:
    """Read the data and the event tables."""
    return Events(tomllib.loads(DATA.read_text("utf-8")), EVENT_TABLES)


def literal(names: Iterable[str]) -> str:
    """A Literal of texts."""
    return f"Literal[{', '.join(map(repr, names))}]"


def alias_of(sink: str) -> str:
    """The type of the names of a sink's events: ``AgentEvent`` for ``AgentEvents``."""
    return sink.removesuffix("s")


# --- The four files ---------------------------------------------------------------------------------


def arguments_module(events: Events) -> str:
    """``model/event_arguments.py``."""
    classes = "\n".join(f"{name} = Arguments" for name in events.classes)
    names = "\n".join(f"{alias_of(sink)} = str" for sink in events.sinks)
    return f'''"""The classes of the Arguments of events, and the names of events, as types.

In a running program each class is ``Arguments`` and each name is text. Type checkers and editors read
the stub, which has the keywords of each class, and the names.

{BANNER}
"""

from .arguments import Arguments

{classes}

{names}
EventName = str
'''


def arguments_stub(events: Events) -> str:
    """``model/event_arguments.pyi``."""
    lines = [
        f"# {BANNER}",
        "# A class knows more keywords than its base class.",
        '# mypy: disable-error-code="override"',
        "",
        "from typing import Literal, TypeAlias, TypeVar, overload",
        "from ctios_fast.enums import AgentState",
        "from .arguments import Arguments",
        "",
        '_D = TypeVar("_D")',
        "",
    ]
    lines += [f"{alias_of(sink)}: TypeAlias = {literal(events.names(sink))}" for sink in events.sinks]
    lines.append(f"EventName: TypeAlias = {' | '.join(alias_of(sink) for sink in events.sinks)}")
    for each in events.classes.values():
        lines += ["", f"class {each.name}({each.base}):", *docstring(each.text, indent=4), ""]
        lines += [f"    {line}" for line in _readers(each, events)]
    return "\n".join([*lines, ""])


def _readers(cls: ArgumentsClass, events: Events) -> Iterator[str]:
    by_type = {
        type_name: keywords
        for type_name in ("str", *events.type_names)
        if (keywords := [each for each, known in cls.types.items() if known == type_name])
    }
    for type_name, keywords in by_type.items():
        yield from ("@overload", f"def __getitem__(self, key: {literal(keywords)}) -> {type_name}: ...")
    yield from ("@overload", "def __getitem__(self, key: str) -> object: ...")
    for type_name, keywords in by_type.items():
        always = [each for each in keywords if each not in cls.optional]
        optional = [each for each in keywords if each in cls.optional]
        if always:
            yield "@overload"
            yield f"def get(self, key: {literal(always)}, default: object = ...) -> {type_name}: ..."
        if optional:
            yield "@overload"
            yield f"def get(self, key: {literal(optional)}, default: None = ...) -> {type_name} | None: ..."
            yield "@overload"
            yield f"def get(self, key: {literal(optional)}, default: _D) -> {type_name} | _D: ..."
    yield from ("@overload", "def get(self, key: str, default: object = ...) -> object: ...")
    if cls.indexed:
        yield "@overload"
        yield f"def get_indexed(self, key: {literal(cls.indexed)}, *, first: int = 1) -> list[Arguments]: ..."
        yield from ("@overload", "def get_indexed(self, key: str, *, first: int = 1) -> list[object]: ...")


def listening_stub(events: Events) -> str:
    """``model/session_listening.pyi``: the module's own signatures, and those of ``SIGNATURES``."""
    tree = ast.parse(SOURCE.read_text("utf-8"))
    lines = [f"# {BANNER}", "# pyright: reportInvalidTypeVarUse=false"]
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    lines += [ast.unparse(node) for node in imports]
    lines += [
        "from collections.abc import Callable, Sequence",
        "from typing import Literal, Never, TypeVar, overload",
        "from .event_arguments import " + ", ".join(["EventName", *events.classes]),
        "",
        "# The listeners of each class of Arguments: a decorator returns the function itself.",
    ]
    lines += [
        f'_{name} = TypeVar("_{name}", bound=Callable[[{name}], object])'
        for name in [*(each.name for each in events.with_events), "Arguments"]
    ]
    lines += [
        "",
        "# A name that is known only when the program runs. Text has the shape of a Sequence: so mypy takes",
        "# the overload of such a name for the one that a misspelt name was meant for, and reports it alone.",
        "# Without the Sequence it lists all overloads, and without the type variable all names.",
        '_KnownEvent = TypeVar("_KnownEvent", bound=EventName | Sequence[Never])',
    ]
    [cls] = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    lines += ["", f"class {cls.name}({', '.join(map(ast.unparse, cls.bases))}):"]
    for node in cls.body:
        if isinstance(node, ast.FunctionDef):
            method = _typed(node.name, events) if node.name in SIGNATURES else _plain(node)
            lines += [textwrap.indent(line, "    ") for line in method]
    return "\n".join([*lines, ""])


def _plain(node: ast.FunctionDef) -> Iterator[str]:
    yield from (f"@{ast.unparse(decorator)}" for decorator in node.decorator_list)
    returned = ast.unparse(node.returns) if node.returns is not None else "None"
    yield f"def {node.name}({ast.unparse(node.args)}) -> {returned}: ..."


def _typed(method: str, events: Events) -> Iterator[str]:
    signatures, of_any = SIGNATURES[method]
    found = [
        signature.format(names=literal(each.events), args=each.name)
        for each in events.with_events
        for signature in signatures
    ]
    found += [signature.format(names="_KnownEvent", args="Arguments") for signature in of_any]
    for signature in found:
        if len(found) > 1:
            yield "@overload"
        yield signature


_LISTEN = "def subscribe(self, event: {names}, listener: Callable[[{args}], object]) -> None: ..."
_DECORATE = "def subscribe(self, event: {names}) -> Callable[[_{args}], _{args}]: ..."
_UNSUBSCRIBE = "def unsubscribe(self, event: {names}, listener: Listener) -> None: ..."
_STREAM = """
def stream(
    self, event: {names}, /, *more: {names}, buffer: int = ..., overflow: Overflow = ...
) -> EventStream[{args}]: ...
"""
_STREAM_OF_ANY = """
def stream(
    self, *events: {names}, buffer: int = ..., overflow: Overflow = ...
) -> EventStream[{args}]: ...
"""
_WAIT = """
def wait_for(
    self, event: {names}, predicate: Callable[[{args}], object] | None = ..., timeout: float | None = ...
) -> asyncio.Future[{args}]: ...
"""
#: The methods that have a signature for each class of Arguments: these signatures, and those for names that
#: are known only when the program runs.
SIGNATURES = {
    "subscribe": ((_LISTEN, _DECORATE), (_LISTEN, _DECORATE)),
    "unsubscribe": ((), (_UNSUBSCRIBE,)),
    "stream": ((_STREAM,), (_STREAM_OF_ANY,)),
    "wait_for": ((_WAIT,), (_WAIT,)),
}


def sinks_module(events: Events) -> str:
    """``event_types.py``."""
    public = [
        "AllInOneEvents",
        "EventName",
        "EventSink",
        *events.sinks,
        *map(alias_of, events.sinks),
        *events.classes,
    ]
    lines = [
        '"""The types of events: sinks to derive from, the Arguments of each event, and the names of events.',
        "",
        "A program derives a sink from the interfaces of the events that it wants, and overrides their",
        "methods. An editor completes the methods, and the keywords of their Arguments. In a running program",
        "each class of Arguments is ``Arguments``, and each type of names is text.",
        "",
        BANNER,
        '"""',
        "",
        "from ctios_fast.model.arguments import Arguments",
        "from ctios_fast.model.event_arguments import "
        + ", ".join(["EventName", *map(alias_of, events.sinks), *events.classes]),
        "from ctios_fast.model.event_sink import EventSink",
        "",
        f"__all__ = {sorted(public)!r}",
    ]
    for sink, text in events.sinks.items():
        lines += ["", f"class {sink}(EventSink, is_interface=True):", f'    """{text}"""']
        lines += ["    __slots__ = ()"]
        for row in events.rows:
            if sink in row.sinks:
                lines += ["", f"    def {sink_method(row.name)}(self, args: {row.arguments}) -> None:"]
                lines += docstring(*_method_text(row, events), indent=8)
    lines += ["", f"class AllInOneEvents({', '.join(events.sinks)}):"]
    lines += ['    """All events of a session."""', "    __slots__ = ()", ""]
    return "\n".join(lines)


def _method_text(row: EventRow, events: Events) -> Iterator[str]:
    cls = events.classes.get(row.arguments)
    yield row.text
    if cls is None:
        yield f"{row.name} has no keywords."
        return
    yield cls.text
    if cls.always:
        yield f"{row.name} always has {', '.join(cls.always)}."
    optional = [*sorted(cls.optional), *(f"{each}[n]" for each in cls.indexed)]
    if optional:
        yield f"It may have {', '.join(optional)}."


def docstring(*paragraphs: str, indent: int) -> list[str]:
    """The lines of a docstring. Its first line is the first sentence."""
    summary, _, rest = paragraphs[0].partition(". ")
    margin = " " * indent
    if not rest and len(paragraphs) == 1:
        return [f'{margin}"""{summary}"""']
    lines = [f'{margin}"""{summary.removesuffix(".")}.']
    for each in (rest, *paragraphs[1:]):
        if each:
            wrapped = textwrap.wrap(
                each, WIDTH, initial_indent=margin, subsequent_indent=margin, break_long_words=False
            )
            lines += ["", *wrapped]
    return [*lines, f'{margin}"""']


#: Each file with the function that returns its text.
FILES = {
    PACKAGE / "event_types.py": sinks_module,
    PACKAGE / "model" / "event_arguments.py": arguments_module,
    PACKAGE / "model" / "event_arguments.pyi": arguments_stub,
    PACKAGE / "model" / "session_listening.pyi": listening_stub,
}


def texts() -> dict[Path, str]:
    """The text of each file."""
    events = load()
    return {path: formatted(make(events), path) for path, make in FILES.items()}


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text, "utf-8")
