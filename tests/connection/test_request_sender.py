"""RequestSender: what it writes, by keywords and from a dict, and what it undoes."""

from collections.abc import Callable
from typing import Any

import pytest

from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.plain_message import PlainMessage
from ctios_fast.connection.request_book import Request, RequestBook
from ctios_fast.core import codec
from ctios_fast.core.dispatch.request_sender import RequestSender
from ctios_fast.core.secret import Secret
from ctios_fast.errors import ConnectionLost, EncodeError, LinkClosed, TooManyRequests
from ctios_fast.messages import QueryAgentStateReq, SetAgentStateReq
from ctios_fast.protocol import numbers as ged

STATE: dict[str, Any] = {
    "peripheral_id": 5000,
    "agent_state": 0,
    "agent_work_mode": 0,
    "event_reason_code": 0,
    "agent_service_req": 0,
    "agent_instrument": "3001",
    "agent_id": "1001",
    "agent_password": Secret("sesame"),
    "position_id": None,
}


class Sending:
    """A sender with its book, the frames that it wrote, and the errors that it reported."""

    def __init__(self, *, encoding: str | None = None, max_open: int = 100, deals_with: bool = False) -> None:
        self.codec = codec(25, encoding=encoding) if encoding else codec(25)
        self.clock = ManualClock()
        self.book = RequestBook(self.clock, max_open=max_open)
        self.sender = RequestSender(self.codec, self.book)
        self.frames: list[bytes] = []
        self.sender.write = self.frames.append
        self.errors: list[tuple[Request[Any], BaseException]] = []
        self.deals_with = deals_with
        self.send = self.sender.by_keywords(30.0, self._not_sent)

    def _not_sent(self, request: Request[Any], error: BaseException) -> bool:
        self.errors.append((request, error))
        return self.deals_with


def request() -> Request[Any]:
    request: Request[Any] = Request("test")
    request.reported()
    return request


@pytest.fixture
def sending() -> Sending:
    return Sending()


@pytest.mark.parametrize(
    "fields",
    [
        STATE,
        {**STATE, "agent_id": b"1001\0"},
        {**STATE, "agent_password": None},
        dict(reversed(STATE.items())),
    ],
)
def test_keywords_and_a_dict_give_the_frame_of_the_message_class(
    sending: Sending, fields: dict[str, Any]
) -> None:
    for _ in range(2):  # the second time by the template that the first left
        sending.send(request(), SetAgentStateReq, None, **fields)
        sending.sender.send(request(), SetAgentStateReq, fields)
    expected = [SetAgentStateReq.encode(25, invoke_id=number, **fields) for number in (1, 2, 3, 4)]
    assert sending.frames == expected
    assert sorted(sending.book.pending) == [1, 2, 3, 4]


def test_keywords_in_the_text_encoding_of_the_session_are_sent() -> None:
    sending = Sending(encoding="utf-8")
    for _ in range(2):
        sending.send(request(), QueryAgentStateReq, peripheral_id=1, mrd_id=1, icm_agent_id=0, agent_id="é")
    assert all("é".encode() in frame for frame in sending.frames)


def test_a_request_without_a_time_out_of_its_own_has_the_default() -> None:
    sending = Sending()
    default, own = request(), request()
    sending.send(default, SetAgentStateReq, **STATE)
    sending.send(own, SetAgentStateReq, 5, **STATE)
    assert (default.deadline, own.deadline) == (30, 5)


def never(frame: bytes) -> None:
    raise LinkClosed("closed")


def without_a_session(sending: Sending) -> dict[str, Any]:
    sending.sender.write = None
    return STATE


def with_a_closed_link(sending: Sending) -> dict[str, Any]:
    sending.sender.write = never
    return STATE


def with_a_full_book(sending: Sending) -> dict[str, Any]:
    sending.book.max_open = 0
    return STATE


def with_a_long_text(sending: Sending) -> dict[str, Any]:
    return {**STATE, "agent_id": "x" * 999}


def without_a_required_field(sending: Sending) -> dict[str, Any]:
    return {"agent_id": "1001"}


def without_any_field(sending: Sending) -> dict[str, Any]:
    return {}


def with_an_invoke_id(sending: Sending) -> dict[str, Any]:
    return {**STATE, "invoke_id": 7}


def with_an_unknown_field(sending: Sending) -> dict[str, Any]:
    return {**STATE, "agent_colour": 7}


FAULTS: dict[Callable[[Sending], dict[str, Any]], type[Exception]] = {
    without_a_session: ConnectionLost,
    with_a_closed_link: ConnectionLost,
    with_a_full_book: TooManyRequests,
    with_a_long_text: EncodeError,
    without_a_required_field: EncodeError,
    without_any_field: EncodeError,
    with_an_invoke_id: TypeError,
    with_an_unknown_field: EncodeError,
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_request_that_is_not_sent_is_not_in_the_book(
    sending: Sending, fault: Callable[[Sending], dict[str, Any]]
) -> None:
    fields = fault(sending)
    unsent = request()
    with pytest.raises(FAULTS[fault]) as raised:
        sending.send(unsent, SetAgentStateReq, **fields)
    assert sending.errors == [(unsent, raised.value)]
    with pytest.raises(FAULTS[fault]):
        sending.sender.send(unsent, SetAgentStateReq, fields)
    assert len(sending.book) == 0
    assert sending.frames == []


def test_an_error_that_was_dealt_with_is_not_raised() -> None:
    sending = Sending(deals_with=True)
    sending.sender.write = never
    unsent = request()
    sending.send(unsent, SetAgentStateReq, **STATE)
    [(failed, error)] = sending.errors
    assert failed is unsent
    assert isinstance(error, ConnectionLost)
    assert isinstance(error.__cause__, LinkClosed)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "0 were given"),
        ((request(),), "1 were given"),
        ((request(), SetAgentStateReq, 30, 4), "4 were given"),
        ((None, SetAgentStateReq), "Request"),
        ((request(), PlainMessage(ged.SET_AGENT_STATE_REQ)), "a message class is needed"),
        ((request(), int), "a message class is needed"),
    ],
)
def test_wrong_arguments_are_a_type_error(sending: Sending, arguments: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        sending.send(*arguments, **STATE)
    assert sending.errors == []


def test_the_function_shows_its_parameters(sending: Sending) -> None:
    assert sending.send.__text_signature__ == (  # type: ignore[attr-defined]
        "($self, request, message_class, timeout=None, /, **fields)"
    )
