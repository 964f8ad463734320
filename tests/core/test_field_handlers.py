"""Handlers that get fields instead of a message: their values, order, faults and references."""

import asyncio
import codecs
import functools
import gc
import types
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.dispatching import DispatcherLog
from support.memory import check_that_nothing_is_kept
from support.strategies import documented, frames, versions

from ctios_fast import messages
from ctios_fast.core import Dispatcher, Message, codec
from ctios_fast.core.dispatch.field_handler import FieldHandler
from ctios_fast.core.scan.frame_filter import FrameFilter
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.class_table import CLASSES
from ctios_fast.protocol.naming import snake_case

VERSIONS = range(9, 26)
FIELDS = ("AgentState", "EventReasonCode", "AgentID")


def state_event(agent: str, state: int = 3, version: int = 25, *more: tuple[str, object]) -> bytes:
    layout = codec(version).describe(ged.AGENT_STATE_EVENT)
    assert layout is not None
    fields = {field.name: 0 for field in layout.fixed}
    fields |= {"AgentState": state, "PeripheralID": 5000, "EventReasonCode": 70_000 % 65536}
    return codec(version).encode(ged.AGENT_STATE_EVENT, fields, [("AgentID", agent), *more])


def cut(frame: bytes, size: int) -> bytes:
    """The frame without its last bytes, with a length that agrees."""
    return (size - 8).to_bytes(4, "big") + frame[4:size]


def fault_of(frame: bytes) -> MalformedFrame | None:
    """What is wrong with the frame."""
    try:
        codec(25).decode(frame)
    except MalformedFrame as error:
        return error
    return None


class Log(DispatcherLog):
    """A dispatcher, and the arguments that its handlers got."""

    def on(
        self,
        fields: tuple[str, ...] | None,
        name: str | None = None,
        *,
        number: int = ged.AGENT_STATE_EVENT,
        then: Callable[[], object] = lambda: None,
        with_message: bool = False,
    ) -> Any:
        def handler(*arguments: object) -> None:
            self.rows.append(arguments if name is None else (name, *arguments))
            then()

        self.dispatcher.on(number, handler, fields, with_message=with_message)  # type: ignore[arg-type]
        return handler


# --- Values ----------------------------------------------------------------------------------------------


def test_a_handler_gets_the_fields_in_the_order_of_their_names() -> None:
    log = Log(state_event("1001"), state_event("1002", 4))
    log.on(FIELDS)
    assert log.dispatch() == [(3, 4464, "1001"), (4, 4464, "1002")]
    log.on(FIELDS[::-1], "reversed")
    log.feed(state_event("1003", 5))
    assert log.dispatch() == [(5, 4464, "1003"), ("reversed", "1003", 4464, 5)]


@pytest.mark.parametrize("message", [30, "AGENT_STATE_EVENT", messages.AgentStateEvent])
def test_the_message_is_given_by_number_name_or_class(message: Any) -> None:
    log = Log(state_event("1001"))
    log.dispatcher.on(message, lambda agent: log.rows.append((agent,)), ["agent_id"])
    assert log.dispatch() == [("1001",)]


def test_a_handler_of_no_fields_gets_no_arguments() -> None:
    log = Log(state_event("1001"))
    log.on((), "called")
    log.on((), with_message=True)
    first, second = log.dispatch()
    assert first == ("called",)
    assert [message["AgentID"] for message in second] == ["1001"]  # type: ignore[index]


@given(st.data(), versions)
def test_each_value_is_what_get_gives(data: st.DataObject, version: int) -> None:
    frame = data.draw(frames(version, documented))
    message = codec(version).decode(frame)
    if message.type not in {row[0] for row in CLASSES.values()}:
        return
    own = [name for name in message.to_dict() if name != "tag:0"]
    listed = [name for row in CLASSES.values() if row[0] == message.type for name in names_of(row)]
    names = data.draw(st.lists(st.sampled_from([*own, *listed]), max_size=20, unique=True)) if listed else []
    for with_message in (False, True):
        log = Log(frame, version=version)
        log.on(tuple(names), number=message.type, with_message=with_message)
        (row,) = log.dispatch()
        if with_message:
            assert row[0] == message
            row = row[1:]
        assert row == tuple(map(message.get, names))


