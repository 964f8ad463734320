"""Arguments as a mapping, with Python's method names and with those of CTI OS."""

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctios_fast import ArgType, Arguments, CilCode, MethodError
from ctios_fast.core.secret import Secret
from ctios_fast.keywords import CTIOS_AGENTID, CTIOS_AGENTPASSWORD
from ctios_fast.model.argument_cover import MAX_DEPTH
from ctios_fast.model.argument_values import is_password
from ctios_fast.model.arguments import arguments_over

# --- The mapping -------------------------------------------------------------------------------------


def test_a_key_is_found_in_any_case_and_with_spaces_around_it() -> None:
    args = Arguments({"AgentID": "1001"})
    for key in ("AgentID", "agentid", " AGENTID ", CTIOS_AGENTID):
        assert args[key] == "1001"
        assert args.get(key) == "1001"
        assert key in args
        assert args.is_valid(key)
    assert "AgentExtension" not in args
    assert args.get("AgentExtension") is None
    assert args.get("AgentExtension", 5) == 5


def test_setting_replaces_the_value_of_the_same_key_in_another_case() -> None:
    args = Arguments(AgentID="1001")
    args["agentid"] = "1002"
    args.set_value("AGENTID ", "1003")
    assert list(args.items()) == [("AgentID", "1003")]
    args.add_item(" Extension ", "3001")
    assert args["extension"] == "3001"
    assert list(args) == ["AgentID", "Extension"]
    assert args.num_elements() == len(args) == 2


def test_a_key_that_is_not_text_is_refused() -> None:
    args: Any = Arguments(AgentID="1001")
    sets: list[Callable[[], object]] = [
        lambda: args.__setitem__(5, 1),
        lambda: args.set_value(5, 1),
        lambda: args.set_value_int(5, 1),
        lambda: args.setdefault(5, 1),
        lambda: args.update({5: 1}),
        lambda: args.__ior__({5: 1}),
        lambda: Arguments({5: 1}),  # type: ignore[dict-item]
        lambda: Arguments(Nested={5: 1}),
    ]
    for each in sets:
        with pytest.raises(TypeError, match="a keyword must be text, got int"):
            each()
    assert args == {"AgentID": "1001"}


def test_a_key_that_is_not_text_is_not_found() -> None:
    args: Any = Arguments(AgentID="1001")
    assert 5 not in args
    assert args.get(5, "default") == "default"
    assert args.pop(5, "default") == "default"
    for read in (args.__getitem__, args.__delitem__, args.get_value):
        with pytest.raises(KeyError, match="5"):
            read(5)


def test_a_removed_pair_can_be_set_again() -> None:
    args = Arguments({"AgentID": "1001", "Extension": "3001"})
    del args["agentid"]
    args.remove_item("EXTENSION")
    assert not args
    for missing in ("AgentID", "Extension"):
        with pytest.raises(KeyError, match=missing):
            args.get_value(missing)
        with pytest.raises(KeyError, match=missing):
            args.remove_item(missing)
    args["AGENTID"] = "1002"
    assert list(args.items()) == [("AGENTID", "1002")]
    args.clear()
    assert "AgentID" not in args
    assert args == Arguments()


def test_arguments_take_pairs_as_dict_does() -> None:
    assert Arguments([("AgentID", "1001"), ("agentid", "1002")], Extension="3001") == {
        "AgentID": "1002",
        "Extension": "3001",
    }


@pytest.mark.parametrize("wrong", [5, "text", ["AgentID"], [("AgentID", 1, 2)]], ids=repr)
def test_a_value_that_is_not_pairs_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match=f"pairs of keyword and value, got {type(wrong).__name__}"):
        Arguments(wrong)


def test_an_update_with_a_wrong_pair_sets_nothing() -> None:
    args = Arguments(AgentID="1001")
    with pytest.raises(TypeError, match="a keyword must be text"):
        args.update([("AgentID", "1002"), (5, 1)])
    with pytest.raises(MethodError, match="nest these Arguments in themselves"):
        args.update(AgentID="1002", Nested=args)
    assert args == {"AgentID": "1001"}


