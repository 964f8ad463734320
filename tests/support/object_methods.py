"""The methods that CTI OS documents for every object, used on one."""

from typing import Any

from ctios_fast import ArgType, Arguments


def check_methods(each: Any) -> None:
    """Use every method that CTI OS documents for an object."""
    each.set_value("Seat", 12)
    each.set_value_uint("Mask", 0xFFFFFFFF)
    each.set_value_ushort("Port", 65535)
    each.set_value("Colours", {"First": "red", "Second": "green"})
    assert each.get_value("seat") == each.get_value_int("SEAT") == each.get_value_short("Seat") == 12
    assert each.get_value_string("Seat") == "12"
    assert each.get_value_bool("Seat") is True
    assert (each.get_value_uint("Mask"), each.get_value_ushort("Port")) == (0xFFFFFFFF, 65535)
    assert each.get_value_array("Colours") == Arguments({"First": "red", "Second": "green"})
    assert each.get_element("Colours", 2) == "green"
    assert each.is_valid("Seat")
    assert not each.is_valid("Nothing")
    assert each.get_property_type("Seat") is ArgType.ARG_INT
    assert each.report_error(-101) == each.get_last_error() == -101
    everything = each.get_all_properties()
    assert {"UniqueObjectID", "LastError", "Seat", "Mask", "Port", "Colours"} <= set(everything)
    names = [each.get_property_name(index) for index in range(1, each.get_num_properties() + 1)]
    assert names == list(everything)
    assert Arguments.parse(each.dump_properties())["Seat"] == "12"