def names_of(row: tuple[Any, ...]) -> list[str]:
    """The reference's names of a class's fields."""
    _, fixed, parts, _ = row
    columns = [column[1] for part in parts for column in part[7] or ()]
    return [*(field[0] for field in fixed), *(part[1] for part in parts if part[0] != 3), *columns]


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_both_names_of_every_field_are_the_same_field(name: str) -> None:
    row = CLASSES[name]
    dispatcher = Dispatcher(codec(25))
    several = {part[2] for part in row[2] if part[0] in (3, 4, 5)}
    for reference in names_of(row):
        spelling = snake_case(reference)
        assert spelling not in several
        for field in (reference, spelling):
            dispatcher.on(row[0], lambda value: None, (field,))
        with pytest.raises(ValueError, match=f"field {reference} is named twice"):
            dispatcher.on(row[0], lambda one, two: None, (reference, spelling))


def test_a_field_that_the_frame_lacks_is_none() -> None:
    log = Log(state_event("1001"), state_event("1002", 3, 25, ("AgentExtension", "")))
    log.on(("AgentExtension", "agent_id"))
    assert log.dispatch() == [(None, "1001"), ("", "1002")]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_field_that_the_version_lacks_is_none(version: int) -> None:
    log = Log(state_event("1001", 3, version), version=version)
    names = ("agent_state", "DepartmentID", "MRDID", "AgentID")
    log.on(names)
    message = codec(version).decode(state_event("1001", 3, version))
    assert log.dispatch() == [tuple(message.get(each, None) for each in ("AgentState", *names[1:]))]
    assert (message.get("DepartmentID") is None) == (version < 19)


def test_the_codec_may_change_between_two_messages() -> None:
    log = Log(state_event("1001"), state_event("1002", 4, 14))
    log.on(("DepartmentID", "AgentID"), then=lambda: setattr(log.dispatcher, "codec", codec(14)))
    assert log.dispatch() == [(0, "1001"), (None, "1002")]


def test_fields_that_repeat_are_lists() -> None:
    groups: list[tuple[str, object]] = [("FltSkillGroupNumber", 7), ("FltSkillGroupID", 1)]
    log = Log(state_event("1001"), state_event("1002", 3, 25, *groups, ("FltSkillGroupNumber", 8)))
    log.on(("flt_skill_group_number", "AgentID", "FltSkillGroupID"))
    assert log.dispatch() == [([], "1001", []), ([7, 8], "1002", [1])]


@pytest.mark.parametrize("with_message", [False, True])
def test_records_and_mappings_are_what_the_class_gives(with_message: bool) -> None:
    groups: list[tuple[str, object]] = [("FltSkillGroupNumber", 7), ("FltSkillGroupID", 1)]
    frame = state_event("1002", 3, 25, *groups, ("FltSkillGroupNumber", 8))
    log = Log(frame)
    log.on(("flt_skill_groups", "AgentID", "flt_skill_groups", "AgentState"), with_message=with_message)
    (row,) = log.dispatch()
    if with_message:
        assert bytes(row[0]) == frame  # type: ignore[call-overload]
        row = row[1:]
    records = messages.AgentStateEvent.FltSkillGroup
    groups_read = (records(7, 1, None, None), records(8, None, None, None))
    assert row == (groups_read, "1002", groups_read, 3)


