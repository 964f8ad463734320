"""A server's configuration that contradicts itself, lacks its end, or is too large."""

import random

import pytest
from support import configuration_messages as config
from support.configuration_messages import ADD, AGENTS, CHANGE, DELETE, EMPTY, GROUPS, PARTIAL, UPDATE
from support.configuration_steps import bulk_with_agents, heard_all, uploading_bulk
from support.model import MakeSession, Recorder, soon
from support.struct_server import StructServer, text, uint, ushort

from ctios_fast import Session

#: Records that cannot be used.
UNUSABLE = {
    "no identity": [(183, ushort(ADD)), (208, uint(5000)), (137, text("Ann"))],
    "empty identity": config.agent(""),
    "unknown type": config.agent("1001", kind=7),
    "too long a text": config.agent("1001", "A" * 256),
    "too long an identity": config.agent("1" * 300),
    "too long a list": config.agent("1001", groups=range(101)),
    "another peripheral": config.agent("1001", peripheral_id=5001),
    "deleted, but not known": config.agent("1001", kind=DELETE),
}


def counted(session: Session) -> tuple[int, int, int]:
    """Records taken and dropped, and faults."""
    counters = session.counters()
    return (
        counters["configuration_records"],
        counters["configuration_records_dropped"],
        counters["configuration_faults"],
    )


@pytest.mark.parametrize("what", UNUSABLE)
async def test_a_record_that_cannot_be_used_is_counted_and_the_next_is_taken(
    session: Session, server: StructServer, what: str
) -> None:
    await bulk_with_agents(session, server, UNUSABLE[what], config.agent("1002"))
    assert list(session.configuration.agents) == ["1002"]
    assert counted(session) == (1, 1, 0)


async def test_the_last_of_two_records_of_one_agent_counts(session: Session, server: StructServer) -> None:
    await bulk_with_agents(session, server, config.agent("1001"), config.agent("1001", "Eve"))
    assert session.configuration.agents["1001"].name == "Eve Smith"
    assert len(session.configuration.agents) == 1


@pytest.mark.parametrize("count", [0, 1, 3, 0xFFFF])
async def test_the_records_count_and_not_the_number_of_them(
    session: Session, server: StructServer, count: int
) -> None:
    peer, opening = await uploading_bulk(session, server, "agents")
    config.begin(peer, AGENTS)
    config.records(peer, config.CONFIG_AGENT_EVENT, [config.agent("1001"), config.agent("1002")], count=count)
    config.end(peer)
    await soon(opening)
    assert list(session.configuration.agents) == ["1001", "1002"]
    assert counted(session) == (2, 0, 1)


async def test_fields_before_the_first_record_are_ignored(session: Session, server: StructServer) -> None:
    peer, opening = await uploading_bulk(session, server, "agents")
    config.begin(peer, AGENTS)
    config.records(peer, config.CONFIG_AGENT_EVENT, [[(190, text("1000"))], config.agent("1001")])
    config.end(peer)
    await soon(opening)
    assert list(session.configuration.agents) == ["1001"]
    assert counted(session) == (1, 0, 1)


async def test_counts_of_lists_do_not_matter(session: Session, server: StructServer) -> None:
    record = [
        field if field[0] not in (191, 261) else (field[0], ushort(9)) for field in config.agent("1001")
    ]
    await bulk_with_agents(session, server, record)
    assert session.configuration.agents["1001"].skill_groups == (7, 8)


async def test_a_list_may_come_as_one_field_for_each_element(session: Session, server: StructServer) -> None:
    record = [field for field in config.agent("1001") if field[0] != 62]
    await bulk_with_agents(session, server, [*record, (62, uint(7)), (62, uint(8)), (62, uint(9))])
    assert session.configuration.agents["1001"].skill_groups == (7, 8, 9)


async def test_a_missing_end_is_counted_and_the_upload_goes_on(
    session: Session, server: StructServer
) -> None:
    peer, opening = await uploading_bulk(session, server, ("skill_groups", "agents"))
    config.begin(peer, GROUPS)
    config.records(peer, config.CONFIG_SKILL_GROUP_EVENT, [config.group(7)])
    config.agents(peer, config.agent("1001"))
    await soon(opening)
    assert list(session.configuration.skill_groups) == [7]
    assert list(session.configuration.agents) == ["1001"]
    assert counted(session) == (2, 0, 1)


async def test_records_outside_of_a_block_are_taken_and_counted(
    session: Session, server: StructServer
) -> None:
    peer = await bulk_with_agents(session, server, config.agent("1001"))
    config.records(peer, config.CONFIG_AGENT_EVENT, [config.agent("1001", "Eve", kind=CHANGE)])
    config.block(peer, GROUPS, {config.CONFIG_AGENT_EVENT: [config.agent("1002")]}, kind=UPDATE)
    config.end(peer)  # an end of nothing
    await heard_all(session, peer)
    assert [each.name for each in session.configuration.agents.values()] == ["Eve Smith", "Ann Smith"]
    assert counted(session) == (3, 0, 3)


