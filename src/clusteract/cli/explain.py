"""``clusteract explain``: what models say about rows that they never saw."""

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


@click.command(cls=RecipesCommand, short_help="Explain models by rows that they never saw.")
@click.argument("table")
@table_options
@run_options
@seed_option
@recipe_options
@click.option("--folds", type=click.IntRange(2), default=10, show_default=True, help="Outer folds.")
@click.option(
    "--draws", type=click.IntRange(4), default=100, show_default=True, help="Of each Shapley value."
)
@click.option("--exhaustive", is_flag=True, help="Search the recipes' whole grids inside.")
def command(table: str, as_json: bool, **options) -> None:
    """Explain recipes on TABLE by Shapley values and permutation importances.

    A forest, an SVR and a network by default.
    """
    from clusteract.study.chapters.explanation import ExplainWork
    from clusteract.study.verbs import run_explain

    loaded = take_table(table, options)
    keys = ("folds", "seed", "draws", "exhaustive")
    recipes = tuple(chosen_recipes(options) or ExplainWork.recipes)
    work = ExplainWork(recipes, **{key: options.pop(key) for key in keys})
    show(partial(run_explain, loaded, work, **options), as_json)