def test_named_variables_are_a_mapping_or_a_list() -> None:
    layout = codec(25).describe(ged.CALL_DATA_UPDATE_EVENT)
    assert layout is not None
    frame = codec(25).encode(
        ged.CALL_DATA_UPDATE_EVENT,
        {field.name: 0 for field in layout.fixed},
        [("NamedVariable", ("user.x", "1")), ("NamedVariable", ("user.y", "2"))],
    )
    log = Log(frame)
    log.on(("named_variables", "named_variable"), number=ged.CALL_DATA_UPDATE_EVENT)
    ((mapping, variables),) = log.dispatch()
    assert dict(mapping) == {"user.x": "1", "user.y": "2"}  # type: ignore[call-overload]
    assert variables == [("user.x", "1"), ("user.y", "2")]


def test_any_tag_can_be_read_from_any_message() -> None:
    frame = codec(25).encode(ged.HEARTBEAT_CONF, {"InvokeID": 7}, [("AgentID", "1001")])
    log = Log(frame)
    log.on(("invoke_id", "agent_id", "tag:5", "tag:6"), number=ged.HEARTBEAT_CONF)
    assert log.dispatch() == [(7, "1001", b"1001\0", None)]


def test_text_is_decoded_in_the_encoding_of_the_session() -> None:
    dispatcher = Dispatcher(codec(25, "utf-8"))
    rows: list[object] = []
    dispatcher.on(30, rows.append, ("AgentExtension",))
    frame = state_event("1001", 3, 25, ("AgentExtension", "Zoë".encode() + b"\0"))
    dispatcher.frames.feed(frame)
    dispatcher.codec = codec(25, "utf-8")
    dispatcher.dispatch()
    assert rows == ["Zoë"]


# --- What is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "kind", "says"),
    [
        (
            ("agent_sate",),
            ValueError,
            "AGENT_STATE_EVENT has no field 'agent_sate'; did you mean agent_state?",
        ),
        (("AgentStat",), ValueError, "did you mean AgentState?"),
        (("flt_skill_group",), ValueError, "did you mean flt_skill_groups?"),
        (("ForcedFlag",), ValueError, "AGENT_STATE_EVENT has no field 'ForcedFlag'"),
        (("AgentID", "agent_id"), ValueError, "field AgentID is named twice"),
        (("tag:x",), ValueError, "no field 'tag:x'"),
        ("agent_id", TypeError, "fields must be a tuple of names"),
        (5, TypeError, "fields must be a tuple of names"),
        ((5,), TypeError, "a field's name must be text, got int"),
        ([f"tag:{tag}" for tag in range(65)], ValueError, "64 fields at most, 65 were given"),
    ],
)
def test_fields_that_the_message_cannot_have_are_refused(
    fields: Any, kind: type[Exception], says: str
) -> None:
    dispatcher = Dispatcher(codec(25))
    with pytest.raises(kind) as caught:
        dispatcher.on(ged.AGENT_STATE_EVENT, lambda *fields: None, fields)
    assert says in str(caught.value)
    dispatcher.frames.feed(state_event("1001"))
    dispatcher.dispatch()
    assert dispatcher.unhandled == 1


def test_a_message_without_a_published_layout_has_no_fields() -> None:
    with pytest.raises(ValueError, match="has no published layout: register a handler without fields"):
        Dispatcher(codec(25)).on(120, print, ("AgentID",))


def test_the_message_alone_needs_no_option() -> None:
    with pytest.raises(TypeError, match="with_message needs fields"):
        Dispatcher(codec(25)).on(30, print, with_message=True)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("handler", "with_message"),
    [
        (lambda state, reason: None, False),
        (lambda state, reason, agent, more: None, False),
        (lambda state, reason, agent: None, True),
        (lambda state, reason, agent, *, more: None, False),
    ],
)
def test_a_handler_that_takes_another_number_of_arguments_is_refused(
    handler: Any, with_message: bool
) -> None:
    dispatcher = Dispatcher(codec(25))
    with pytest.raises(TypeError, match=r"cannot be called with (the message and )?3 fields: "):
        dispatcher.on(30, handler, FIELDS, with_message=with_message)