def test_arguments_are_merged_like_dicts() -> None:
    args = Arguments(AgentID="1001", State=2)
    joined = args | {"agentid": "1002"}
    assert joined == Arguments(AgentID="1002", State=2)
    assert {"agentid": "1002"} | args == Arguments(agentid="1001", State=2)
    assert args == Arguments(AgentID="1001", State=2)
    args |= [("STATE", 3)]
    assert args == Arguments(AgentID="1001", State=3)
    for join in (lambda: args | 5, lambda: 5 | args):  # type: ignore[operator]
        with pytest.raises(TypeError, match="unsupported operand"):
            join()


def test_equality_ignores_the_case_and_the_order_of_keys() -> None:
    args = Arguments({"AgentID": "1001", "Nested": {"Inner": [1, {"Deep": 2}]}})
    assert args == Arguments({"NESTED": {"inner": (1, Arguments(deep=2))}, "agentid": "1001"})
    assert args == {"agentid": "1001", "nested": {"INNER": (1, {"deep": 2})}}
    for other in ({"AgentID": "1001"}, {"AgentID": "1001", "Nested": 5}, {5: 1}, 5, None):
        assert args != other
    assert Arguments(AgentPassword="sesame") == Arguments(agentpassword="sesame")
    assert Arguments(AgentPassword="sesame") != Arguments(AgentPassword="tahini")


def test_a_dict_becomes_nested_arguments_and_a_list_a_tuple() -> None:
    args = Arguments(Nested={"Inner": [{"Deep": 1}, [2]]})
    assert isinstance(args["Nested"], Arguments)
    assert args["nested"]["inner"] == (Arguments(Deep=1), (2,))


def test_arguments_cannot_be_nested_in_themselves() -> None:
    args = Arguments()
    inner = Arguments(List=(1, args))
    for value in (args, inner, [inner]):
        with pytest.raises(MethodError, match="Nested would nest these Arguments in themselves"):
            args["Nested"] = value
    assert not args


def test_values_nested_too_deeply_are_refused() -> None:
    deep: Any = 1
    for _ in range(MAX_DEPTH):
        deep = {"Deep": deep}
    assert Arguments(Nested=deep).dump().count("{") == MAX_DEPTH
    endless: dict[str, Any] = {}
    endless["Deep"] = endless
    for wrong in ({"Deep": deep}, [deep], endless):
        with pytest.raises(MethodError, match=f"{MAX_DEPTH} levels"):
            Arguments(Nested=wrong)


# --- Against a model ---------------------------------------------------------------------------------

_KEYS = st.sampled_from(["AgentID", "State", "SkillGroup[1]", "x"]).flatmap(
    lambda key: st.sampled_from([key, key.lower(), key.upper(), f" {key} ", f"{key}\t"])
)
#: Text that does not name a password. A list that begins with such a name is a pair, and its value is hidden.
_PLAIN = st.text().filter(lambda text: not is_password(text))
_SCALARS = (
    st.none() | st.booleans() | st.integers() | _PLAIN | st.floats(allow_nan=False, allow_infinity=False)
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_PLAIN, inner, max_size=3)
)


class Model:
    """A case-insensitive dict: the first spelling of a key stays."""

    def __init__(self) -> None:
        self.pairs: dict[str, tuple[str, Any]] = {}

    def set(self, key: str, value: Any) -> None:
        lower = key.strip().lower()
        self.pairs[lower] = (self.pairs.get(lower, (key.strip(),))[0], value)


def _pop(args: Arguments, model: Model, key: str, value: Any) -> None:
    popped = args.pop(key, "nothing")
    assert Arguments(x=popped) == Arguments(x=model.pairs.pop(key.strip().lower(), (None, "nothing"))[1])


def _delete(args: Arguments, model: Model, key: str, value: Any) -> None:
    known = model.pairs.pop(key.strip().lower(), None)
    assert (known is not None) == (key in args)
    if known is None:
        with pytest.raises(KeyError):
            del args[key]
    else:
        del args[key]


