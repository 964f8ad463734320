"""``ctios-fast dissector``: the protocol for Wireshark."""

import click

from ctios_fast.wireshark.generator import dissector


@click.command("dissector")
def command() -> None:
    """Print a Wireshark dissector in Lua.

    It is made from the same data as the codec. Save it as ged188.lua in Wireshark's folder of personal Lua
    plugins, or use it at once:

    \b
        ctios-fast dissector > ged188.lua
        tshark -X lua_script:ged188.lua -r capture.pcap -Y 'ged188.agent_state == 1'

    PASSWORDS ARE SHOWN by the dissector, as they stand on the wire.
    """  # noqa: D301 - click's mark of a paragraph that keeps its lines
    click.echo(dissector(), nl=False)
