"""The types of events: their names, sinks and Arguments, and the files that are written from the data."""

import ast
import tomllib
from typing import get_type_hints

import pytest
from support.scripts import ROOT, load_script, needs_sources
from support.typed_events import classes, sinks, stated_of_class

from ctios_fast import Arguments, Session, event_types
from ctios_fast.model.kinds import EVENT_TABLES
from ctios_fast.model.publisher import sink_method
from ctios_fast.model.session_listening import SessionListening

INTERFACES = sorted({sink for of_event in sinks().values() for sink in of_event})


@needs_sources
def test_the_files_are_up_to_date() -> None:
    script = load_script(ROOT / "ci" / "make_event_types.py")
    for path, text in script.texts().items():
        assert path.read_text("utf-8") == text, "run python ci/make_event_types.py"


def test_every_event_of_a_session_has_arguments_and_sinks() -> None:
    events = set(Session(client_id="test").events)
    assert set(classes()) == set(sinks()) == events


@needs_sources
def test_the_sinks_are_the_interfaces_of_ctios() -> None:
    rows = tomllib.loads((ROOT / "docs" / "ctios_coverage.toml").read_text("utf-8"))["event"]
    for interface, events in rows.items():
        for event, row in events.items():
            if isinstance(row, str) and row.startswith(("on_", "monitored_")) and event in sinks():
                # no object of the library releases a call alone: the agent's method releases them all
                sink = "AgentEvents" if event == "OnReleaseCallConf" else interface.removeprefix("I")
                assert sink in sinks()[event], event


@pytest.mark.parametrize("name", INTERFACES)
def test_a_sink_has_a_documented_method_for_each_of_its_events(name: str) -> None:
    sink = getattr(event_types, name)
    methods = {method for method in vars(sink) if method.startswith(("on_", "monitored_"))}
    assert methods == {sink_method(event) for event, of_event in sinks().items() if name in of_event}
    for method in methods:
        assert get_type_hints(getattr(sink, method)) == {"args": Arguments, "return": type(None)}
        assert getattr(sink, method).__doc__


def test_a_docstring_names_every_keyword_of_the_event() -> None:
    for event, of_event in sinks().items():
        text = getattr(getattr(event_types, of_event[0]), sink_method(event)).__doc__
        always, optional, _ = stated_of_class(classes()[event])
        for keyword in always | optional:
            assert keyword in text, (event, keyword)


def test_all_sinks_are_in_one() -> None:
    assert {base.__name__ for base in event_types.AllInOneEvents.__bases__} == set(INTERFACES)


def typed_methods() -> list[ast.FunctionDef]:
    """The methods of the stub of ``SessionListening``, each signature of them."""
    stub = ast.parse((ROOT / "ctios_fast" / "model" / "session_listening.pyi").read_text("utf-8"))
    [cls] = [node for node in stub.body if isinstance(node, ast.ClassDef)]
    return [node for node in cls.body if isinstance(node, ast.FunctionDef)]


@needs_sources
def test_the_typed_methods_take_what_the_methods_take() -> None:
    public = {name for name in vars(SessionListening) if not name.startswith("_")}
    assert {node.name for node in typed_methods()} == public


@needs_sources
def test_each_name_and_alias_is_in_one_signature() -> None:
    listed = [
        each.value
        for node in typed_methods()
        if node.name == "wait_for"
        for each in ast.walk(node.args.args[1])
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    names = {name for table in EVENT_TABLES for name in (*table.names, *table.aliases)}
    without_keywords = {name for name, of_event in classes().items() if of_event == "Arguments"}
    assert len(listed) == len(set(listed))
    assert set(listed) == names - without_keywords - {"OnCloseConnection"}  # an alias of OnConnectionClosed