def _set_default(args: Arguments, model: Model, key: str, value: Any) -> None:
    if key.strip().lower() not in model.pairs:
        model.set(key, value)
    expected = model.pairs[key.strip().lower()][1]
    assert Arguments(x=args.setdefault(key, value)) == Arguments(x=expected)


def _set(args: Arguments, model: Model, key: str, value: Any) -> None:
    args[key] = value
    model.set(key, value)


def _update(args: Arguments, model: Model, key: str, value: Any) -> None:
    args.update([(key, value)])
    model.set(key, value)


def _join(args: Arguments, model: Model, key: str, value: Any) -> None:
    args |= {key: value}
    model.set(key, value)


_STEPS = st.lists(
    st.tuples(st.sampled_from([_set, _delete, _set_default, _pop, _update, _join]), _KEYS, _VALUES)
)


@given(st.lists(st.tuples(_KEYS, _VALUES)), _STEPS)
def test_arguments_behave_as_a_case_insensitive_dict(start: Any, steps: Any) -> None:
    model = Model()
    for key, value in start:
        model.set(key, value)
    args = Arguments(start)
    for step, key, value in steps:
        step(args, model, key, value)
        assert list(args) == [known for known, _ in model.pairs.values()]
        assert list(args.values()) == list(Arguments(model.pairs.values()).values())
        assert args == args.clone() == copy.deepcopy(args) == Arguments(model.pairs.values())
        for position, known in enumerate(args, 1):
            assert args.get_element_key(position) == known
            assert args[known.swapcase()] == args.get_element(position)


# --- Typed access ------------------------------------------------------------------------------------

I64, U32, I16, U16 = (-(2**63), 2**63 - 1), (0, 2**32 - 1), (-(2**15), 2**15 - 1), (0, 2**16 - 1)


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("int", *I64), ("uint", *U32), ("short", *I16), ("ushort", *U16)]
)
def test_integers_are_read_and_set_within_the_range_of_their_kind(kind: str, low: int, high: int) -> None:
    for value in (low, high, str(low), f" {high} ", float(low), True, 7.0):
        args = Arguments(X=value)
        expected = int(value)
        assert getattr(args, f"get_value_{kind}")("x") == expected
        assert getattr(args, f"get_element_{kind}")(1) == expected
        changed = Arguments()
        getattr(changed, f"set_value_{kind}")("X", value)
        assert changed["x"] == expected
        assert type(changed["x"]) is int


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("int", *I64), ("uint", *U32), ("short", *I16), ("ushort", *U16)]
)
def test_a_value_that_is_not_an_integer_of_the_kind_is_refused(kind: str, low: int, high: int) -> None:
    inf = float("inf")
    for value in (low - 1, high + 1, "", "abc", "0x10", 1.5, inf, None, (), Arguments(), "9" * 5000):
        args = Arguments(X=value)
        for use in (
            partial(getattr(args, f"get_value_{kind}"), "X"),
            partial(getattr(args, f"get_element_{kind}"), 1),
            partial(getattr(args, f"set_value_{kind}"), "X", value),
        ):
            with pytest.raises(MethodError) as refused:
                use()
            assert str(refused.value).startswith(f"X must be an integer from {low} to {high}, got ")
            assert refused.value.code is CilCode.E_CTIOS_INVALID_ARGUMENT
            assert len(str(refused.value)) < 250
        assert args["X"] is value


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        (1, True),
        (0, False),
        ("1", True),
        ("0", False),
        (" False ", False),
        ("", False),
        ("yes", True),
        (-1, True),
    ],
)
def test_booleans_are_read_from_numbers_and_from_text(value: object, truth: bool) -> None:
    args = Arguments(X=value)
    assert args.get_value_bool("x") is truth
    assert args.get_element_bool(1) is truth
    args.set_value_bool("Y", value)
    assert args["y"] is truth


