"""Every keyword that CTI OS documents has its constant."""

from support.documented_keywords import CONSTANTS, KEYWORDS

from ctios_fast import keywords

OURS = {name: value for name, value in vars(keywords).items() if name.startswith("CTIOS_")}

#: Constants with a name of their own: the guide prints a second one for the same keyword.
SECOND_NAMES = {
    "CTIOS_SILENTMONITOR_CALLUID": "SilentMonitorCallUID",
    "CTIOS_SILENTMONITOR_TARGET_AGENTUID": "SilentMonitorTargetAgentUID",
}


def test_every_documented_constant_is_there() -> None:
    assert len(CONSTANTS) == 132
    assert OURS.keys() >= CONSTANTS


def test_every_documented_keyword_has_its_constant() -> None:
    assert len(KEYWORDS) == 330
    assert {value.lower() for value in OURS.values()} >= {keyword.lower() for keyword in KEYWORDS}


def test_a_constant_is_named_after_its_keyword() -> None:
    for name, value in OURS.items():
        assert SECOND_NAMES.get(name) == value or name == f"CTIOS_{value.upper()}"


def test_no_keyword_has_two_constants() -> None:
    firsts = [value.lower() for name, value in OURS.items() if name not in SECOND_NAMES]
    assert len(firsts) == len(set(firsts))
