"""Values that the protocol cannot carry are refused before anything has changed."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from support.plant_story import Story, picture

from ctios_fast.protocol.enums import AgentState, ControlFailureCode, DeviceIDType
from ctios_fast.sim.plant import (
    CallContext,
    CallDataChanges,
    CallTypeEntry,
    ControlRefusal,
    DeskSettings,
    Device,
    DialedNumber,
    Plant,
    PlantAgent,
    PlantError,
    Population,
    Service,
    SkillGroup,
    Team,
    Terminal,
    TrunkGroup,
)
from ctios_fast.sim.plant.wire_limits import MAX_ID

EURO = "the {} has '€' at character 2: give characters of Latin-1 only"
NUL = r"the {} has a NUL at character 2: leave it out"


def new_agent(agent_id: str = "2001", extension: str = "4001", target: int = 9000, **more: Any) -> PlantAgent:
    device = Device(extension, extension, DeviceIDType.DEVID_AGENT_DEVICE)
    return PlantAgent(agent_id, extension, extension, target, device, **more)


TEXTS: list[tuple[str, Callable[[Plant, str], object]]] = [
    ("agent id", lambda p, t: p.add_agent(t, "4001")),
    ("extension", lambda p, t: p.add_agent("2001", t)),
    ("first name", lambda p, t: p.add_agent("2001", "4001", first_name=t)),
    ("last name", lambda p, t: p.add_agent("2001", "4001", last_name=t)),
    ("login name", lambda p, t: p.add_agent("2001", "4001", login_name=t)),
    ("first name", lambda p, t: p.rename_agent(p.agent("1001"), first_name=t)),
    ("last name", lambda p, t: p.rename_agent(p.agent("1001"), first_name="new", last_name=t)),
    ("login name", lambda p, t: p.rename_agent(p.agent("1001"), first_name="new", login_name=t)),
    ("skill group name", lambda p, t: p.add_skill_group(7, t, queue="9007")),
    ("skill group name", lambda p, t: p.rename_skill_group(1, t)),
    ("device id", lambda p, t: p.add_skill_group(7, "Sales", queue=t)),
    ("service name", lambda p, t: p.add_service(7, t)),
    ("device id", lambda p, t: p.add_device(t)),
    ("team name", lambda p, t: p.add_team(7, t)),
]
"""Kind of text, and an operation of administrators that takes it."""


@pytest.mark.parametrize(("kind", "change"), TEXTS)
@pytest.mark.parametrize(
    ("text", "reason"), [("a€", EURO), ("\udc80€", "'.udc80' at character 1"), ("a\0b", NUL)]
)
def test_a_text_of_an_administrator_is_checked_first(
    kind: str, change: Callable[[Plant, str], object], text: str, reason: str
) -> None:
    story = Story()
    changes: list[object] = []
    story.plant.subscribe_changes(changes.append)
    before = picture(story.plant)
    with pytest.raises(PlantError, match=reason.format(kind)):
        change(story.plant, text)
    with pytest.raises(PlantError, match=f"the {kind} has .* bytes, not 300"):
        change(story.plant, "x" * 300)
    with pytest.raises(TypeError, match=f"the {kind} is a str, not bytes"):
        change(story.plant, b"x")  # type: ignore[arg-type]
    assert picture(story.plant) == before
    assert changes == story.events == []


def test_latin_1_is_accepted() -> None:
    story = Story()
    story.plant.rename_agent(story.agent(1), first_name="J\xfcrgen")
    assert story.agent(1).first_name == "J\xfcrgen"


NUMBERS: list[tuple[str, Callable[[Plant, Any], object]]] = [
    ("number of a skill group", lambda p, n: p.add_skill_group(n, "Sales")),
    ("skill target id", lambda p, n: p.add_skill_group(7, "Sales", group_id=n)),
    ("number of a service", lambda p, n: p.add_service(n, "Help")),
    ("skill target id", lambda p, n: p.add_service(7, "Help", service_id=n)),
    ("number of a team", lambda p, n: p.add_team(n, "Team")),
]


@pytest.mark.parametrize(("kind", "change"), NUMBERS)
def test_a_number_of_an_administrator_is_checked_first(
    kind: str, change: Callable[[Plant, Any], object]
) -> None:
    story = Story()
    before = picture(story.plant)
    for number in (-1, MAX_ID + 1, 2**40):
        with pytest.raises(PlantError, match=f"the {kind} is 1 to {MAX_ID}, not {number}"):
            change(story.plant, number)
    for wrong in (1.5, "1", True):
        with pytest.raises(TypeError, match=f"the {kind} is an int, not {type(wrong).__name__}"):
            change(story.plant, wrong)
    assert picture(story.plant) == before


@pytest.mark.parametrize("taken", [101, 201, 5000])
def test_agents_groups_and_services_share_skill_target_ids(taken: int) -> None:
    story = Story()
    for change in (
        lambda: story.plant.add_skill_group(7, "Sales", group_id=taken),
        lambda: story.plant.add_service(7, "Help", service_id=taken),
    ):
        with pytest.raises(PlantError, match=f"the skill target id {taken} is in use: give another"):
            change()


def test_an_id_that_was_given_back_can_be_given_again() -> None:
    plant = Story().plant
    plant.add_skill_group(7, "Sales", group_id=700)
    plant.remove_skill_group(7)
    plant.add_service(7, "Help", service_id=700)
    plant.remove_service(7)
    plant.add_skill_group(8, "Sales", group_id=700)


@pytest.mark.parametrize(
    "desk",
    [
        DeskSettings(wrapup_incoming=4),
        DeskSettings(wrapup_outgoing=-1),
        DeskSettings(work_mode_timer=float("inf")),
        DeskSettings(ring_no_answer_time=float("nan")),
        DeskSettings(ring_no_answer_time=-1.0),
    ],
)
def test_desk_settings_are_checked_first(desk: DeskSettings) -> None:
    story = Story()
    before = picture(story.plant)
    with pytest.raises(PlantError, match="is 0 to"):
        story.plant.add_agent("2001", "4001", desk=desk)
    assert picture(story.plant) == before


# --- populations ------------------------------------------------------------------------------------


def team_of_2001(**members: list[str]) -> Population:
    return Population([new_agent()], teams=[Team(1, "Team", **members)])


def two(thing: Any, **changes: Any) -> list[Any]:
    return [thing, dataclasses.replace(thing, **changes)]


WRONG: list[tuple[Callable[[], Population], str]] = [
    (lambda: Population([new_agent(), new_agent(extension="4002", target=2)]), "agent '2001' exists already"),
    (lambda: Population([new_agent(), new_agent("2002", target=2)]), "device '4001' exists already"),
    (lambda: Population([new_agent(), new_agent("2002", "4002")]), "the skill target id 9000 is in use"),
    (lambda: Population([new_agent(first_name="€")]), "the first name has '€' at character 1"),
    (lambda: Population([new_agent(active_terminal="\0")]), "the active terminal has a NUL"),
    (lambda: Population([new_agent(target=-1)]), "the skill target id is 1 to"),
    (lambda: Population([new_agent(services=(2**32,))]), "the id of an enabled service is 0 to"),
    (lambda: Population([new_agent(department_id=2**31)]), "the DepartmentID is"),
    (lambda: Population([new_agent(teams=(9,))]), "agent 2001 is in team 9, which does not have it"),
    (
        lambda: Population([new_agent(teams=(1,))], teams=[Team(1, "Team")]),
        "agent 2001 is in team 1, which does not have it",
    ),
    (lambda: Population(teams=[Team(1, "Team", ["2001"])]), "the member '2001', who is not an agent"),
    (lambda: Population(teams=[Team(1, "Team", temporary={"2"})]), "the temporary member '2'"),
    (lambda: team_of_2001(supervisors=["2001", "2001"]), "names '2001' 2 times"),
    (lambda: team_of_2001(agents=["2001"] * 3), "names '2001' 3 times"),
    (
        lambda: team_of_2001(supervisors=["2001"], agents=["2001"]),
        "names '2001' 2 times among its supervisors and agents",
    ),
    (lambda: Population(teams=two(Team(1, "A"))), "team 1 exists already"),
    (lambda: Population(teams=[Team(1, "€")]), "the team name has '€'"),
    (
        lambda: Population(skill_groups=[SkillGroup(1, 10, "A"), SkillGroup(1, 11, "B")]),
        "skill group 1 exists already",
    ),
    (
        lambda: Population(skill_groups=[SkillGroup(1, 10, "A")], services=[Service(1, 10, "B")]),
        "the skill target id 10 is in use",
    ),
    (lambda: Population(services=two(Service(1, 10, "A"), service_id=11)), "service 1 exists already"),
    (
        lambda: Population(services=[Service(1, 10, "A", extension="1" * 16)]),
        "the service extension has at most",
    ),
    (
        lambda: Population(dialed_numbers=[DialedNumber("8" * 32, "9001")]),
        "the DNIS has 1 to 31 bytes, not 32",
    ),
    (lambda: Population(trunk_groups=[TrunkGroup(2**32)]), "the number of a trunk group is"),
    (lambda: Population(call_types=[CallTypeEntry(1, "€")]), "the call type name has '€'"),
    (lambda: Population(terminals=[Terminal("SEP1", "x" * 100)]), "the terminal type has at most 99 bytes"),
    (lambda: Population(peripheral_id=2**32 - 1), "the PeripheralID is 0 to"),
]


@pytest.mark.parametrize(("create", "reason"), WRONG)
def test_a_population_that_the_protocol_cannot_carry_is_refused(
    create: Callable[[], Population], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        create()


@pytest.mark.parametrize("groups", [0, 1, 100, 101, 1000, 5000])
def test_numbered_populations_have_no_id_twice(groups: int) -> None:
    population = Population.numbered(3, skill_groups=groups)
    ids = [group.group_id for group in population.skill_groups.values()]
    ids += [service.service_id for service in population.services.values()]
    ids += [agent.skill_target_id for agent in population.agents.values()]
    assert len(set(ids)) == len(ids) == 2 * groups + 3


# --- teams ------------------------------------------------------------------------------------------


def test_a_supervisor_without_a_team_stays_one_and_supervises_nobody() -> None:
    story = Story()
    supervisor = story.agent(1)
    assert story.plant.supervises(supervisor, story.agent(2))
    story.plant.leave_team(1, supervisor)
    assert supervisor.supervisor
    assert not story.plant.supervises(supervisor, story.agent(2))


# --- listeners --------------------------------------------------------------------------------------


def test_a_listener_of_changes_that_raises_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    story = Story()

    def broken(changes: object) -> None:
        raise ZeroDivisionError

    heard: list[object] = []
    story.plant.subscribe_changes(broken)
    story.plant.subscribe_changes(heard.append)
    story.plant.add_device("7000")
    assert len(heard) == 1
    assert "7000" in story.plant.population.devices
    assert story.plant.callback_failures == 1
    assert "ZeroDivisionError" in caplog.text


# --- data of calls ----------------------------------------------------------------------------------

DATA: list[tuple[dict[str, Any], str]] = [
    ({"ani": "5€"}, EURO.format("ANI")),
    ({"ani": "5\0"}, NUL.format("ANI")),
    ({"ani": "5" * 40}, "the ANI has at most 39 bytes, not 40"),
    ({"caller_entered_digits": "5€"}, EURO.format("CallerEnteredDigits")),
    ({"wrapup": "w" * 40}, "the CallWrapupData has at most 39 bytes, not 40"),
    ({"user_to_user_info": b"u" * 132}, "the UserToUserInfo has at most 131 bytes, not 132"),
    ({"variables": {"CallVariable1": "v€"}}, EURO.format("CallVariable1")),
    ({"variables": {"CallVariable1": "v" * 41}}, "the CallVariable1 has at most 40 bytes, not 41"),
    ({"variables": {"CallVariable11": "v"}}, "there is no call variable 'CallVariable11'"),
    ({"ecc": {"u€": "e"}}, EURO.format("name of a named variable")),
    ({"ecc": {"user.a": "e\0"}}, "the named variable 'user.a' has a NUL at character 2"),
    ({"ecc": {"user.a": "e" * 244}}, "with its name has at most 251 bytes, not 252"),
    ({"arrays": {"user.a": {256: "e"}}}, "the index of a named array is 0 to 255, not 256"),
    ({"arrays": {"user.a": {0: "e€"}}}, "the named array 'user.a' has '€' at character 2"),
    ({"arrays": {"user.a": dict.fromkeys(range(10), "e" * 200)}}, "at most 2000 bytes together"),
]
ATTRIBUTES: list[tuple[dict[str, Any], str]] = [
    ({"customer_phone_number": "5" * 20}, "the CustomerPhoneNumber has at most 19 bytes, not 20"),
    ({"customer_account_number": "5€"}, EURO.format("CustomerAccountNumber")),
    ({"disposition": 2**16}, "the CalledPartyDisposition is 0 to 65535, not 65536"),
    ({"campaign_id": -1}, "the CampaignID is 0 to"),
    ({"query_rule_id": 2**32}, "the QueryRuleID is 0 to"),
    ({"router_key": (1, 2, 2**32)}, "the part of a router call key is 0 to"),
]


def refusal(reason: str, do: Callable[[], object]) -> ControlFailureCode:
    with pytest.raises(ControlRefusal, match=reason) as error:
        do()
    return error.value.code


@pytest.mark.parametrize(("data", "reason"), DATA + ATTRIBUTES)
def test_changes_of_call_data_are_checked_first(data: dict[str, Any], reason: str) -> None:
    story = Story()
    call = story.plant.inbound("9001", ani="5550001", ecc={"user.b": "b"})
    before = (dataclasses.asdict(call.context), call.disposition, call.campaign_id, call.router_key)
    story.events.clear()
    changes = CallDataChanges(**({"variables": {"CallVariable2": "new"}} | data))
    code = refusal(reason, lambda: story.plant.set_call_data(call, changes))
    assert code is ControlFailureCode.CF_VALUE_OUT_OF_RANGE
    assert (dataclasses.asdict(call.context), call.disposition, call.campaign_id, call.router_key) == before
    assert story.events == []


@pytest.mark.parametrize(("data", "reason"), DATA)
def test_data_of_a_new_call_are_checked_first(data: dict[str, Any], reason: str) -> None:
    story = Story()
    story.log_in(1, 2)
    active = story.talk(2)
    calls = story.plant.calls
    context = CallContext(**data)
    refusal(reason, lambda: story.plant.make_call(story.agent(1), "5551234", context=context))
    if not data.keys() & {"ani", "caller_entered_digits"}:  # a consult call has those of the active call
        refusal(reason, lambda: story.plant.consult(active, "5551234", context=context))
    if data.keys() <= {"ani", "variables", "ecc", "arrays"}:
        refusal(reason, lambda: story.plant.inbound("9001", **data))
    assert story.plant.calls == calls
    assert story.plant.active(story.agent(2)) is active
    assert story.events == []


@pytest.mark.parametrize(
    ("dialed", "reason"),
    [
        ("5€", EURO.format("number to call")),
        ("5\0", NUL.format("number to call")),
        ("5" * 40, "the number to call has at most 39 bytes, not 40"),
    ],
)
def test_a_number_to_call_is_checked_first(dialed: str, reason: str) -> None:
    story = Story()
    story.log_in(1, 2)
    active = story.talk(2)
    for do in (
        lambda: story.plant.make_call(story.agent(1), dialed),
        lambda: story.plant.consult(active, dialed),
        lambda: story.plant.single_step_transfer(active, dialed),
        lambda: story.plant.single_step_conference(active, dialed),
    ):
        assert refusal(reason, do) is ControlFailureCode.CF_INVALID_CALLED_DEVICE
    assert story.events == []


def test_a_number_dialled_from_outside_is_checked_first() -> None:
    story = Story()
    refusal("the DNIS has at most 31 bytes, not 32", lambda: story.plant.inbound("9001", dnis="5" * 32))
    refusal(EURO.format("DNIS"), lambda: story.plant.inbound("9€"))
    assert story.plant.calls == ()


def test_a_reason_or_state_of_another_type_changes_no_state() -> None:
    story = Story()
    story.log_in(1)
    before = story.plant.snapshot()
    wrong: Any = "1"
    for do in (
        lambda: story.plant.set_agent_state(story.agent(1), AgentState.AGENT_STATE_NOT_READY, wrong),
        lambda: story.plant.force_logout(story.agent(1), wrong),
        lambda: story.plant.put_agent(story.agent(1), AgentState.AGENT_STATE_NOT_READY, wrong),
    ):
        with pytest.raises(TypeError):
            do()
    number: Any = 99
    with pytest.raises(ValueError, match="99 is not a valid AgentState"):
        story.plant.put_agent(story.agent(1), number)
    assert story.plant.snapshot() == before
    assert story.events == []