def test_text_is_read_from_numbers() -> None:
    args = Arguments(Number=5, Text="7", Truth=True, Nothing=None, Real=1.5)
    assert [args.get_value_string(key) for key in args] == ["5", "7", "True", "", "1.5"]
    assert [args.get_element_string(index) for index in range(1, 6)] == ["5", "7", "True", "", "1.5"]
    args.set_value_string("Number", 6)
    assert args["Number"] == "6"


def test_nested_arguments_are_read_and_set() -> None:
    args = Arguments(Nested=Arguments(Inner=1))
    assert args.get_value_array("Nested") is args["nested"]
    assert args.get_element_arguments(1) == {"Inner": 1}
    args.set_value_array("Other", {"Inner": 2})
    assert args.get_value_array("other") == Arguments(Inner=2)


@pytest.mark.parametrize(
    ("method", "value", "expected"),
    [
        ("bool", "maybe", "X must be true or false, got 'maybe'"),
        ("bool", 1.5, "X must be true or false, got 1.5"),
        ("string", Arguments(), "X must be text, got Arguments"),
        ("array", "7", "X must be nested Arguments, got '7'"),
        ("array", "a" * 1000, "X must be nested Arguments, got 'aaa"),
    ],
)
def test_a_value_of_another_kind_is_refused(method: str, value: Any, expected: str) -> None:
    args = Arguments(X=value)
    for use in (
        lambda: getattr(args, f"get_value_{method}")("X"),
        lambda: getattr(args, f"set_value_{method}")("X", value),
    ):
        with pytest.raises(MethodError) as refused:
            use()
        assert str(refused.value).startswith(expected)
        assert len(str(refused.value)) < 200
    assert args["X"] == value


def test_every_typed_method_raises_key_error_without_a_value() -> None:
    for method in [name for name in dir(Arguments) if name.startswith("get_value")]:
        with pytest.raises(KeyError, match="AgentID"):
            getattr(Arguments(), method)("AgentID")


def test_positions_are_counted_from_1() -> None:
    args = Arguments(AgentID="1001", State=2)
    assert (args.get_element_key(1), args.get_element(1)) == ("AgentID", "1001")
    assert (args.get_element_key(2), args.get_element_short(2)) == ("State", 2)
    args.set_element(2, 3)
    assert args == {"AgentID": "1001", "State": 3}
    for index in (0, -1, 3):
        for use in (args.get_element, args.get_element_key, lambda index: args.set_element(index, 1)):
            with pytest.raises(IndexError, match=f"a position must be from 1 to 2, got {index}"):
                use(index)
    for wrong in ("1", 1.0, True, None):
        with pytest.raises(TypeError, match="a position must be an integer"):
            args.get_element(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, ArgType.ARG_NOTSET),
        (True, ArgType.ARG_BOOL),
        (-5, ArgType.ARG_INT),
        ((1 << 31) - 1, ArgType.ARG_INT),
        (0xFFFFFFFF, ArgType.ARG_UINT),
        ("1001", ArgType.ARG_STRING),
        (1.5, ArgType.ARG_STRING),
        ({"State": 2}, ArgType.ARG_ARGARRAY),
        ([1, 2], ArgType.ARG_ARGARRAY),
        (object(), ArgType.ARG_REFERENCE),
    ],
)
def test_a_value_has_one_of_the_types_of_cti_os(value: Any, kind: ArgType) -> None:
    args = Arguments({"Value": value, "AgentPassword": "secret"})
    assert args.get_value_type(" value ") is args.get_element_type(1) is kind
    assert args.get_value_type("AgentPassword") is ArgType.ARG_STRING


# --- Arrays ------------------------------------------------------------------------------------------


def test_an_array_is_read_up_to_the_first_missing_index() -> None:
    args = Arguments({"skillgroup[1]": {"SkillGroupNumber": 7}, "SkillGroup[2]": None, "SkillGroup[4]": 4})
    assert args.get_indexed(" SkillGroup ") == [{"SkillGroupNumber": 7}, None]
    assert args.get_indexed("SkillGroup", first=4) == [4]
    assert args.get_indexed("Nothing") == []