async def test_items_that_were_not_asked_for_are_ignored(session: Session, server: StructServer) -> None:
    peer = await bulk_with_agents(session, server, config.agent("1001"))
    config.groups(peer, config.group(7), kind=UPDATE)
    await heard_all(session, peer)
    assert not session.configuration.skill_groups
    assert counted(session) == (1, 0, 0)


async def test_an_update_within_an_upload_does_not_end_it(session: Session, server: StructServer) -> None:
    peer, opening = await uploading_bulk(session, server, ("skill_groups", "agents"))
    config.begin(peer, 0x10, kind=UPDATE)
    config.end(peer)
    await heard_all(session, peer)
    assert not opening.done()
    config.agents(peer, config.agent("1001"))
    await soon(opening)
    assert list(session.configuration.agents) == ["1001"]


async def test_an_end_without_a_beginning_ends_the_upload(session: Session, server: StructServer) -> None:
    peer, opening = await uploading_bulk(session, server, "agents")
    config.end(peer, PARTIAL)
    await heard_all(session, peer)
    assert not opening.done()
    config.end(peer, EMPTY)
    await soon(opening)
    assert not session.configuration.agents
    assert session.configuration.is_complete


async def test_a_configuration_is_bounded(make_session: MakeSession, server: StructServer) -> None:
    session = make_session(max_objects=5)
    await bulk_with_agents(session, server, *(config.agent(str(each)) for each in range(1, 10)))
    assert list(session.configuration.agents) == ["1", "2", "3", "4", "5"]
    assert counted(session) == (5, 4, 0)


async def test_a_hundred_thousand_records_are_taken(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    agent = session.agent("100000")
    peer, opening = await uploading_bulk(session, server, "agents")
    config.begin(peer, AGENTS)
    for first in range(1, 100_001, 10):
        config.records(
            peer, config.CONFIG_AGENT_EVENT, [config.agent(str(first + each)) for each in range(10)]
        )
    config.end(peer)
    await soon(opening)
    assert len(session.configuration.agents) == 100_000
    assert counted(session) == (100_000, 0, 0)
    assert agent.name == "Ann Smith"
    assert recorder.names.count("OnAgentInfoEvent") == 1


#: The messages that carry records.
NUMBERS = [235, 236, 237, 238, 245, 254, 260, 261, 276, 282]


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_message_without_records_and_one_of_a_single_field_do_no_harm(
    session: Session, server: StructServer, number: int
) -> None:
    peer, opening = await uploading_bulk(session, server, True)
    config.begin(peer, 0x3FF)
    config.records(peer, number, [])
    config.records(peer, number, [[(183, ushort(0))]])
    config.records(peer, number, [[(183, ushort(0)), (183, ushort(2)), (141, uint(7))]])
    config.end(peer)
    await soon(opening)
    assert session.counters()["handler_errors"] == 0
    taken, dropped, faults = counted(session)
    assert dropped + faults >= 2
    assert taken == 0


#: Fields of configuration messages, with values that do not fit one another.
PIECES = [
    *config.agent("1001"),
    *config.group(7),
    (183, ushort(CHANGE)),
    (183, ushort(DELETE)),
    (183, ushort(77)),
    (190, text("")),
    (214, text("1001")),
    (213, uint(7)),
    (208, uint(0xFFFFFFFF)),
    (62, b""),
    (6, text("3001")),
]


@pytest.mark.parametrize("seed", range(5))
async def test_messages_in_any_order_and_of_any_content_do_no_harm(
    session: Session, server: StructServer, seed: int
) -> None:
    rng = random.Random(seed)
    peer, opening = await uploading_bulk(session, server, True)
    for _ in range(300):
        match rng.randrange(5):
            case 0:
                config.begin(
                    peer, rng.getrandbits(32), rng.randbytes(rng.randrange(10)), kind=rng.randrange(4)
                )
            case 1:
                config.end(peer, rng.choice([PARTIAL, PARTIAL, rng.randrange(9)]))
            case 2:
                config.keys(peer, {AGENTS: rng.randbytes(8)}, status=rng.randrange(5))
            case _:
                fields = [rng.choice(PIECES) for _ in range(rng.randrange(20))]
                config.records(peer, rng.choice(NUMBERS), [fields], count=rng.randrange(12))
    config.end(peer)
    await soon(opening)
    assert session.counters()["handler_errors"] == 0
    assert set(session.configuration.agents) <= {"1001"}
    assert set(session.configuration.skill_groups) <= {7}
    for item in session.configuration.agents.values():
        assert item.agent_id == "1001"