class _Callables:
    """A handler in every form that Python calls in its own way; each stores its arguments."""

    def __init__(self) -> None:
        self.rows: list[tuple[object, ...]] = []

    def method(self, *arguments: object) -> None:
        self.rows.append(arguments)

    def defaults(self, agent: object, more: object = None) -> None:
        self.rows.append((agent,))

    def __call__(self, *arguments: object) -> None:
        self.rows.append(arguments)

    def forms(self) -> list[Any]:
        class Created:
            def __init__(self, *arguments: object) -> None:
                rows.append(arguments)

        rows = self.rows
        return [
            lambda agent: rows.append((agent,)),
            self.method,
            self.defaults,
            self,
            types.MethodType(lambda kept, agent: kept.append((agent,)), rows),
            types.MethodType(functools.partial(_Callables.method, self), "1000"),
            functools.partial(self.method),
            Created,
        ]


@pytest.mark.parametrize("form", range(8))
def test_a_handler_of_every_form_is_called(form: int) -> None:
    log, callables = Log(state_event("1001")), _Callables()
    log.dispatcher.on(30, callables.forms()[form], ("AgentID",))
    log.dispatch()
    assert [row[-1] for row in callables.rows] == ["1001"]


@pytest.mark.parametrize("handler", [None, "handler", 5])
def test_a_handler_is_callable(handler: Any) -> None:
    with pytest.raises(TypeError, match="a handler must be callable, got"):
        Dispatcher(codec(25)).on(30, handler, FIELDS)


def test_a_function_in_c_that_takes_another_number_fails_at_each_message() -> None:
    log = Log(state_event("1001"), state_event("1002"))
    handler = dict[str, str]().update
    log.dispatcher.on(30, handler, FIELDS)
    log.on(("AgentID",))
    assert log.dispatch() == [("1001",), ("1002",)]
    assert [(row[0], row[1]["AgentID"], type(row[2])) for row in log.errors] == [
        (handler, "1001", TypeError),
        (handler, "1002", TypeError),
    ]


# --- Order, and changes while a message is handled -------------------------------------------------------


@pytest.mark.parametrize("views", [(), (1,), (0, 2)])
@pytest.mark.parametrize("with_message", [(), (1,), (0, 1, 2)])
def test_handlers_of_all_forms_are_called_in_the_order_of_registration(
    views: tuple[int, ...], with_message: tuple[int, ...]
) -> None:
    log = Log(state_event("1001"), state_event("1002"))
    for place in range(3):
        is_view = place in views
        log.on(
            None if is_view else ("AgentID",), f"{place}", with_message=place in with_message and not is_view
        )
    rows = log.dispatch()
    assert [row[0] for row in rows] == ["0", "1", "2"] * 2
    assert [row[-1] if isinstance(row[-1], str) else row[-1]["AgentID"] for row in rows] == (  # type: ignore[index]
        ["1001"] * 3 + ["1002"] * 3
    )


def test_a_handler_is_taken_away_whatever_its_form() -> None:
    log = Log(state_event("1001"))
    by_view = log.on(None, "view")
    by_fields = log.on(FIELDS, "fields")
    log.dispatcher.on(30, by_fields)  # the same function once more, with the message
    log.dispatcher.off(30, by_fields)
    rows = log.dispatch()
    assert [len(row) for row in rows] == [2, 2]
    log.dispatcher.off(30, by_fields)
    log.dispatcher.off(30, by_view)
    with pytest.raises(ValueError, match="is not a registered handler of AGENT_STATE_EVENT"):
        log.dispatcher.off(30, by_fields)
    log.feed(state_event("1002"))
    assert log.dispatch() == []
    assert log.dispatcher.unhandled == 1


def test_bound_methods_are_taken_away_by_equality() -> None:
    log = Log(state_event("1001"))
    seen: list[object] = []
    log.dispatcher.on(30, seen.append, ("AgentID",))
    log.dispatcher.off(30, seen.append)
    log.dispatch()
    assert seen == []