def test_setting_an_array_replaces_a_longer_one() -> None:
    args = Arguments(Other=1)
    args.set_indexed("SkillGroup", [{"SkillGroupNumber": 7}, {"SkillGroupNumber": 8}, {}])
    assert isinstance(args["SkillGroup[3]"], Arguments)
    args.set_indexed(" SKILLGROUP ", ({"SkillGroupNumber": 9},))
    assert args == {"Other": 1, "SkillGroup[1]": {"SkillGroupNumber": 9}}
    args.set_indexed("user.Colours", ["red", "green"], first=0)
    assert (args["user.colours[0]"], args["user.Colours[1]"]) == ("red", "green")
    args.set_indexed("user.Colours", [], first=0)
    assert args.num_elements() == 2


def test_the_elements_of_a_password_array_are_secrets() -> None:
    args = Arguments()
    args.set_indexed("user.Password", ["one", "two"])
    assert [each.reveal() for each in args.get_indexed("user.Password")] == ["one", "two"]
    assert "one" not in f"{args} {args.dump()}"


@pytest.mark.parametrize("values", ["text", 5, None, {"A": 1}, {1, 2}], ids=repr)
def test_an_array_must_be_a_list(values: Any) -> None:
    args = Arguments({"Value[1]": 1})
    with pytest.raises(MethodError, match="Value must be a list of values"):
        args.set_indexed("Value", values)
    assert args == {"Value[1]": 1}


def test_an_array_with_a_refused_element_sets_nothing() -> None:
    args = Arguments({"Value[1]": 1})
    with pytest.raises(MethodError, match="nest these Arguments in themselves"):
        args.set_indexed("Value", [2, args])
    with pytest.raises(TypeError, match="a keyword must be text"):
        args.set_indexed(5, [2])  # type: ignore[arg-type]
    assert args == {"Value[1]": 1}


# --- Copies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make_copy", [Arguments.clone, copy.deepcopy], ids=["clone", "deepcopy"])
def test_a_deep_copy_is_independent_of_its_original(make_copy: Callable[[Arguments], Arguments]) -> None:
    args = Arguments({"Nested": Arguments(Inner=1), "List": [Arguments(Inner=1)], "AgentID": "1001"})
    changed = make_copy(args)
    assert changed == args
    changed["AgentID"] = "1002"
    changed["Nested"]["Inner"] = 2
    changed["List"][0]["Inner"] = 2
    assert args == {"Nested": {"Inner": 1}, "List": ({"Inner": 1},), "AgentID": "1001"}


def test_a_shallow_copy_shares_nested_arguments() -> None:
    args = Arguments({"Nested": Arguments(Inner=1), "AgentID": "1001"})
    changed = copy.copy(args)
    changed["AgentID"] = "1002"
    assert args["AgentID"] == "1001"
    assert changed["Nested"] is args["Nested"]


def test_only_arguments_without_passwords_can_be_pickled() -> None:
    args = Arguments(Nested={"Inner": [1, 2]}, AgentID="1001")
    assert pickle.loads(pickle.dumps(args)) == args
    for secret in (
        {"AgentPassword": "sesame"},
        {"Nested": {"ClientPassword": "sesame"}},
        {"Passwords": ["a"]},
    ):
        with pytest.raises(TypeError, match=r"Passwords? is a password and cannot be pickled|Password is a"):
            pickle.dumps(Arguments(secret))


def test_arguments_over_a_dict_use_the_dict_without_a_copy() -> None:
    values = {"AgentID": "1001"}
    args = arguments_over(values)
    assert args == Arguments(AgentID="1001")
    assert args["agentid"] is values["AgentID"]


# --- Text and JSON -----------------------------------------------------------------------------------


def test_a_dump_has_the_form_of_cti_os() -> None:
    args = Arguments({CTIOS_AGENTID: "1001", "State": 2, "SkillGroup[1]": {"Number": 7}, "List": [1, ""]})
    assert args.dump() == 'AgentID = 1001; State = 2; SkillGroup[1] = {Number = 7}; List = [1; ""]'
    assert args.dump_args() == args.dump()
    assert Arguments().dump() == ""


