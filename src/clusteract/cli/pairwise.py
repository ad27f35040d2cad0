"""``clusteract pairwise``: pairwise-difference learning, leaky and honest."""

from __future__ import annotations

from functools import partial

import click

from clusteract.cli.parts import (
    names,
    network_options,
    run_options,
    seed_option,
    show,
    table_options,
    take_table,
)


@click.command(short_help="Learn differences of clusters: random pairs against unseen clusters.")
@click.argument("table")
@table_options
@run_options
@seed_option
@click.option("--models", metavar="A,B", help="Only these: pair-dnn, pair-gbr, pair-mlr, pair-svr.")
@click.option("--folds", type=click.IntRange(2), default=10, show_default=True, help="Outer folds.")
@network_options
@click.option("--products/--no-products", default=True, help="Of every two descriptors.")
@click.option(
    "--exhaustive",
    is_flag=True,
    help="Boosted trees on values, not on bins; trials as long as a training: many hours.",
)
def command(table: str, as_json: bool, models: str | None, **options) -> None:
    """Score pairwise models on TABLE: on pairs split at random, and on clusters never seen."""
    from clusteract.study.chapters.pairwise import PairwiseWork
    from clusteract.study.reference import default_trials, run_pairwise

    loaded = take_table(table, options)
    if options["trials"] is None:
        options["trials"] = default_trials(options["exhaustive"])
    keys = ("folds", "seed", "trials", "products", "exhaustive", "backend")
    work = PairwiseWork(
        models=names(models) or PairwiseWork.models, **{key: options.pop(key) for key in keys}
    )
    show(partial(run_pairwise, loaded, work, **options), as_json)
