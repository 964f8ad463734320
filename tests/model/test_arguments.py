"""Arguments as a mapping, under the names of Python and of CTI OS alike."""

import pytest

from ctios_fast import Arguments
from ctios_fast.keywords import CTIOS_AGENTID, CTIOS_AGENTPASSWORD


def test_a_key_is_found_whatever_its_case_and_the_spaces_around_it() -> None:
    args = Arguments({"AgentID": "1001"})
    for key in ("AgentID", "agentid", " AGENTID ", CTIOS_AGENTID):
        assert args[key] == "1001"
        assert key in args
        assert args.is_valid(key)
    assert "AgentExtension" not in args
    assert 5 not in args


def test_setting_replaces_what_has_the_same_key_in_another_case() -> None:
    args = Arguments(AgentID="1001")
    args["agentid"] = "1002"
    args.set_value("AGENTID ", "1003")
    assert list(args.items()) == [("AgentID", "1003")]
    args.add_item(" Extension ", "3001")
    assert args["extension"] == "3001"
    assert list(args) == ["AgentID", "Extension"]
    assert args.num_elements() == len(args) == 2


def test_a_key_that_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="a keyword is text, not int"):
        Arguments()[5] = 1  # type: ignore[index]


def test_what_is_taken_away_is_gone_and_can_come_again() -> None:
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


def test_values_are_read_as_the_kind_that_is_asked_for() -> None:
    args = Arguments({"Number": 5, "Text": "7", "Nested": Arguments(Inner=1), "None": ""})
    assert args.get_value("number") == 5
    assert args.get_value_int("Text") == 7
    assert args.get_value_string("Number") == "5"
    assert args.get_value_array("Nested") == Arguments(Inner=1)
    with pytest.raises(ValueError, match="invalid literal"):
        args.get_value_int("None")
    with pytest.raises(TypeError, match="Text holds str, not Arguments"):
        args.get_value_array("Text")


@pytest.mark.parametrize(
    ("value", "truth"),
    [(1, True), (0, False), ("1", True), ("0", False), (" False ", False), ("", False), ("yes", True)],
)
def test_truth_is_read_from_numbers_and_from_text(value: object, truth: bool) -> None:
    assert Arguments(X=value).get_value_bool("x") is truth


def test_a_clone_changes_apart_from_its_original_at_every_depth() -> None:
    args = Arguments({"Nested": Arguments(Inner=1), "AgentID": "1001"})
    copy = args.clone()
    assert copy == args
    copy["AgentID"] = "1002"
    copy["Nested"]["Inner"] = 2
    assert args["AgentID"] == "1001"
    assert args["Nested"]["Inner"] == 1


def test_passwords_are_shown_by_none_of_its_texts() -> None:
    args = Arguments({CTIOS_AGENTID: "1001", CTIOS_AGENTPASSWORD: "sesame"})
    for text in (repr(args), args.dump(), repr(Arguments(Nested=args))):
        assert "1001" in text
        assert "sesame" not in text
    assert args.dump() == "AgentID = 1001; AgentPassword = ***"
