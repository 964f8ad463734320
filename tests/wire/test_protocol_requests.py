"""Requests of the protocol on the wire: answers in segments, and messages without an answer."""

import pytest
from support.model import soon
from support.struct_server import CONFIG_REQUEST_EVENT, LIST_AGENT_TEAM_REQ
from support.wire_steps import Desk, reported

from ctios_fast import MethodError, RequestRefused


async def test_a_list_in_segments_is_answered_whole(desk: Desk) -> None:
    listing = desk.session.request("LIST_AGENT_TEAM_REQ", {"SupervisorID": 5123})
    request = await desk.peer.receive(LIST_AGENT_TEAM_REQ)
    assert request.fixed("II")[1] == 5123
    teams = list(range(6000, 6150))
    desk.peer.team_list_conf(request, teams[:64], 0, more=True)
    desk.peer.team_list_conf(request, teams[64:128], 1, more=True)
    await reported(desk)
    assert not listing.done()
    desk.peer.team_list_conf(request, teams[128:], 2, more=False)
    answer = await soon(listing)
    segments = answer.segments if hasattr(answer, "segments") else answer
    assert [team for segment in segments for team in segment["TeamID"]] == teams


async def test_a_refusal_ends_a_list_in_segments(desk: Desk) -> None:
    listing = desk.session.request("LIST_AGENT_TEAM_REQ", {"SupervisorID": 5123})
    request = await desk.peer.receive(LIST_AGENT_TEAM_REQ)
    desk.peer.team_list_conf(request, [6000], 0, more=True)
    desk.peer.failure_conf(request, 12)
    with pytest.raises(RequestRefused) as refused:
        await soon(listing)
    assert refused.value.status == 12


async def test_a_message_without_a_confirmation_is_sent_and_not_waited_for(desk: Desk) -> None:
    fields = {"ConfigInformation": 0, "ConfigMsgMask": 6, "PeripheralID": 5000}
    assert desk.session.send("CONFIG_REQUEST_EVENT", fields) is None  # the message has no InvokeID
    sent = await desk.peer.receive(CONFIG_REQUEST_EVENT)
    assert sent.fixed("III") == (0, 6, 5000)
    assert sent.floating("III") == []
    assert desk.session.counters()["open_requests"] == 0


async def test_a_message_with_a_confirmation_is_not_sent_without_one(desk: Desk) -> None:
    with pytest.raises(MethodError, match="has a confirmation"):
        desk.session.send("LIST_AGENT_TEAM_REQ", {"SupervisorID": 5123})
