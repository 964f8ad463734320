"""The data that travel with a call, and the changes that a client asks for."""

from dataclasses import dataclass, field

from ctios_fast.protocol.enums import CallType

__all__ = ["CallContext", "CallDataChanges", "RouterCallKey"]

RouterCallKey = tuple[int, int, int]
"""Day, call id and sequence number."""


@dataclass(slots=True)
class CallContext:
    """The data that travel with a call and that a consult call inherits.

    ``variables``: "CallVariable1" to "CallVariable10" -> text; a variable that was never set is absent.
    ``ecc``, ``arrays``: named variables, and elements of named arrays by index.
    """

    ani: str = ""
    dnis: str = ""
    dialed_number: str = ""
    caller_entered_digits: str = ""
    user_to_user_info: bytes = b""
    wrapup: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    ecc: dict[str, str] = field(default_factory=dict)
    arrays: dict[str, dict[int, str]] = field(default_factory=dict)

    def copy(self) -> "CallContext":
        """A context of its own with the same data."""
        return CallContext(
            self.ani,
            self.dnis,
            self.dialed_number,
            self.caller_entered_digits,
            self.user_to_user_info,
            self.wrapup,
            dict(self.variables),
            dict(self.ecc),
            {name: dict(values) for name, values in self.arrays.items()},
        )

    def fill_from(self, other: "CallContext") -> None:
        """Take over what this one lacks; where both have a value, this one's stays."""
        self.variables = {**other.variables, **self.variables}
        self.ecc = {**other.ecc, **self.ecc}
        for name, values in other.arrays.items():
            self.arrays[name] = {**values, **self.arrays.get(name, {})}


@dataclass(slots=True)
class CallDataChanges:
    """What SET_CALL_DATA_REQ changes; None leaves an item as it is.

    ``ecc`` and ``arrays`` add to the call's and replace values of the same name; ``variables`` likewise.
    """

    variables: dict[str, str] | None = None
    ecc: dict[str, str] | None = None
    arrays: dict[str, dict[int, str]] | None = None
    wrapup: str | None = None
    ani: str | None = None
    caller_entered_digits: str | None = None
    user_to_user_info: bytes | None = None
    call_type: CallType | None = None
    disposition: int | None = None
    campaign_id: int | None = None
    query_rule_id: int | None = None
    customer_phone_number: str | None = None
    customer_account_number: str | None = None
    router_key: RouterCallKey | None = None
