"""``clusteract transfer``: train on one table, predict another family of rows."""

from __future__ import annotations

from functools import partial

import click

from clusteract.cli.parts import (
    RecipesCommand,
    chosen_recipes,
    recipe_options,
    run_options,
    seed_option,
    show,
    table_options,
    take_table,
)


@click.command(cls=RecipesCommand, short_help="Choose by groups left out; predict a new family.")
@click.argument("table")
@click.argument("new")
@table_options
@recipe_options
@run_options
@seed_option
def command(table: str, new: str, as_json: bool, **options) -> None:
    """Choose a recipe on TABLE by groups left out, and predict the rows of NEW.

    The options that say how a table is read hold for both.
    """
    from clusteract.study.chapters.transfer import TransferWork
    from clusteract.study.verbs import run_transfer

    train, later = take_table(table, dict(options)), take_table(new, options)
    recipes = tuple(chosen_recipes(options) or TransferWork.recipes)
    work = TransferWork(recipes, seed=options.pop("seed"))
    show(partial(run_transfer, train, later, work, **options), as_json)
