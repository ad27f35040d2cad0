"""``clusteract reference``: the reference's work, repeated and told honestly."""

from __future__ import annotations

from functools import partial

import click

from clusteract.cli.parts import network_options, run_options, seed_option, show


@click.command(short_help="Repeat the reference's work, honestly beside as published.")
@click.argument("parts", nargs=-1)
@run_options
@seed_option
@network_options
@click.option("--exhaustive", is_flag=True, help="Repeat it in full: many hours.")
def command(parts: tuple[str, ...], as_json: bool, **options) -> None:
    """Repeat PARTS of the reference's work on its published tables.

    PARTS are some of regular, selection, pairwise, transfer and explain; all of them by default.
    What stands in the run's folder already is not done again.
    """
    from clusteract.study.reference import run_reference

    show(partial(run_reference, parts, **options), as_json)