def _as_text(value: Any) -> Any:
    if isinstance(value, dict | Arguments):
        return {key: _as_text(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return tuple(map(_as_text, value))
    return "" if value is None else str(value)


@given(st.dictionaries(_PLAIN, _VALUES, max_size=4))
def test_parse_reads_what_dump_writes(values: dict[str, Any]) -> None:
    args = Arguments(values)
    assert Arguments.parse(args.dump()) == Arguments(_as_text(args))
    assert Arguments.parse(args.dump()).dump() == args.dump()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", {}),
        (" ; ", None),
        ("A=1;b = two words ; ", {"A": "1", "B": "two words"}),
        ('"A;" = "x\\n"; B = {}; C=[]', {"A;": "x\n", "B": {}, "C": ()}),
        ("A = x = y", {"A": "x = y"}),
        ("A", None),
        ("A = {B = 1", None),
        ("A = [1; 2", None),
        ("A = {B = 1} C = 2", None),
        ('A = "x', None),
        ('A = "x" y', None),
        ("A = " + "{A = " * 100000, None),
        ("A = " + "[" * 100000, None),
    ],
)
def test_a_dump_is_read_or_refused_with_the_offset(text: str, read: dict[str, Any] | None) -> None:
    if read is None:
        with pytest.raises(MethodError, match=r"a dump of Arguments must have .* at offset"):
            Arguments.parse(text)
    else:
        assert Arguments.parse(text) == read


@given(st.text(alphabet='AB={}[]";\\ \n', max_size=30))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        args = Arguments.parse(text)
    except MethodError:
        return
    assert Arguments.parse(args.dump()) == args


@given(st.dictionaries(_PLAIN, _VALUES, max_size=4))
def test_from_json_reads_what_to_json_writes(values: dict[str, Any]) -> None:
    args = Arguments(values)
    text = args.to_json()
    assert Arguments.from_json(text) == args
    assert Arguments.from_json(text.encode(errors="surrogatepass")) == args
    assert json.loads(text) == args.to_dict()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "[]",
        "{",
        '{"a": }',
        "[" * 100000,
        '{"a":' * 100000,
        b"\xff",
        5,
        None,
        '{"a": ' + "9" * 5000 + "}",
    ],
)
def test_a_text_that_is_not_a_json_object_is_refused(text: Any) -> None:
    with pytest.raises(MethodError, match="JSON for Arguments"):
        Arguments.from_json(text)


def test_a_value_that_json_cannot_express_is_refused_by_its_keyword() -> None:
    for value in (float("nan"), float("-inf"), object(), b"bytes"):
        with pytest.raises(MethodError, match="Inner must be a value that JSON can express"):
            Arguments(Nested={"Inner": [value]}).to_json()


def test_no_text_shows_a_password() -> None:
    args = Arguments({CTIOS_AGENTID: "1001", CTIOS_AGENTPASSWORD: "sesame"})
    nested = Arguments(
        Nested=args, Plain={"AgentPassword": "sesame"}, List=[("AgentPassword", "sesame"), args]
    )
    for each in (args, nested):
        for text in (repr(each), str(each), each.dump(), each.to_json(), str(each.to_dict()), f"{each}"):
            assert "1001" in text
            assert "sesame" not in text
            assert "***" in text
    assert args.dump() == "AgentID = 1001; AgentPassword = ***"
    assert args.to_dict() == {"AgentID": "1001", "AgentPassword": "***"}
    assert repr(args) == "Arguments(AgentID='1001', AgentPassword='***')"


def test_a_redacted_password_is_left_out_when_it_is_read_back() -> None:
    args = Arguments(AgentID="1001", AgentPassword="sesame", Nested={"ClientPassword": "sesame", "X": "***"})
    expected = {"AgentID": "1001", "Nested": {"X": "***"}}
    assert Arguments.parse(args.dump()) == expected
    assert Arguments.from_json(args.to_json()) == expected