@pytest.mark.parametrize("form", ["fields", "view"])
def test_a_handler_registered_by_a_handler_gets_the_next_message(form: str) -> None:
    log = Log(state_event("1001"), state_event("1002"))
    todo = [lambda: log.on(None if form == "view" else ("AgentID",), "new")]
    log.on(("AgentID",), "old", then=lambda: todo and todo.pop()())
    assert [row[0] for row in log.dispatch()] == ["old", "old", "new"]


def test_a_handler_taken_away_by_a_handler_still_gets_the_message() -> None:
    log = Log(state_event("1001"), state_event("1002"))
    last: list[Any] = []
    log.on(FIELDS, "first", then=lambda: last and log.dispatcher.off(30, last.pop()))
    last.append(log.on(FIELDS, "last"))
    gc.collect()
    assert [row[0] for row in log.dispatch()] == ["first", "last", "first"]


def test_a_handler_may_take_itself_away() -> None:
    log = Log(state_event("1001"), state_event("1002"))
    own = log.on(FIELDS, "once", then=lambda: log.dispatcher.off(30, own))
    assert [row[0] for row in log.dispatch()] == ["once"]
    assert log.dispatcher.unhandled == 1


def test_dispatch_within_a_handler_does_nothing() -> None:
    log = Log(state_event("1001"), state_event("1002"))
    counts: list[int] = []
    log.on(("AgentID",), then=lambda: counts.append(log.dispatcher.dispatch()))
    assert log.dispatch() == [("1001",), ("1002",)]
    assert counts == [0, 0]


def test_a_dispatch_of_another_dispatcher_within_a_handler_changes_nothing() -> None:
    inner = Log(state_event("7"))
    inner.on(FIELDS)
    log = Log(state_event("1001"), state_event("1002"))
    rows: list[object] = []
    log.on(FIELDS, then=lambda: rows.extend(inner.dispatch()))
    assert log.dispatch() == [(3, 4464, "1001"), (3, 4464, "1002")]
    assert rows == [(3, 4464, "7")]


def test_a_handler_may_feed_what_the_buffer_has_space_for() -> None:
    log = Log(state_event("1001"))
    more = [state_event("1002")]
    log.on(("AgentID",), then=lambda: more and log.feed(more.pop()))
    log.on(("AgentState",))
    assert log.dispatch() == [("1001",), (3,), ("1002",), (3,)]


def test_the_buffer_stays_where_it_is_while_a_handler_runs() -> None:
    log = Log(state_event("1001"))
    log.on(("AgentID",), then=lambda: log.feed(bytes(100_000)))
    log.on(("AgentID",))
    assert log.dispatch() == [("1001",)] * 2
    assert [type(row[2]) for row in log.errors] == [BufferError]
    log.feed(bytes(100_000))


def test_beside_a_handler_with_the_message_the_buffer_may_move() -> None:
    log = Log(state_event("1001"))
    log.on(None, "view", then=lambda: log.feed(bytes(100_000)) or log.dispatcher.stop())
    log.on(("AgentID",))
    assert [row[-1] for row in log.dispatch()][1:] == ["1001"]
    assert log.errors == []


def test_after_stop_the_other_handlers_get_the_message_and_nobody_a_further_one() -> None:
    log = Log(state_event("1001"), state_event("1002"))
    log.on(("AgentID",), "a", then=log.dispatcher.stop)
    log.on(("AgentID",), "b")
    assert log.dispatch() == [("a", "1001"), ("b", "1001")]


def test_filtered_frames_reach_no_handler() -> None:
    log = Log(state_event("1001"), state_event("1002"))
    log.dispatcher.filter = FrameFilter(25, messages=[30], where={"AgentID": {"1002"}})
    log.on(("AgentID",))
    assert log.dispatch() == [("1002",)]
    assert log.dispatcher.filtered == 1


# --- Views -----------------------------------------------------------------------------------------------


def test_a_message_that_no_handler_keeps_serves_the_next_frame() -> None:
    log = Log(*(state_event(str(number)) for number in range(5)))
    places: list[int] = []
    log.dispatcher.on(30, lambda message, agent: places.append(id(message)), ("AgentID",), with_message=True)
    log.dispatch()
    assert len(places) == 5
    assert len(set(places)) == 1


