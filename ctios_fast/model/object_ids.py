"""UniqueObjectIDs of what calls name: the connection itself, and the device that it is at."""

__all__ = ["call_object_id", "device_object_id"]


def call_object_id(peripheral_id: int | None, call_id: int, device_id: str) -> str:
    """``call.<PeripheralID>.<ConnectionCallID>.<ConnectionDeviceID>``."""
    return f"call.{peripheral_id}.{call_id}.{device_id}"


def device_object_id(peripheral_id: int | None, instrument: str) -> str:
    """``device.<PeripheralID>.<AgentInstrument>``."""
    return f"device.{peripheral_id}.{instrument}"