# --- Passwords ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["AgentPassword", "agentpassword ", "ClientPassword", "user.Password[1]"])
def test_every_way_to_set_a_password_makes_it_a_secret(key: str) -> None:
    ways: list[Callable[[], Arguments]] = [
        lambda: Arguments({key: "sesame"}),
        lambda: Arguments([(key, "sesame")]),
        lambda: Arguments(**{key: "sesame"}),
        lambda: Arguments() | {key: "sesame"},
        lambda: {key: "sesame"} | Arguments(),
        lambda: Arguments().__ior__([(key, "sesame")]),
        lambda: _changed(lambda args: args.__setitem__(key, "sesame")),
        lambda: _changed(lambda args: args.set_value(key, "sesame")),
        lambda: _changed(lambda args: args.add_item(key, "sesame")),
        lambda: _changed(lambda args: args.set_value_string(key, "sesame")),
        lambda: _changed(lambda args: args.setdefault(key, "sesame")),
        lambda: _changed(lambda args: args.update({key: "sesame"})),
        lambda: _changed(lambda args: args.update([(key, "sesame")])),
        lambda: _changed(lambda args: args.update(**{key: "sesame"})),
        lambda: Arguments.parse(f"{key} = sesame"),
        lambda: Arguments.from_json(f'{{"{key}": "sesame"}}'),
        lambda: Arguments({key: b"sesame"}),
        lambda: Arguments({key: ["sesame"]})[key] and Arguments({key: Arguments({key: "sesame"})})[key],
        lambda: Arguments(Nested={key: "sesame"})["Nested"],
        lambda: Arguments(Nested=[{key: "sesame"}])["Nested"][0],
    ]
    for way in ways:
        found = way()[key]
        assert type(found) is Secret
        assert found.reveal() == "sesame"


def _changed(change: Callable[[Arguments], object]) -> Arguments:
    args = Arguments()
    change(args)
    return args


def test_a_password_at_a_position_is_a_secret() -> None:
    args = Arguments(AgentPassword="old")
    args.set_element(1, "sesame")
    assert args["AgentPassword"].reveal() == "sesame"


def test_every_value_below_a_password_key_is_a_secret() -> None:
    args = Arguments(Passwords={"Old": "sesame", "List": [1, {"New": "sesame"}]})
    passwords = args["Passwords"]
    found = [passwords["Old"], *passwords["List"][:1], passwords["List"][1]["New"]]
    assert [secret.reveal() for secret in found] == ["sesame", "1", "sesame"]


def test_a_password_of_none_is_shown_as_none() -> None:
    args = Arguments(AgentPassword=None)
    assert args["AgentPassword"] is None
    assert repr(args) == "Arguments(AgentPassword=None)"
    assert args.to_json() == '{"AgentPassword": null}'
    assert Arguments.from_json(args.to_json()) == args


def test_a_typed_getter_does_not_give_out_a_password() -> None:
    args = Arguments(AgentPassword="12345")
    for kind in ("int", "uint", "short", "ushort", "bool", "string", "array"):
        with pytest.raises(
            MethodError, match=r"AgentPassword .* is a password: use get_value\(\) and reveal\(\)"
        ):
            getattr(args, f"get_value_{kind}")("AgentPassword")
    assert args.get_value("AgentPassword").reveal() == "12345"


PASSWORD = "hunter2SECRET"


class Unreadable(dict[str, Any]):
    """A mapping that fails while it is read, after it gave a password."""

    def items(self) -> Any:
        yield "AgentPassword", PASSWORD
        raise RuntimeError("broken")


KEY = "AgentPassword"


def _full() -> Any:
    return Arguments({KEY: PASSWORD, "Nested": {KEY: PASSWORD}, "List": [(KEY, PASSWORD)]})


