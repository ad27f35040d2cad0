"""``clusteract transfer``: train on one table, predict another against all references."""

from __future__ import annotations

from functools import partial

import click

from clusteract.cli.parts import names, run_options, seed_option, show, table_options, take_table


@click.command(short_help="Predict clusters of new metal parts against all references.")
@click.argument("table")
@click.argument("new")
@table_options
@run_options
@seed_option
@click.option("--models", metavar="A,B", help="To choose from; all by default.")
def command(table: str, new: str, as_json: bool, models: str | None, **options) -> None:
    """Choose a model on TABLE by left-out cores and metals, and predict the clusters of NEW.

    The options that say how a table is read hold for both.
    """
    from clusteract.study.chapters.transfer import TransferWork
    from clusteract.study.reference import run_transfer

    train, later = take_table(table, dict(options)), take_table(new, options)
    work = TransferWork(
        models=names(models) or TransferWork.models,
        seed=options.pop("seed"),
    )
    show(partial(run_transfer, train, later, work, **options), as_json)
