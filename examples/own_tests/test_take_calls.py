"""Tests of ``take_calls`` against a simulated CTI Server pair: ``pytest`` in this folder.

They need the extra ``testing`` and pytest-asyncio.
"""

import pytest
from take_calls import Robot

from ctios_fast import Session
from ctios_fast.testing import CtiServerPair, EventLog, ServerControl


@pytest.mark.cti_server(agents=5)
async def test_the_robot_answers_and_remembers_the_caller(
    cti_server_pair: CtiServerPair, cti_control: ServerControl
) -> None:
    async with Session(client_id="robot") as session:
        await session.connect(**cti_server_pair.addresses)
        robot = Robot(session, "1001", "3001")
        await robot.start()
        log = EventLog(session)

        call = cti_control.call("1001", caller="5550001")
        await log.wait_for("OnCallEstablished")
        cti_control.hangup(call=call)
        await log.wait_for("OnCallEnd")

        assert robot.callers == ["5550001"]
        log.assert_order("OnCallBegin", "OnCallDelivered", "OnCallEstablished", "OnCallCleared", "OnCallEnd")


async def test_the_robot_works_on_when_its_side_is_lost(
    cti_server_pair: CtiServerPair, cti_control: ServerControl
) -> None:
    async with Session(client_id="robot") as session:
        await session.connect(**cti_server_pair.addresses)
        robot = Robot(session, "1001", "3001")
        await robot.start()
        log = EventLog(session)

        cti_control.fail_side("A")
        await log.wait_for("OnRecovered")
        cti_control.call("1001", caller="5550002")
        await log.wait_for("OnCallEstablished")

        assert robot.callers == ["5550002"]
