"""Steps that the transcripts of calls share: a desk with calls, in agent mode and in bulk mode."""

from collections.abc import Sequence
from typing import Any

from ctios_fast import Agent, Arguments, Session
from support.call_messages import ALERTING, CONNECT, HOLD, Connection, data_update, of_two_calls, send
from support.documented_call_events import CALL_EVENTS, check_call_keywords
from support.model import Recorder, soon
from support.statistics_messages import QUERY_AGENT_STATISTICS_REQ, agent_statistics_conf
from support.struct_server import (
    DEVID_NONE,
    MONITOR_START_REQ,
    NOT_READY,
    OPEN_REQ,
    PERIPHERAL,
    Peer,
    StructServer,
)
from support.wire_steps import (
    FOREIGN_MONITOR,
    MONITOR_SERVICES,
    OWN_MONITOR,
    connected,
    device_monitor,
    open_agent,
    open_bulk,
    report_state,
    signed_in,
)

#: The caller, and the devices of the session's agent and of two others.
CALLER, DEVICE, SECOND, THIRD = "5551234", "3001", "3002", "3003"


class CallDesk:
    """A session, the server's end of its connection, and what both saw of calls.

    ``monitor_id``: the monitor that the events of the session's own calls name.
    """

    def __init__(
        self, session: Session, agent: Agent | None, peer: Peer, recorder: Recorder, monitor_id: int
    ) -> None:
        self.session = session
        self.agent = agent
        self.peer = peer
        self.recorder = recorder
        self.monitor_id = monitor_id

    # --- The server's side --------------------------------------------------------------------------

    def send(
        self,
        message: str,
        connection: Connection | None = None,
        *,
        monitor_id: int | None = None,
        **fields: Any,
    ) -> None:
        """Send a call message of the session's own monitor, unless another one is given."""
        if monitor_id is None:
            monitor_id = self.monitor_id
        send(self.peer, message, connection, monitor_id=monitor_id, **fields)

    def update(self, old: Connection, new: Connection | None = None, **fields: Any) -> None:
        """Send CALL_DATA_UPDATE; without ``new`` the call keeps its id."""
        fields.setdefault("monitor_id", self.monitor_id)
        data_update(self.peer, old, new, **fields)

    def join(
        self,
        message: str,
        primary: Connection,
        secondary: Connection,
        parties: Sequence[Connection],
        **fields: Any,
    ) -> None:
        """Send CALL_CONFERENCED or CALL_TRANSFERRED."""
        fields.setdefault("monitor_id", self.monitor_id)
        of_two_calls(self.peer, message, primary, secondary, parties, **fields)

    def deliver(
        self, connection: Connection, device: str = DEVICE, *, monitor_id: int | None = None, **fields: Any
    ) -> None:
        """Send what a call that rings at a device causes; ``fields`` are those of BEGIN_CALL."""
        self.send("BEGIN_CALL", connection, monitor_id=monitor_id, **fields)
        self.send(
            "CALL_DELIVERED",
            connection,
            monitor_id=monitor_id,
            LocalConnectionState=ALERTING,
            AlertingDeviceID=device,
            CallingDeviceID=CALLER,
            CalledDeviceID=device,
        )

    def establish(
        self, connection: Connection, device: str = DEVICE, *, monitor_id: int | None = None
    ) -> None:
        """Send that the call is answered at the device."""
        self.send(
            "CALL_ESTABLISHED",
            connection,
            monitor_id=monitor_id,
            LocalConnectionState=CONNECT,
            AnsweringDeviceID=device,
            CallingDeviceID=CALLER,
            CalledDeviceID=device,
        )

    def hold(self, connection: Connection, device: str = DEVICE, **fields: Any) -> None:
        """Send that the call is held at the device."""
        self.send("CALL_HELD", connection, LocalConnectionState=HOLD, HoldingDeviceID=device, **fields)

    def connect(self, *connections: Connection, monitor_id: int | None = None, **fields: Any) -> None:
        """Send that each call rings and is answered at the device that its connection names."""
        for connection in connections:
            self.deliver(connection, connection.device_id, monitor_id=monitor_id, **fields)
            self.establish(connection, connection.device_id, monitor_id=monitor_id)

    async def monitor(
        self,
        device: str = SECOND,
        monitor_id: int = FOREIGN_MONITOR,
        *,
        call: Connection | None = None,
    ) -> None:
        """Let the program start a monitor by a request of the protocol, and confirm it.

        ``call``: what it monitors instead of a device.
        """
        message, fields, floating = device_monitor(device)
        if call is not None:
            fields = {
                **fields,
                "ConnectionCallID": call.call_id,
                "ConnectionDeviceIDType": call.type,
                "MonitoredDeviceType": DEVID_NONE,
            }
            floating = [("ConnectionDeviceID", call.device_id)]
        request = self.session.request(message, fields, floating)
        self.peer.monitor_start_conf(await self.peer.receive(MONITOR_START_REQ), monitor_id)
        await soon(request)

    # --- The session's side -------------------------------------------------------------------------

    async def enable_agent_statistics(self) -> None:
        """Enable the agent's statistics after each of its calls, and answer the first query."""
        assert self.agent is not None
        self.agent.enable_agent_statistics(interval=None)
        query = await self.peer.receive(QUERY_AGENT_STATISTICS_REQ)
        agent_statistics_conf(self.peer, query, agent_id="1001")
        await self.recorder.wait_for("OnAgentStatistics")

    async def settle(self) -> None:
        """Let the client take in all that was sent."""
        await report_state(self.peer, self.recorder, NOT_READY, 99, monitor_id=self.monitor_id)

    async def open_calls(self, *connections: Connection) -> list[Any]:
        """Let these calls be answered at the session's device; returns the Call objects."""
        for connection in connections:
            self.deliver(connection)
            self.establish(connection)
        await self.settle()
        self.clear()
        return [self.found(connection) for connection in connections]

    def clear(self) -> None:
        """Check the keywords of the events so far and forget them."""
        check_events(self.recorder, bulk=self.agent is None)
        self.recorder.clear()

    def call(self, connection: Connection) -> Any:
        """The Call of that id, None if there is none."""
        return self.session.get_object_from_object_id(connection.uid)

    def found(self, connection: Connection) -> Any:
        """The Call of that id, which must exist in both look-ups."""
        call = self.call(connection)
        assert call is not None, f"{connection.uid} is not among {list(self.session.calls)}"
        assert self.session.calls[connection.uid] is call
        assert call.unique_object_id == connection.uid
        return call

    @property
    def ids(self) -> list[str]:
        """The UniqueObjectIDs of all calls, sorted."""
        return sorted(self.session.calls)

    @property
    def events(self) -> list[str]:
        """The names of the call events so far."""
        return [name for name in self.recorder.names if name in CALL_EVENTS]

    def of(self, event: str) -> list[Arguments]:
        """The Arguments of all events of that name."""
        return self.recorder.of(event)

    def one(self, event: str) -> Arguments:
        """The Arguments of the only event of that name."""
        (args,) = self.of(event)
        return args

    def ended(self) -> list[str]:
        """The UniqueObjectIDs of the calls that ended, in order."""
        return [args["UniqueObjectID"] for args in self.of("OnCallEnd")]