def test_a_message_that_a_handler_keeps_stays_what_it_was() -> None:
    fed = [state_event(str(number)) for number in range(5)]
    log = Log(*fed)
    log.on(("AgentID",), with_message=True)
    log.on(("AgentID",))
    rows = log.dispatch()[::2]
    assert [(bytes(row[0]), row[1]) for row in rows] == [  # type: ignore[call-overload]
        (frame, str(number)) for number, frame in enumerate(fed)
    ]


def test_it_can_be_called_with_a_message() -> None:
    rows: list[tuple[object, ...]] = []
    message = codec(25).decode(state_event("1001"))
    handler = FieldHandler(30, lambda *row: rows.append(row), ("agent_id", "AgentState"), with_message=True)
    handler(message)
    assert rows == [(message, "1001", 3)]
    assert handler.fields == ("agent_id", "AgentState")
    assert handler.with_message
    assert repr(handler).endswith("of agent_id, AgentState>")
    with pytest.raises(TypeError, match="holds no frame"):
        handler(Message.__new__(Message))
    with pytest.raises(TypeError):
        handler(None)  # type: ignore[arg-type]


# --- Faults ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_message", [False, True])
@pytest.mark.parametrize(
    "error", [ValueError("mine"), asyncio.CancelledError(), GeneratorExit(), StopIteration()]
)
def test_a_handler_that_raises_does_not_keep_the_message_from_the_others(
    error: BaseException, with_message: bool
) -> None:
    def fail() -> None:
        raise error

    log = Log(state_event("1001"), state_event("1002"))
    log.on(("AgentID",), "a")
    failing = log.on(("AgentID",), "failing", then=fail, with_message=with_message)
    log.on(("AgentID",), "b")
    rows = log.dispatch()
    assert [(row[0], row[-1]) for row in rows] == [
        (name, agent) for agent in ("1001", "1002") for name in ("a", "failing", "b")
    ]
    assert [(row[0], row[1]["AgentID"], row[2]) for row in log.errors] == [
        (failing, "1001", error),
        (failing, "1002", error),
    ]
    assert log.dispatcher.handler_errors == 2


@pytest.mark.parametrize("with_message", [False, True])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_an_interrupt_ends_the_dispatch_and_frees_the_buffer(
    error: BaseException, with_message: bool
) -> None:
    interrupts = [error]

    def interrupt() -> None:
        if interrupts:
            raise interrupts.pop()

    log = Log(state_event("1001"), state_event("1002"))
    log.on(("AgentID",), then=interrupt, with_message=with_message)
    with pytest.raises(type(error)):
        log.dispatcher.dispatch()
    log.feed(bytes(100_000))
    assert [row[-1] for row in log.dispatch()][:2] == ["1001", "1002"]
    assert log.dispatcher.handler_errors == 0


def test_what_the_error_callback_raises_ends_the_dispatch_and_frees_the_buffer() -> None:
    log = Log(state_event("1001"), state_event("1002"))

    def fails(*arguments: object) -> None:
        raise LookupError("callback")

    log.on(FIELDS, then=fails)
    log.dispatcher.on_handler_error = fails
    for seen in (1, 2):
        with pytest.raises(LookupError, match="callback"):
            log.dispatcher.dispatch()
        assert log.dispatcher.frames_seen == seen
    log.feed(bytes(100_000))


def test_every_truncated_frame_is_malformed_or_lacks_fields() -> None:
    frame = state_event("1001", 3, 25, ("AgentExtension", "3001"), ("FltSkillGroupNumber", 5))
    for with_message in (False, True):
        for size in range(8, len(frame)):
            short = cut(frame, size)
            log = Log(short)
            log.on(("AgentID", "FltSkillGroupNumber", "AgentExtension"), with_message=with_message)
            rows = log.dispatch()
            fault = fault_of(short)
            assert [str(each) for each in log.faults] == ([] if fault is None else [str(fault)])
            assert log.dispatcher.malformed == (fault is not None)
            if fault is not None:
                assert rows == []
                continue
            message = codec(25).decode(short)
            assert [row[-3:] for row in rows] == [
                (message.get("AgentID"), message["FltSkillGroupNumber"], message.get("AgentExtension"))
            ]


