"""The table of commands. The module of a command is imported when the command is chosen, not before."""

import sys
from importlib import import_module
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from ctios_fast._version import __version__

from .exit_statuses import INCOMPLETE, INTERRUPTED
from .parameter_types import shortened
from .standard_streams import described, hurry_output


class LazyCommand(NamedTuple):
    """The place of a command ("module:attribute") and its line in the list of commands."""

    place: str
    help: str


COMMANDS = {
    "sim": LazyCommand("ctios_fast.cli.sim:command", "Run a simulated CTI Server pair."),
    "demo": LazyCommand(
        "ctios_fast.cli.demo:command", "Log agents in, work and log out on a simulator of its own."
    ),
    "decode": LazyCommand(
        "ctios_fast.cli.decode:command", "Turn a byte stream or a packet capture into JSON lines."
    ),
    "encode": LazyCommand("ctios_fast.cli.encode:command", "Turn JSON lines back into the byte stream."),
    "dissector": LazyCommand("ctios_fast.cli.dissector:command", "Print a Wireshark dissector in Lua."),
    "completion": LazyCommand("ctios_fast.cli.completion:command", "Print the completion script of a shell."),
}


class LazyGroup(click.Group):
    """A click group that reads its commands from ``COMMANDS``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].place.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a command line. Raises click's UsageError, which lists the commands."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            ctx.fail(f"there is no command {args[0]!r}: give one of {', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin with a word, without importing one, and the group's options."""
        words = [
            CompletionItem(name, help=command.help)
            for name, command in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*words, *click.Command.shell_complete(self, ctx, incomplete)]

    def invoke(self, ctx: click.Context) -> object:
        """Run the chosen command.

        An interrupt from the keyboard ends it quietly. An error of the system ends it with one line, also an
        error that click would not report. Errors show the beginning of a long word of the command line.
        """
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            text = shortened(error.format_message())
            raise click.UsageError(text, error.ctx) from None
        except click.ClickException as error:
            raise click.ClickException(shortened(error.format_message())) from None
        except KeyboardInterrupt:
            hurry_output()
            sys.exit(INTERRUPTED)
        except OSError as error:
            click.echo(f"ctios-fast: {described(error)}", err=True)
            sys.exit(INCOMPLETE)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def group() -> None:
    """Cisco CTI OS's object model over GED-188, on a compiled core.

    Exit status of all commands: 0; 1 if a command did not do all of its work; 2 for wrong usage; 3 if an
    input cannot be read or an output cannot be written; 130 after an interrupt; 141 if the reader of standard
    output has closed it.
    """