async def agent_desk(session: Session, server: StructServer, recorder: Recorder) -> CallDesk:
    """An agent that is signed in and not ready, in agent mode with a monitor of its own."""
    desk = await signed_in(await open_agent(session, server, recorder))
    return CallDesk(session, desk.agent, desk.peer, recorder, OWN_MONITOR)


async def bulk_desk(session: Session, server: StructServer, recorder: Recorder) -> CallDesk:
    """A session in bulk mode, with no monitor, as the All Events service has none."""
    peer = await open_bulk(session, server)
    recorder.clear()
    return CallDesk(session, None, peer, recorder, 0)


async def monitor_desk(
    session: Session, server: StructServer, recorder: Recorder, filter_string: str = "*"
) -> CallDesk:
    """A session in monitor mode that hears the events of a peripheral that pass the filter."""
    peer = await connected(session, server)
    opening = session.set_message_filter(filter_string, peripheral_id=PERIPHERAL)
    peer.open_conf(await peer.receive(OPEN_REQ), services=MONITOR_SERVICES, peripherals=(PERIPHERAL,))
    peer.system_event(3, PERIPHERAL)
    await soon(opening)
    recorder.clear()
    return CallDesk(session, None, peer, recorder, 0)


def check_events(recorder: Recorder, *, bulk: bool = False) -> None:
    """Every call event that was noted has its documented keywords.

    EnablementMask is about the session's own agent, so monitored events and bulk mode do not have it. After a
    failure, a call's events omit the status.
    """
    failed: set[str] = set()
    for event, args in recorder.events:
        if event not in CALL_EVENTS:
            continue
        uid = args.get("UniqueObjectID", "")
        lacking = {"EnablementMask"} if bulk or "Monitored" in args else set()
        if uid in failed:
            assert "CallStatus" not in args, f"{event} has CallStatus {args['CallStatus']} after a failure"
            lacking.add("CallStatus")
        if event == "OnCallFailed":
            failed.add(uid)
        check_call_keywords(event, args, lacking=lacking)
