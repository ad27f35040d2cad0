"""``clusteract pairwise``: differences of rows, scored on rows never seen."""

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


@click.command(cls=RecipesCommand, short_help="Score differences of rows that training never saw.")
@click.argument("table")
@table_options
@recipe_options
@run_options
@seed_option
@click.option("--folds", type=click.IntRange(2), default=10, show_default=True, help="Outer folds.")
def command(table: str, as_json: bool, **options) -> None:
    """Score recipes on pairs of TABLE's rows with one and two rows never seen, and on new rows.

    Three that learn differences and a plain forest by default. Says, too, how far a model is from
    a difference: f(x,x) = 0, f(x,y) = -f(y,x).
    """
    from clusteract.study.chapters.pairs import PairsWork
    from clusteract.study.verbs import run_pairs

    loaded = take_table(table, options)
    recipes = tuple(chosen_recipes(options) or PairsWork.recipes)
    work = PairsWork(recipes, folds=options.pop("folds"), seed=options.pop("seed"))
    show(partial(run_pairs, loaded, work, **options), as_json)
