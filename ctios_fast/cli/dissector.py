"""``ctios-fast dissector``: prints the Wireshark dissector."""

import click

from ctios_fast.wireshark.generator import dissector


@click.command("dissector")
def command() -> None:
    """Print a Wireshark dissector in Lua.

    It is generated from the same data as the codec. Save it as ged188.lua in Wireshark's folder of personal
    Lua plugins, or use it directly:

    \b
        ctios-fast dissector > ged188.lua
        tshark -X lua_script:ged188.lua -r capture.pcap -Y 'ged188.agent_state == 1'

    PASSWORDS ARE SHOWN by the dissector as they are on the wire.
    """  # noqa: D301 - \b tells click to keep the lines of a paragraph
    click.echo(dissector(), nl=False)