def _bad_sources() -> list[Any]:
    deep: Any = {KEY: PASSWORD}
    for _ in range(MAX_DEPTH + 1):
        deep = {"Deep": deep, KEY: PASSWORD}
    return [
        {KEY: PASSWORD, 5: PASSWORD},
        [(KEY, PASSWORD), (5, PASSWORD)],
        [(KEY, PASSWORD), KEY],
        [(KEY, PASSWORD, PASSWORD)],
        {"Nested": {5: PASSWORD}},
        {"Nested": [{KEY: PASSWORD, 5: PASSWORD}]},
        Unreadable(),
        {"Nested": Unreadable()},
        deep,
        ((each, PASSWORD) for each in (KEY, 5)),
    ]


def _uses_of_a_source(source: Any) -> Iterator[Callable[[], object]]:
    yield lambda: Arguments(source)
    yield lambda: Arguments(AgentPassword=source)
    yield lambda: Arguments(**{KEY: PASSWORD}, Source={KEY: source})
    yield lambda: _full().update(source)
    yield lambda: _full().__ior__(source)
    yield lambda: _full() | source
    yield lambda: source | _full()
    yield lambda: _full() == source
    yield lambda: _full().set_value_array("X", source)
    yield lambda: _full().set_indexed("X", source)
    yield lambda: _full().set_indexed("X", [source])


def _calls_of_every_method() -> Iterator[Callable[[], object]]:
    wrong: list[tuple[Any, ...]] = [
        (),
        (KEY,),
        (5,),
        (KEY, PASSWORD),
        (5, PASSWORD),
        ([], PASSWORD),
        (None, PASSWORD),
        (KEY, PASSWORD, 5),
    ]
    for name in dir(Arguments):
        if name in ("pop", "get") or (name.startswith("_") and name != "__setitem__"):
            continue  # pop and get return the default that they were given
        for given_ in wrong:
            for args in (_full(), Arguments()):
                yield partial(getattr(args, name), *given_)


def _uses_of_a_text() -> Iterator[Callable[[], object]]:
    for text in (f"{KEY} = {PASSWORD}; X", f'{KEY} = "{PASSWORD}', f"{KEY} = {{{PASSWORD}", PASSWORD):
        yield partial(Arguments.parse, text)
    for text in (f'{{"{KEY}": "{PASSWORD}"', f'{{"{KEY}": "{PASSWORD}", 5}}', f'["{PASSWORD}"]', PASSWORD):
        yield partial(Arguments.from_json, text)
    wrong: Any
    for wrong in ([(KEY, PASSWORD)], {KEY: PASSWORD}):
        yield partial(Arguments.parse, wrong)
        yield partial(Arguments.from_json, wrong)
    yield partial(pickle.dumps, _full())
    yield partial(hash, _full())


def _all_that_shows(error: BaseException) -> str:
    """Return what an error shows: its text, those of its causes, all variables of the library's frames."""
    parts: list[str] = []
    todo: list[BaseException | None] = [error]
    while todo:
        each = todo.pop()
        if each is None:
            continue
        parts += [repr(each), str(each), repr(vars(each))]
        trace = each.__traceback__
        while trace is not None:
            frame = trace.tb_frame
            if "/ctios_fast/" in frame.f_code.co_filename:
                parts += [
                    f"{frame.f_code.co_name}: {name}={value!r}" for name, value in frame.f_locals.items()
                ]
            trace = trace.tb_next
        todo += [each.__cause__, each.__context__]
    return "\n".join(parts)


def test_no_misuse_of_any_method_shows_a_password() -> None:
    calls = [*_calls_of_every_method(), *_uses_of_a_text()]
    for position in range(len(_bad_sources())):
        # each use needs a new source, since an iterator can be read once
        calls += [list(_uses_of_a_source(_bad_sources()[position]))[number] for number in range(11)]
    shown: list[str] = []
    for call in calls:
        try:
            returned = call()
            shown.append(f"{returned!r} {returned}")
        except Exception as error:
            shown.append(_all_that_shows(error))
    assert not [text for text in shown if PASSWORD in text]
    assert sum("Error" in text for text in shown) > 100
