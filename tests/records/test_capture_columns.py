"""``CaptureReader.columns``: the same values as decoding every frame, and one copy of an event on request."""

import io
import random
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.captures import START, Talk, pcap
from support.columns import as_column, usable
from support.reference_codec import MESSAGES
from support.sample_frames import open_request, state_event
from support.strategies import build, damage, header

from ctios_fast.core import codec
from ctios_fast.errors import CaptureError, MalformedFrame
from ctios_fast.protocol import numbers as ged
from ctios_fast.records.capture import CapturedFrame, CaptureReader
from ctios_fast.records.capture import copies as copies_module
from ctios_fast.records.capture.capture_columns import CaptureColumns
from ctios_fast.records.capture.copies import Copies

pytest.importorskip("scapy", reason="the extra [pcap] is not installed; the case is not tested")

STATE = ged.AGENT_STATE_EVENT
KEYS = ["time", "connection", "direction", "version"]
VERSIONS = (14, 19, 20, 25)


def talks(*versions: int) -> list[Talk]:
    """Open one connection for each version; all write to one list of packets."""
    first = Talk(("10.0.0.1", 50001))
    opened = [first, *(Talk(("10.0.0.1", 50001 + n), packets=first.packets) for n in range(1, len(versions)))]
    for talk, version in zip(opened, versions, strict=True):
        talk.open().send("client", open_request(version))
    return opened


def capture(talk: Talk) -> io.BytesIO:
    return io.BytesIO(pcap(talk.packets))


def plain(frames: Iterable[CapturedFrame], number: int) -> tuple[list[tuple[CapturedFrame, Any]], int]:
    """Decode frames of a message one by one; return frames and messages, and how many were malformed."""
    found, malformed = [], 0
    for frame in frames:
        if frame.message == number:
            try:
                found.append((frame, codec(frame.version).decode(frame.data)))
            except MalformedFrame:
                malformed += 1
    return found, malformed


def assert_equal_to_plain(columns: CaptureColumns, rows: list[tuple[CapturedFrame, Any]]) -> None:
    assert list(columns)[:4] == KEYS
    assert columns.rows == len(rows)
    for name, values in columns.items():
        assert values.shape == (len(rows),)
        if name in KEYS:
            given_values = [getattr(frame, name) for frame, _ in rows]
            found = values.astype(np.str_) if values.dtype.kind == "S" else values
            assert found.tolist() == given_values
            assert columns.valid(name).all()
            continue
        wanted = [as_column(message.get(name), values.dtype, 1024) for _, message in rows]
        assert columns.valid(name).tolist() == [value is not None for value in wanted], name
        empty: Any = b"" if values.dtype.kind == "S" else 0
        assert values.tolist() == [empty if value is None else value for value in wanted], name


@settings(max_examples=150)
@given(st.data())
def test_columns_equal_a_plain_decode(data: st.DataObject) -> None:
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    number = data.draw(st.sampled_from(sorted(MESSAGES)))
    versions = data.draw(st.lists(st.sampled_from(VERSIONS), min_size=1, max_size=3))
    opened = talks(*versions)
    for which, kind, side in data.draw(
        st.lists(
            st.tuples(st.integers(0, 2), st.sampled_from("nnndo"), st.sampled_from(["client", "server"])),
            max_size=14,
        )
    ):
        talk, version = opened[which % len(opened)], versions[which % len(opened)]
        frame = build(rng, version, number if kind != "o" else rng.choice(sorted(MESSAGES)))
        if frame[4:8] != ged.OPEN_REQ.to_bytes(4):  # it would change the version
            talk.send(side, damage(rng, version, frame) if kind == "d" else frame)
    names = usable(25, number)
    chosen = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=6)) if names else []
    direction = data.draw(st.sampled_from([None, "client", "server"]))
    connection = data.draw(st.sampled_from([None, opened[-1].name]))
    items = CaptureReader().items(capture(opened[0]))
    frames = [
        item
        for item in items
        if isinstance(item, CapturedFrame)
        and direction in (None, item.direction)
        and connection in (None, item.connection)
    ]
    documented = [frame for frame in frames if _documents(frame.version, number)]
    rows, malformed = plain(documented, number)
    reader = CaptureReader()
    columns = reader.columns(capture(opened[0]), number, chosen, connection=connection, direction=direction)
    assert list(columns) == [*KEYS, *chosen]
    assert_equal_to_plain(columns, rows)
    assert columns.malformed == reader.counters.malformed == malformed
    assert columns.undocumented == sum(
        frame.message == number and frame not in documented for frame in frames
    )