def test_an_error_of_the_text_encoding_is_the_handlers_unless_the_frame_is_malformed() -> None:
    def decode(data: bytes, errors: str = "strict") -> tuple[str, int]:
        if max(bytes(data), default=0) > 127:
            raise RuntimeError("this encoding fails")
        return bytes(data).decode("ascii"), len(data)

    def found(name: str) -> codecs.CodecInfo | None:
        if name != "ascii_or_fail":
            return None
        return codecs.CodecInfo(codecs.ascii_encode, decode, name=name)

    codecs.register(found)
    try:
        dispatcher = Dispatcher(codec(25, "ascii_or_fail"))
        errors: list[tuple[object, Message, BaseException]] = []
        faults: list[MalformedFrame] = []
        dispatcher.on_handler_error = lambda *row: errors.append(row)
        dispatcher.on_malformed = faults.append
        dispatcher.on(30, lambda agent: None, ("AgentID",))
        frame = state_event("1001").replace(b"1001", b"\xe9\xe9\xe9\xe9")
        dispatcher.frames.feed(frame + cut(frame + b"\1", len(frame) + 1))
        assert dispatcher.dispatch() == 2
        (row,) = errors
        assert "this encoding fails" in str(row[2])
        assert len(faults) == dispatcher.malformed == 1
    finally:
        codecs.unregister(found)


# --- Life and leaks --------------------------------------------------------------------------------------


def test_a_dispatcher_in_a_cycle_with_its_field_handlers_is_collected() -> None:
    class Owner:
        def __init__(self) -> None:
            self.dispatcher = Dispatcher(codec(25))
            self.dispatcher.on(30, self.handler, FIELDS)
            self.dispatcher.on(30, self.handler, FIELDS, with_message=True)

        def handler(self, *fields: object) -> None:
            """Holds its owner."""

    owner = weakref.ref(Owner())
    gc.collect()
    assert owner() is None


@pytest.mark.parametrize("with_message", [False, True])
def test_field_handlers_leak_no_references(with_message: bool) -> None:
    dispatcher = Dispatcher(codec(25))

    def reported(*arguments: object) -> None:
        """Keeps nothing."""

    def failing(*arguments: object) -> None:
        raise ValueError(arguments)

    groups: list[tuple[str, object]] = [("FltSkillGroupNumber", 7), ("FltSkillGroupID", 1)]
    names = ("AgentID", "PeripheralID", "AgentExtension", "FltSkillGroupNumber", "tag:5")
    fed = [
        state_event("1001", 3, 25, *groups),
        state_event("a" * 11, 70_000 % 65536, 25, ("AgentExtension", "\xe9")),
    ]
    malformed = cut(fed[0], len(fed[0]) - 1)
    stream = b"".join((*fed, malformed)) * 20
    dispatcher.on_handler_error = reported
    dispatcher.on_malformed = reported
    for handler in (reported, failing):
        dispatcher.on(30, handler, names, with_message=with_message)
        if with_message:
            dispatcher.on(30, handler, (*names, "flt_skill_groups"))

    def work(times: int) -> None:
        for _ in range(times):
            dispatcher.frames.feed(stream)
            dispatcher.dispatch()
            dispatcher.on(ged.HEARTBEAT_CONF, reported, ("invoke_id",))
            dispatcher.off(ged.HEARTBEAT_CONF, reported)
        gc.collect()  # the inspection of a handler's parameters leaves cycles

    shared = (codec(25), reported, failing, dispatcher, dispatcher.frames, None, 5000)
    check_that_nothing_is_kept(work, shared, warm_up=5, first=5, more=100, leaves_cycles=True)
