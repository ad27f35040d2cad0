"""``clusteract study``: recipes x outer folds on one table."""

from __future__ import annotations

import click

from clusteract.cli.parts import (
    RecipesCommand,
    chosen_recipes,
    recipe_options,
    run_options,
    say_on_stderr,
    show_run,
    table_options,
    take_reading,
)
from clusteract.cli.progress import progress_bar


@click.command(cls=RecipesCommand, short_help="Score recipes honestly by nested cross-validation.")
@click.argument("study")
@click.option("--data", metavar="TABLE", help="A file, or a name of `clusteract data list`.")
@table_options
@recipe_options
@run_options
@click.option("--seed", type=int, help="Of outer shuffling and every other random choice.")
@click.option(
    "--leave-out",
    metavar="WHAT",
    help="Ask a harder question: one value of a column after the other is never trained on, or one "
    "group that the domain knows, or the largest, highest or lowest fifth.",
)
@click.option("--exhaustive", is_flag=True, help="Search the whole grids, whatever the budget.")
def command(
    study: str,
    data: str | None,
    as_json: bool,
    **options,
) -> None:
    """Run STUDY, a preset or a TOML file; what stands in its folder already is not done again.

    Presets: `compare` (the study's six models and two for small tables, some minutes),
    `networks` (the study's two networks), `study` (exhaustive).
    """
    from clusteract.study import run_study

    read_options, chosen = take_reading(options), chosen_recipes(options)
    with progress_bar() as progress:
        run = run_study(
            study,
            data=data,
            read_options=read_options,
            recipes=chosen,
            progress=progress,
            say=say_on_stderr,
            **options,
        )
    show_run(run.folder, run.summary, [run.report], as_json, run.model)
