"""The skill groups that a program names when it enables or disables statistics, checked."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError
from ctios_fast.model.arguments import Arguments
from ctios_fast.model.coercion import integer, received, refuse
from ctios_fast.protocol.codes import NULL_SKILL_GROUP

__all__ = [
    "ALL_GROUPS",
    "OWN_GROUPS",
    "GroupChoice",
    "agents_choice",
    "groups_choice",
    "received_groups",
    "sessions_choice",
]

#: The keyword of ``Agent.enable_skill_group_statistics``.
_NUMBERS: Final = "SkillGroupNumbers"
#: Skill groups that one call may name.
_MAX_NUMBERS: Final = 10_000


class GroupChoice(NamedTuple):
    """The skill groups that a program names.

    - ``numbers``: their numbers, as the keys of a dict, which keeps the order.
    - ``is_own``: whether it names the groups of an agent instead.
    - ``is_all``: whether it names all groups that are known instead.
    """

    numbers: dict[int, None]
    is_own: bool = False
    is_all: bool = False


OWN_GROUPS: Final = GroupChoice({}, is_own=True)
ALL_GROUPS: Final = GroupChoice({}, is_all=True)


#: Keywords of the methods of a session and of a skill group.
_ONE_GROUP: Final = (kw.CTIOS_PERIPHERALID, kw.CTIOS_SKILLGROUPNUMBER, kw.CTIOS_SKILLGROUPPRIORITY)


def received_groups(method: str, args: Any, *, is_of_agent: bool = False) -> Any:
    """The Arguments of a method, None without any, or the ``MethodError`` to raise. Never raises.

    The method replaces its own variable with the result, since it may hold a password.

    ``is_of_agent``: whether it is a method of an agent.
    """
    return received(method, args, (_NUMBERS,) if is_of_agent else _ONE_GROUP, stacklevel=5)


def agents_choice(given: Any) -> GroupChoice:
    """What the Arguments of an agent's method name. Raises ``MethodError``.

    None names the agent's own groups, empty Arguments all groups. Otherwise SkillGroupNumbers has the
    numbers: nested under the keywords 1 to n, or as a list. Each may be Arguments with SkillGroupNumber and
    SkillGroupPriority, which must be 0.

    ``given``: what ``received_groups`` returned.
    """
    args = _raised(given)
    if args is None:
        return OWN_GROUPS
    numbers = args.get(_NUMBERS)
    if numbers is None or (isinstance(numbers, Mapping | tuple) and not numbers):
        return ALL_GROUPS
    if not isinstance(numbers, Mapping | tuple):
        raise refuse(
            f"{_NUMBERS} must be Arguments with the numbers under 1, 2 and so on, or a list of numbers, "
            f"got {type(numbers).__name__}"
        )
    values: Iterable[Any] = numbers.values() if isinstance(numbers, Mapping) else numbers
    if len(numbers) > _MAX_NUMBERS:
        raise refuse(f"{_NUMBERS} must have at most {_MAX_NUMBERS} groups, got {len(numbers)}")
    return GroupChoice(dict.fromkeys(_number(each) for each in values))


def sessions_choice(method: str, given: Any, peripheral_id: int) -> GroupChoice:
    """What the Arguments of the session's method name. Raises ``MethodError``.

    None and empty Arguments name all groups. Otherwise PeripheralID and SkillGroupNumber name one;
    SkillGroupPriority must be 0.

    - ``given``: what ``received_groups`` returned.
    - ``peripheral_id``: that of the session, which has the groups of no other.
    """
    args = _raised(given)
    if not args:
        return ALL_GROUPS
    for keyword in _ONE_GROUP[:2]:
        if keyword not in args:
            raise refuse(
                f"{method}() needs {keyword}, or no Arguments for all groups",
                CilCode.E_CTIOS_MISSING_ARGUMENT,
            )
    peripheral = integer(_ONE_GROUP[0], args[_ONE_GROUP[0]], 0, NULL_SKILL_GROUP)
    if peripheral != peripheral_id:
        raise refuse(f"{_ONE_GROUP[0]} is {peripheral}, but the session's is {peripheral_id}")
    return GroupChoice({_number(args): None})


def groups_choice(given: Any, peripheral_id: int | None, number: int) -> GroupChoice:
    """The group itself, whose method has Arguments that may name no other. Raises ``MethodError``.

    - ``given``: what ``received_groups`` returned.
    - ``peripheral_id``, ``number``: those of the group.
    """
    args = _raised(given) or Arguments()
    for keyword, own in zip(_ONE_GROUP, (peripheral_id, number, 0), strict=True):
        if keyword in args and integer(keyword, args[keyword], 0, NULL_SKILL_GROUP) != own:
            raise refuse(f"{keyword} must be {own} for this skill group")
    return GroupChoice({number: None})


def _raised(given: Any) -> Arguments | None:
    if isinstance(given, MethodError):
        raise given
    return given  # type: ignore[no-any-return]


def _number(value: Any) -> int:
    if not isinstance(value, Mapping):
        return integer(kw.CTIOS_SKILLGROUPNUMBER, value, 0, NULL_SKILL_GROUP - 1)
    number = value.get(kw.CTIOS_SKILLGROUPNUMBER)
    if number is None:
        raise refuse(f"a skill group lacks {kw.CTIOS_SKILLGROUPNUMBER}", CilCode.E_CTIOS_MISSING_ARGUMENT)
    priority = integer(
        kw.CTIOS_SKILLGROUPPRIORITY, value.get(kw.CTIOS_SKILLGROUPPRIORITY, 0), 0, NULL_SKILL_GROUP
    )
    if priority:
        raise refuse(
            f"{kw.CTIOS_SKILLGROUPPRIORITY} must be 0, got {priority}: "
            "the protocol has statistics of whole skill groups only"
        )
    return integer(kw.CTIOS_SKILLGROUPNUMBER, number, 0, NULL_SKILL_GROUP - 1)
