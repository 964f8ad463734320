"""``ctios-fast completion``: prints the script by which a shell completes the command line.

Click makes the scripts and, each time the user asks for completions, the words.
"""

import click
from click.shell_completion import get_completion_class

from .main import COMPLETION_VARIABLE
from .parameter_types import Words

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "ctios-fast"


@click.command("completion")
@click.argument("shell", type=Words(SHELLS), metavar="SHELL")
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    SHELL is bash, zsh or fish. Load the script in the file that the shell reads at its start:

    \b
        bash  eval "$(ctios-fast completion bash)"         in ~/.bashrc
        zsh   eval "$(ctios-fast completion zsh)"          in ~/.zshrc, after compinit
        fish  ctios-fast completion fish | source          in ~/.config/fish/config.fish

    It completes commands, options, their values, file names and names of messages. bash must be 4.4 or newer.
    """  # noqa: D301 - \b tells click to keep the lines of a paragraph
    completion_class = get_completion_class(shell)
    assert completion_class is not None
    completion = completion_class(context.find_root().command, {}, PROGRAM, COMPLETION_VARIABLE)
    # not source(): it would run the bash of this machine to learn its version
    click.echo(completion.source_template % completion.source_vars())