def _documents(version: int, number: int) -> bool:
    return codec(version).describe(number) is not None


def test_a_field_that_a_version_lacks_is_invalid_there() -> None:
    old, new = talks(14, 25)
    old.send("server", state_event(version=14))
    new.send("server", state_event(version=25))
    columns = CaptureReader().columns(capture(old), STATE, ["DepartmentID", "AgentID"])
    assert columns["version"].tolist() == [14, 25]
    assert columns["DepartmentID"].tolist() == [0, 7]
    assert columns.valid("DepartmentID").tolist() == [False, True]
    assert columns["AgentID"].tolist() == [b"1001", b"1001"]
    both = CaptureReader().columns(capture(old), STATE)
    assert "DepartmentID" in both
    only = CaptureReader().columns(capture(old), STATE, connection=old.name)
    assert "DepartmentID" not in only
    assert "SessionID" in only


def test_a_capture_without_the_message_gives_empty_columns() -> None:
    (talk,) = talks(25)
    columns = CaptureReader().columns(capture(talk), "AGENT_STATE_EVENT", ["AgentState", "AgentID"])
    assert {name: len(values) for name, values in columns.items()} == dict.fromkeys(
        [*KEYS, "AgentState", "AgentID"], 0
    )
    assert columns["AgentState"].dtype == np.uint16


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("NO_EVENT",), "no message 'NO_EVENT'"),
        ((STATE, ["Nothing"]), "Nothing"),
        ((STATE, "AgentID"), "collection of field names"),
    ],
)
def test_wrong_arguments_are_refused_before_reading(arguments: tuple[Any, ...], reason: str) -> None:
    with pytest.raises((ValueError, TypeError), match=reason):
        CaptureReader().columns(io.BytesIO(b"not a capture"), *arguments)
    with pytest.raises(ValueError, match="direction must be 'client', 'server' or None, got 'in'"):
        CaptureReader().columns(io.BytesIO(b"not a capture"), STATE, direction="in")
    with pytest.raises(CaptureError):
        CaptureReader().columns(io.BytesIO(b"not a capture"), STATE)


def test_columns_become_tables_of_pandas_and_arrow() -> None:
    pd, pa = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    old, new = talks(14, 25)
    old.send("server", state_event("1001", version=14))
    new.send("server", state_event("1002", version=25))
    columns = CaptureReader().columns(capture(old), STATE, ["AgentID", "DepartmentID", "AgentState"])
    frame = columns.to_pandas()
    assert isinstance(frame["connection"].dtype, pd.CategoricalDtype)
    assert frame["connection"].tolist() == [old.name, new.name]
    assert frame["AgentID"].tolist() == ["1001", "1002"]
    assert frame["DepartmentID"].isna().tolist() == [True, False]
    table = columns.to_arrow()
    assert table["direction"].to_pylist() == ["server", "server"]
    assert pa.types.is_dictionary(table["direction"].type)
    assert table["DepartmentID"].to_pylist() == [None, 7]
    assert table["AgentState"].to_pylist() == [3, 3]
    assert repr(columns) == "<CaptureColumns AGENT_STATE_EVENT: 7 columns, 2 rows>"


# --- one copy of an event ---------------------------------------------------------------------------


def kept(talk: Talk, **options: Any) -> tuple[list[tuple[str, int]], int]:
    """The connection and the MonitorID of the agent states that are read, and the count of copies."""
    reader = CaptureReader(distinct=True, **options)
    rows = [row for row in reader.records(capture(talk)) if row.get("type") == STATE]
    return [(row["connection"], row["fields"]["MonitorID"]) for row in rows], reader.counters.copies


def test_one_copy_is_kept_of_an_event_that_several_connections_heard() -> None:
    a, b, c = talks(25, 25, 25)
    for talk, monitor in ((a, 0), (b, 5), (c, 0)):
        talk.send("server", state_event(monitor=monitor))
    assert kept(a) == ([(a.name, 0)], 2)
    columns = CaptureReader(distinct=True).columns(capture(a), STATE)
    assert columns["connection"].tolist() == [a.name.encode()]
    assert CaptureReader().columns(capture(a), STATE).rows == 3


