"""The skill groups of an agent, from the messages about its state."""

from support.scripted_peer import encoded
from support.struct_server import LOGOUT, NOT_READY, NULL_SKILL_GROUP

from ctios_fast.core import Message, codec
from ctios_fast.model.agents.agent_groups import GroupsOfAgent, group_numbers, names_all
from ctios_fast.protocol import numbers as ged

CODEC = codec(25)


def event(*numbers: int, number: int = NULL_SKILL_GROUP, state: int = NOT_READY) -> Message:
    """An event that names ``numbers`` in its floating part and ``number`` in its fixed part."""
    fields = {"SkillGroupNumber": number, "SkillGroupState": state, "NumFltSkillGroups": len(numbers)}
    floating: list[tuple[str, int]] = []
    for each in numbers:
        signed = each - (1 << 32) if each >= 1 << 31 else each
        floating += [("FltSkillGroupNumber", signed), ("FltSkillGroupID", 5000), ("FltSkillGroupPriority", 1)]
        floating.append(("FltSkillGroupState", state))
    return CODEC.decode(encoded(ged.AGENT_STATE_EVENT, floating, **fields))


def numbers_of(groups: GroupsOfAgent) -> list[int] | None:
    by_number = groups.by_number(CODEC)
    return None if by_number is None else list(by_number)


def test_the_numbers_are_those_of_the_floating_part_or_that_of_the_fixed_part() -> None:
    assert list(group_numbers(event(7, 8, 7))) == [7, 8]
    assert list(group_numbers(event(number=9))) == [9]
    assert list(group_numbers(event())) == []
    assert list(group_numbers(event(NULL_SKILL_GROUP, 0xFFFFFFF0))) == [0xFFFFFFF0]
    assert [names_all(each) for each in (event(7), event(number=9), event())] == [True, False, False]


def test_groups_are_known_once_a_message_has_named_all_of_them() -> None:
    groups = GroupsOfAgent()
    groups.take(event(number=9), CODEC)
    assert numbers_of(groups) is None
    groups.take(event(7, 8), CODEC)
    groups.take(event(), CODEC)
    groups.take(event(number=9), CODEC)
    assert numbers_of(groups) == [7, 8, 9]
    groups.take(event(number=8, state=3), CODEC)
    assert {number: group.state for number, group in (groups.by_number(CODEC) or {}).items()} == {
        7: NOT_READY,
        8: 3,
        9: NOT_READY,
    }
    groups.take(event(5), CODEC)
    assert numbers_of(groups) == [5]


def test_a_bounded_number_of_messages_is_kept_unread() -> None:
    groups = GroupsOfAgent()
    groups.take(event(7), CODEC)
    for number in range(1000):
        groups.take(event(number=number % 50), CODEC)
        assert len(groups._unread) <= 64
    assert sorted(numbers_of(groups) or ()) == list(range(50))


def answer(state: int, *numbers: int) -> Message:
    """A confirmation that names ``numbers``."""
    floating: list[tuple[str, int]] = []
    for each in numbers:
        floating += [("SkillGroupNumber", each), ("SkillGroupID", 5000), ("SkillGroupPriority", 1)]
        floating.append(("SkillGroupState", state))
    fields = {"AgentState": state, "NumSkillGroups": len(numbers)}
    return CODEC.decode(encoded(ged.QUERY_AGENT_STATE_CONF, floating, **fields))


def test_a_confirmation_without_groups_says_that_the_agent_has_none() -> None:
    groups = GroupsOfAgent()
    groups.take(answer(NOT_READY, 7, 8), CODEC)
    assert numbers_of(groups) == [7, 8]
    groups.take(answer(LOGOUT), CODEC)
    assert numbers_of(groups) == [7, 8], "the agent is not logged in to any group now"
    groups.take(answer(NOT_READY), CODEC)
    assert numbers_of(groups) == []
