"""What several verbs share: options, progress and output."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from clusteract.cli.progress import progress_bar

if TYPE_CHECKING:
    from clusteract.report.chapters import Chapter
    from clusteract.study.chapters_run import ChaptersRun
    from clusteract.table import Table

_READING = ("sheet", "name", "target", "descriptors", "groups", "domain", "unreadable")


class RecipesCommand(click.Command):
    """A verb whose help lists the recipes."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the recipes' names and titles."""
        from clusteract.recipes import get_recipe, list_recipes  # seconds: only where asked for

        with formatter.section("Recipes"):
            formatter.write_dl([(name, get_recipe(name).title) for name in list_recipes()])


def recipe_options(command: Callable) -> Callable:
    """Add the options that name recipes: `chosen_recipes` reads them."""
    for option in reversed(
        (
            click.option("--recipes", metavar="A,B", help="Only these recipes."),
            click.option(
                "--recipe",
                "more_recipes",
                multiple=True,
                metavar="NAME|MODULE:CLASS",
                help='One recipe, or any regressor: "catboost:CatBoostRegressor"; may repeat.',
            ),
        )
    ):
        command = option(command)
    return command


def chosen_recipes(options: dict[str, Any]) -> list[str] | None:
    """Take the options of `recipe_options` out of the others; None where none was given."""
    several, more = options.pop("recipes"), options.pop("more_recipes")
    return [*names(several), *more] if several is not None or more else None


def run_options(command: Callable) -> Callable:
    """Add the options of a run with a folder of its own."""
    for option in reversed(
        (
            click.option("--out", type=click.Path(path_type=Path), help="Folder of the run."),
            click.option("--json", "as_json", is_flag=True, help="Print summary.json on stdout."),
        )
    ):
        command = option(command)
    return work_options(command)


def work_options(command: Callable) -> Callable:
    """Add the options of all long work, which `clusteract.runs.Run` takes."""
    for option in reversed(
        (
            click.option(
                "--jobs", type=int, default=-1, show_default="one per core", help="Processes."
            ),
            click.option(
                "--scheduler", metavar="ADDRESS", help="Of a Dask cluster, instead of --jobs."
            ),
            click.option("--fresh", is_flag=True, help="Forget what an earlier run has left."),
        )
    ):
        command = option(command)
    return command


def seed_option(command: Callable) -> Callable:
    """Add the seed of a verb that has no study's file."""
    help_text = "Of all randomness."
    return click.option("--seed", type=int, default=42, show_default=True, help=help_text)(command)


def table_options(command: Callable) -> Callable:
    """Add the options that say how a table is to be read."""
    for option in reversed(
        (
            click.option("--sheet", help="Sheet of a workbook; the only table by default."),
            click.option("--name", metavar="A,B", help="Column, or columns, that name the rows."),
            click.option("--target", metavar="COLUMN", help="Column of the target."),
            click.option("--descriptors", metavar="RANGE", help='Such as "first:last" or "a,b".'),
            click.option(
                "--groups", metavar="A,B", help="Rows of one group are never parted by folds."
            ),
            click.option(
                "--domain", metavar="NAME", help="What the table is of, such as clusters, or none."
            ),
            click.option(
                "--unreadable",
                type=click.Choice(("refuse", "missing")),
                help="What becomes of words among numbers.  [default: refuse]",
            ),
        )
    ):
        command = option(command)
    return command


def candidate_options(command: Callable) -> Callable:
    """Add the options of verbs that read rows for a saved model."""
    for option in reversed(
        (
            click.option("--sheet", help="Sheet of a workbook; the only table by default."),
            click.option("--name", metavar="A,B", help="Column, or columns, that name the rows."),
            click.option(
                "--json", "as_json", is_flag=True, help="Print one JSON document on stdout."
            ),
            click.option(
                "--trust",
                "trusted",
                metavar="TYPE",
                multiple=True,
                help="A foreign type of MODEL to import; `clusteract model show` lists them.",
            ),
        )
    ):
        command = option(command)
    return command


def trusted_types(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the types of ``--trust`` and of ``trusted`` in the user's configuration.

    Raises
    ------
    InputError
        Where the configuration can't be read.
    """
    import tomllib

    from clusteract.errors import InputError
    from clusteract.paths import config_file

    path = config_file()
    if path is None:
        return given
    try:
        names = tomllib.loads(path.read_text(encoding="utf-8")).get("trusted", [])
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(f"{path}: trusted is {names!r}; it must be a list of types' names")
    return (*given, *names)


def take_reading(options: dict[str, Any]) -> dict[str, str]:
    """Take what `table_options` were given out of a command's options."""
    given = {key: options.pop(key) for key in _READING}
    return {key: value for key, value in given.items() if value is not None}


def take_table(name: str, options: dict[str, Any], **how: Any) -> Table:
    """Load a table by the options of `table_options`, which are taken out; say what was decided."""
    from clusteract.table import load_table

    table = load_table(name, say=say_on_stderr, **take_reading(options), **how)
    for remark in table.source.remarks:
        say_on_stderr(remark)
    return table


def say_on_stderr(text: str) -> None:
    """Print a line on standard error."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(text, markup=False)


def show(run: Callable[..., ChaptersRun], as_json: bool) -> None:
    """Run with a progress line, then print tables and sentences, or the summary."""
    with progress_bar() as progress:
        done = run(progress=progress, say=say_on_stderr)
    show_run(done.folder, done.summary, done.chapters, as_json)


def show_run(
    folder: Path,
    summary: Mapping[str, Any],
    chapters: Sequence[Chapter],
    as_json: bool,
    model: Path | None = None,
) -> None:
    """Print a finished run's tables and sentences, and where they are kept, or its summary."""
    from clusteract.report.terminal import print_chapters
    from clusteract.runs.folder import REPORT

    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False, allow_nan=False))
        return
    print_chapters(chapters, Console(highlight=False))
    click.echo(f"\nrun folder: {folder}\nreport:     {folder / REPORT}")
    if model is not None:
        click.echo(f"model:      {model}")


def names(text: str | None) -> tuple[str, ...]:
    """Return the names of a list with commas."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
