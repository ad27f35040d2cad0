"""``clusteract select``: how stable a selection of descriptors is."""

from __future__ import annotations

from functools import partial

import click

from clusteract.cli.parts import run_options, seed_option, show, table_options, take_table


@click.command(short_help="Repeat the selection of descriptors: what stays?")
@click.argument("table")
@table_options
@run_options
@seed_option
@click.option("--keep", type=click.IntRange(1), default=8, show_default=True, help="Descriptors.")
@click.option(
    "--repeats",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Seeds on all rows.",
)
@click.option(
    "--repeats-inside",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Seeds inside each outer training set.",
)
@click.option("--folds", type=click.IntRange(2), default=10, show_default=True, help="Outer folds.")
def command(table: str, as_json: bool, **options) -> None:
    """Repeat recursive elimination in a forest over seeds, on all rows and inside folds."""
    from clusteract.study.verbs import run_selection

    loaded = take_table(table, options)
    show(partial(run_selection, loaded, **options), as_json)
