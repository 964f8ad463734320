"""The table in docs/simulator.md: how each message that a client can send is served."""

from pathlib import Path

from support import reference_codec

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import CTIServiceMask
from ctios_fast.sim.server.request_table import REQUESTS

PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"
BEGIN, END = "<!-- requests: begin -->\n", "<!-- requests: end -->"

SERVED_BY_THE_SIDE = {
    "OPEN_REQ": ("", "OPEN_CONF"),
    "ACTIVE_MAINTENANCE_RESP": ("", "nothing; refused with 12 when no shutdown goes on"),
    "STOPPING_REQUESTS_TO_THIS_SIDE_IND": (
        "",
        "the connection is closed; refused with 12 when no shutdown goes on",
    ),
}
SENT_BY_SERVERS = {"ACTIVE_MAINTENANCE_REQ"}
ANSWERS = {
    "CONFIG_REQUEST_KEY_EVENT": "CONFIG_KEY_EVENT",
    "CONFIG_REQUEST_EVENT": "CONFIG_BEGIN_EVENT, records, CONFIG_END_EVENT; nothing for ConfigInformation 0",
    "START_RECORDING_CONF": "passed on to the client that asked",
    "STOP_RECORDING_CONF": "passed on to the client that asked",
    "START_RECORDING_REQ": "the server application's answer; 12 without one",
    "STOP_RECORDING_REQ": "the server application's answer; 12 without one",
    "LIST_AGENT_TEAM_REQ": "LIST_AGENT_TEAM_CONF, one for each 64 teams",
    "MAKE_PREDICTIVE_CALL_REQ": "refused: CONTROL_FAILURE_CONF, CF_INVALID_FEATURE",
    "SET_DEVICE_ATTRIBUTES_REQ": "refused: E_CTI_INVALID_DEVICE",
}
"""Where the answer is not simply the request's confirmation."""

SHORT = {service: service.name.removeprefix("CTI_SERVICE_") for service in CTIServiceMask}


def services(number: int) -> str:
    """The services of which one is needed, in words."""
    needed = REQUESTS[number].services
    return " or ".join(SHORT[service] for service in CTIServiceMask if service.value & needed)


def confirmation(name: str) -> str:
    """The confirmation of a request, where the protocol has one of that name."""
    expected = name.removesuffix("_REQ") + "_CONF"
    assert hasattr(messages, expected), f"{name} needs an entry in ANSWERS"
    return expected


def table() -> str:
    rows = ["| message | needs one of | answer |", "|---|---|---|"]
    sent_by_clients = {
        row["name"]
        for row in reference_codec.MESSAGES.values()
        if row["kind"] == "request" or getattr(messages, row["name"]) in REQUESTS
    } - SENT_BY_SERVERS | SERVED_BY_THE_SIDE.keys()
    for name in sorted(sent_by_clients, key=lambda name: int(getattr(messages, name))):
        if name in SERVED_BY_THE_SIDE:
            needed, answer = SERVED_BY_THE_SIDE[name]
        else:
            number = getattr(messages, name)
            needed, answer = services(number), ANSWERS.get(name) or confirmation(name)
        rows.append(f"| {name} | {needed} | {answer} |")
    return "\n".join(rows) + "\n"


def test_the_page_has_the_table_of_requests() -> None:
    text = PAGE.read_text()
    shown = text.partition(BEGIN)[2].partition(END)[0]
    assert shown == table(), "run python tests/sim/test_sim_request_table.py"


def test_every_request_of_the_protocol_is_served() -> None:
    for row in reference_codec.MESSAGES.values():
        if row["kind"] == "request" and row["name"] not in {"OPEN_REQ", *SENT_BY_SERVERS}:
            assert getattr(messages, row["name"]) in REQUESTS, row["name"]


if __name__ == "__main__":
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(before + BEGIN + table() + END + rest.partition(END)[2])
