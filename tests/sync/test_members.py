"""The classes of the facade have the methods and attributes of the model, as functions and properties."""

import ast
import inspect
import pydoc
import threading
from typing import Any

import pytest
from support.scripts import ROOT, load_script, needs_sources

import ctios_fast
from ctios_fast import sync
from ctios_fast.sync.members import waits
from ctios_fast.sync.proxy import Proxy

PAIRS = [
    (sync.Agent, ctios_fast.Agent),
    (sync.Call, ctios_fast.Call),
    (sync.SkillGroup, ctios_fast.SkillGroup),
    (sync.Session, ctios_fast.Session),
]
CLASSES: list[type[Proxy]] = [cls for cls, _ in PAIRS]
MODELS: list[Any] = [model for _, model in PAIRS]


def public(cls: type) -> dict[str, Any]:
    return {name: getattr(cls, name) for name in dir(cls) if name[0].islower()}


@pytest.mark.parametrize(("cls", "model"), PAIRS)
def test_a_class_has_the_public_names_of_the_model(cls: type[Proxy], model: type) -> None:
    assert set(public(cls)) == set(public(model))


@pytest.mark.parametrize(("cls", "model"), PAIRS)
def test_every_member_has_the_text_of_the_model(cls: type[Proxy], model: type) -> None:
    own = vars(cls)["__module__"]
    for name, member in public(cls).items():
        assert member.__doc__
        function = getattr(member, "fget", member)
        if getattr(function, "__module__", own) == own and hasattr(function, "__wrapped__"):
            assert function.__name__ == name
            assert function.__qualname__ in (f"{cls.__name__}.{name}", f"PropertyObject.{name}")
            assert member.__doc__ == getattr(model, name).__doc__


@needs_sources
def test_the_stub_and_the_classes_have_the_same_methods() -> None:
    script = load_script(ROOT / "ci" / "make_sync_stub.py")
    bodies = {
        node.name: node.body
        for node in ast.parse(script.STUB.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    of_all = bodies[script.BASE]
    for cls in CLASSES:
        stated = {
            node.name: node
            for node in [*of_all, *bodies[cls.__name__]]
            if isinstance(node, ast.FunctionDef) and not node.decorator_list and node.name[0].islower()
        }
        assert {"get_value", "set_value"} <= set(stated)
        for name, node in stated.items():
            signature = inspect.signature(getattr(cls, name))
            arguments = [*node.args.posonlyargs, *node.args.args, node.args.vararg, *node.args.kwonlyargs]
            names = [each.arg for each in [*arguments, node.args.kwarg] if each is not None]
            assert list(signature.parameters) == names, name
            assert "Request[" not in str(signature)
            assert "Future[" not in str(signature) or name.startswith("wait_for")


def test_a_signature_has_the_result_in_place_of_what_is_awaited() -> None:
    def returned(method: Any) -> Any:
        return inspect.signature(method).return_annotation

    assert returned(sync.Session.connect) is None
    assert returned(sync.Agent.query_agent_state) == "QueryAgentStateConf"
    assert returned(sync.Session.get_current_agent) == sync.Agent | None
    assert returned(sync.Session.agent) is sync.Agent
    assert list(inspect.signature(sync.Agent).parameters)[:2] == ["agent_id", "peripheral_id"]


def test_help_shows_methods_and_attributes() -> None:
    text = pydoc.plain(pydoc.render_doc(sync.Session))
    assert "connect(self, args:" in text
    assert "Connect to one of the two sides" in text
    assert "The agents that the session knows" in text
    assert "``client_id``, ``client_password``" in text


def test_what_waits_follows_from_the_type_that_a_method_returns() -> None:
    waiting = {name for model in MODELS for name, each in public(model).items() if inspect.isfunction(each)
               if waits(each)}  # fmt: skip
    assert {"login", "connect", "request", "wait_for_state", "query_statistics", "clear"} <= waiting
    assert not {"counters", "get_value", "send", "subscribe", "agent", "on", "set_current_call"} & waiting


@pytest.mark.parametrize("model", MODELS)
def test_no_method_hides_that_its_result_is_awaited(model: type) -> None:
    for name, each in public(model).items():
        if inspect.isfunction(each):
            stated = str(inspect.signature(each).return_annotation)
            is_awaited = "Request[" in stated or "Future[" in stated or inspect.iscoroutinefunction(each)
            assert waits(each) == is_awaited, name


def test_a_method_of_a_truth_cannot_be_used_as_an_attribute() -> None:
    session = sync.Session(client_id="job")
    assert session.is_connected() is False
    with pytest.raises(TypeError, match=r"is_connected is a method: write is_connected\(\)"):
        bool(session.is_connected)


def test_a_class_that_a_program_derives_has_attributes_of_its_own() -> None:
    class Member(sync.Agent):
        def __init__(self, agent_id: str) -> None:
            super().__init__(agent_id, 5000)
            self.note = threading.current_thread().name

    member = Member("1001")
    assert (member.agent_id, member.note) == ("1001", threading.current_thread().name)
    session = sync.Session(client_id="job")
    assert type(session.skill_group(1)) is sync.SkillGroup
    assert type(sync.proxy.proxy_of(ctios_fast.Agent("1002"))) is sync.Agent


def test_an_attribute_that_does_not_exist_cannot_be_set_or_read() -> None:
    agent = sync.Agent("1001")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        agent.nothing = 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        agent.nothing  # type: ignore[attr-defined] # noqa: B018
    with pytest.raises(AttributeError, match="no setter"):
        agent.is_logged_in = True  # type: ignore[misc]
