"""A stand-in for a Call: what requests about a call need of it, and no more."""

from typing import Any

from ctios_fast import Agent
from ctios_fast.model.cti_object import CtiObject


class StandInCall(CtiObject):
    """A connection of a call, for the requests of an agent's session.

    ``properties``: what is known of the call, by keyword.
    """

    def __init__(
        self,
        agent: Agent,
        call_id: int = 9001,
        device_id: str = "3001.0",
        device_id_type: int = 1,
        **properties: Any,
    ) -> None:
        super().__init__()
        self.context = agent.context
        self.peripheral_id = agent.peripheral_id
        self.connection_call_id = call_id
        self.connection_device_id_type = device_id_type
        self.connection_device_id = device_id
        for keyword, value in properties.items():
            self.set_value(keyword, value)

    @property
    def unique_object_id(self) -> str:
        return f"call.{self.peripheral_id}.{self.connection_call_id}.{self.connection_device_id}"
