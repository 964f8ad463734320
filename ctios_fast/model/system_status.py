"""SystemStatus: what the CTI Server last said about the controller, the gateway and the peripherals."""

from typing import Final

from ctios_fast import keywords as kw
from ctios_fast.core import Message
from ctios_fast.protocol import codes

from .arguments import Arguments, arguments_over

__all__ = ["GAP_BEGINS", "GAP_ENDS", "PERIPHERAL_EVENTS", "SystemStatus"]

#: Events after which agent states are no longer reported, or not all of them.
GAP_BEGINS: Final = frozenset(
    {
        codes.SYS_CENTRAL_CONTROLLER_OFFLINE,
        codes.SYS_PERIPHERAL_OFFLINE,
        codes.SYS_PERIPHERAL_GATEWAY_OFFLINE,
    }
)
#: Events after which they are reported again.
GAP_ENDS: Final = frozenset({codes.SYS_CENTRAL_CONTROLLER_ONLINE, codes.SYS_PERIPHERAL_ONLINE})

#: Events that name a peripheral in SystemEventArg1: whether it is online after them.
PERIPHERAL_EVENTS: Final = {
    codes.SYS_PERIPHERAL_ONLINE: True,
    codes.SYS_PERIPHERAL_OFFLINE: False,
}


class SystemStatus:
    """The status of the system behind the session. Nothing in it comes from the program itself.

    ``peripherals``: whether each peripheral that the server named is online, by PeripheralID.
    """

    def __init__(self) -> None:
        self.is_connected = False
        self.has_driver = False
        self.has_controller = False
        self.peripherals: dict[int, bool] = {}

    def opened(self, confirmation: Message, peripheral_id: int | None) -> None:
        """Take in an OPEN_CONF. ``peripheral_id``: the one that OPEN_REQ named, None if it named none."""
        self.is_connected = True
        self._apply(confirmation["PGStatus"])
        named = confirmation.get("FltPeripheralID") or ()
        if isinstance(named, int):
            named = (named,)
        if not named and peripheral_id is not None:
            named = (peripheral_id,)  # the server checked it: PeripheralOnline speaks of this one
        self.peripherals = dict.fromkeys(named, bool(confirmation.get("PeripheralOnline", True)))

    def changed(self, event: Message) -> None:
        """Take in a SYSTEM_EVENT."""
        self._apply(event["PGStatus"])
        is_online = PERIPHERAL_EVENTS.get(event["SystemEventID"])
        if is_online is not None:
            self.peripherals[event["SystemEventArg1"]] = is_online

    def can_report(self, peripheral_id: int) -> bool:
        """Whether the states of the peripheral's agents can be reported, as far as the server said."""
        return self.has_driver and self.has_controller and self.peripherals.get(peripheral_id, True)

    def lost(self) -> None:
        """The connection is gone."""
        self.is_connected = self.has_driver = self.has_controller = False
        self.peripherals = dict.fromkeys(self.peripherals, False)

    def _apply(self, pg_status: int) -> None:
        self.has_driver = not pg_status & codes.PGS_OPC_DOWN
        self.has_controller = not pg_status & codes.PGS_CC_DOWN

    def as_arguments(self) -> Arguments:
        """The status under CTI OS's keywords."""
        return arguments_over(
            {
                kw.CTIOS_STATUSCTISERVER: self.is_connected,
                kw.CTIOS_STATUSCTISERVERDRIVER: self.has_driver,
                kw.CTIOS_STATUSCENTRALCONTROLLER: self.has_controller,
                kw.CTIOS_STATUSPERIPHERALS: arguments_over(
                    {str(number): is_online for number, is_online in self.peripherals.items()}
                ),
            }
        )
