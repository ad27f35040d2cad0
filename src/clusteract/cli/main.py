"""The entry point: finds the verb, and turns every end into its exit code."""

from __future__ import annotations

import errno
import importlib
import sys
import traceback
from typing import NoReturn

import click

import clusteract
from clusteract.cli.environment import make_safe
from clusteract.errors import ClusteractError, Interrupted, close_matches
from clusteract.paths import path_problem
from clusteract.table.domain import all_domains

DONE, WRONG_INPUT, WRONG_USAGE, STOPPED, BUG = 0, 1, 2, 3, 70
# Of paths that can't be used, whoever gave them.
_OF_PATHS = {errno.ENAMETOOLONG, errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP}

# Verb -> one line of help; each lives in the module of its name and is imported when called.
VERBS = {
    "data": "List, locate and fetch the published tables.",
    "audit": "Check a table against what must hold, and repair it.",
    "explore": "Look at a table before modelling it.",
    "study": "Score recipes honestly by nested cross-validation.",
    "report": "Draw a run's figures and report again.",
    "select": "Repeat the selection of descriptors: what stays?",
    "explain": "Explain models by rows that they never saw.",
    "pairwise": "Learn differences of rows: random pairs against unseen rows.",
    "transfer": "Choose a model by groups left out; predict a new family of rows.",
    "fit": "Fit one recipe on a whole table and save it.",
    "model": "Show what a model's file holds, before it is loaded.",
    "predict": "Predict with a saved model.",
    "screen": "Rank candidates, and say which to measure next.",
}


def all_verbs() -> dict[str, tuple[str, str]]:
    """Return the module and the help of every verb, those that domains add included."""
    verbs = {name: (f"clusteract.cli.{name}", line) for name, line in VERBS.items()}
    for domain in all_domains().values():
        verbs |= {name: (verb.module, verb.help) for name, verb in domain.verbs.items()}
    return verbs


class Verbs(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of a user's work."""
        return list(all_verbs())

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import a verb's module and return its command."""
        if name not in all_verbs():
            return None
        return importlib.import_module(all_verbs()[name][0]).command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest close matches for an unknown verb."""
        if args and args[0] not in all_verbs() and not args[0].startswith("-"):
            ctx.fail(f"No such verb {args[0]!r}; {close_matches(args[0], all_verbs())}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, line) for name, (_, line) in all_verbs().items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(clusteract.__version__, prog_name="clusteract")
def cli() -> None:
    """From a spreadsheet of descriptors to an honest, explained model."""


def main(args: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code: 0, 1, 2, 3 or 70."""
    sys.exit(run(args))


def run(args: list[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    make_safe()
    try:
        cli.main(args=args, prog_name="clusteract", standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return WRONG_USAGE
    except (Interrupted, KeyboardInterrupt, click.Abort) as error:
        return _complain(str(error) or "stopped", STOPPED)
    except ClusteractError as error:
        return _complain(str(error), WRONG_INPUT)
    except BrokenPipeError:
        sys.stderr.close()
        return DONE
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return _complain("the disk is full; free some space and run it again", WRONG_INPUT)
        if error.filename is not None and error.errno in _OF_PATHS:
            return _complain(path_problem(error.filename, error), WRONG_INPUT)
        return _bug()
    except Exception:
        return _bug()
    return DONE


def _complain(message: str, code: int) -> int:
    click.echo(f"clusteract: {message}", err=True)
    return code


def _bug() -> int:
    traceback.print_exc()
    click.echo("clusteract: this is a bug; please report it with the lines above", err=True)
    return BUG