def test_a_second_monitor_of_one_connection_hears_a_copy() -> None:
    (talk,) = talks(25)
    for monitor in (1, 2):
        talk.send("server", state_event(monitor=monitor))
    assert kept(talk) == ([(talk.name, 1)], 1)


def test_an_event_that_one_connection_gets_twice_is_two_events() -> None:
    a, b = talks(25, 25)
    for talk in (a, a, b, b, b):
        talk.send("server", state_event())
    assert kept(a) == ([(a.name, 0), (a.name, 0), (b.name, 0)], 2)


@pytest.mark.parametrize(
    "other",
    [state_event("1002"), state_event(state=4), build(random.Random(1), 25, ged.CALL_DELIVERED_EVENT)],
)
def test_events_with_other_bytes_are_not_copies(other: bytes) -> None:
    a, b = talks(25, 25)
    a.send("server", state_event())
    b.send("server", other)
    assert kept(a)[1] == 0


def test_events_of_another_version_and_messages_that_are_not_events_are_not_copies() -> None:
    a, b, c = talks(24, 25, 24)
    for talk in (a, b):
        talk.send("server", state_event())
    for talk in (a, b, c):
        talk.send("client", header(ged.HEARTBEAT_REQ, b"\0\0\0\7"))
        talk.send("server", header(ged.HEARTBEAT_CONF, b"\0\0\0\7"))
    for talk in (a, c):
        talk.send("client", state_event("1005", version=24))
    reader = CaptureReader(distinct=True)
    assert len(list(reader.records(capture(a)))) == 3 + 2 + 6 + 2
    assert reader.counters.copies == 0


@pytest.mark.parametrize(("seconds", "copies"), [(0.5, 1), (1.0, 1), (1.001, 0)])
def test_a_copy_comes_within_the_time(seconds: float, copies: int) -> None:
    frames = [_captured(START, "a>s"), _captured(START + seconds, "b>s")]
    memory = Copies(1.0)
    assert [memory.is_copy(frame) for frame in frames] == [False, bool(copies)]


def test_what_is_remembered_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies_module, "MAX_REMEMBERED", 6)  # three events, each with one hearer
    memory = Copies(1e9)
    for agent in range(4):
        assert not memory.is_copy(_captured(START, "a>s", str(agent)))
    assert not memory.is_copy(_captured(START, "b>s", "0"))
    assert memory.is_copy(_captured(START, "b>s", "3"))


def test_many_hearers_of_one_event_are_not_kept_without_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies_module, "MAX_REMEMBERED", 50)
    memory = Copies(1e9)
    copies = sum(memory.is_copy(_captured(START, f"{number}>s")) for number in range(1000))
    assert 1000 - 1000 // 40 < copies < 1000
    assert memory._remembered <= 50


def _captured(time: float, connection: str, agent: str = "1001") -> CapturedFrame:
    return CapturedFrame(time, connection, "server", 25, 0, STATE, state_event(agent))


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.sampled_from("abc"), st.integers(0, 1), st.sampled_from(["1", "2"])),
        max_size=30,
    )
)
def test_copies_are_those_of_the_definition(heard: list[tuple[int, str, int, str]]) -> None:
    within = 2.0
    memory, now = Copies(within), 0.0
    events: list[tuple[float, str, set[tuple[str, int]]]] = []  # all of them, none forgotten
    for time, connection, monitor, agent in heard:
        frame = CapturedFrame(time, connection, "server", 25, 0, STATE, state_event(agent, monitor))
        now, hearer = max(now, time), (connection, monitor)
        match = next(
            (e for e in events if e[1] == agent and now - e[0] <= within and hearer not in e[2]), None
        )
        if match is None:
            events.append((now, agent, {hearer}))
        else:
            match[2].add(hearer)
        assert memory.is_copy(frame) is (match is not None)


@pytest.mark.parametrize(
    ("within", "error"),
    [
        (-1, ValueError),
        (float("inf"), ValueError),
        (float("nan"), ValueError),
        ("1", TypeError),
        (True, TypeError),
    ],
)
def test_a_wrong_time_is_refused(within: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="within must be"):
        CaptureReader(distinct=True, within=within)
