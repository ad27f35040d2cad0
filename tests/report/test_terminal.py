import io
from dataclasses import replace

from rich.console import Console

from clusteract.report import print_chapters, study_in_short

PUBLISHED = {"ridge": {"train_r": 0.9, "test_r": 0.703, "train_rmse": 0.4, "test_rmse": 1.044}}


def printed(result, *, width=80, terminal=True, **extras):
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=terminal, color_system=None)
    print_chapters([study_in_short(result, **extras)], console)
    return stream.getvalue()


def test_rows_have_test_scores_with_spread_and_the_published_ones(result):
    text = printed(result, terminal=False, published=PUBLISHED)
    row = next(line for line in text.splitlines() if line.startswith("ridge"))
    test = result.recipes["ridge"]
    assert f"{test.mean('test', 'r'):.3f} ± {test.std('test', 'r'):.2f}" in row
    assert "0.703/1.044" in row


def test_it_fits_80_columns(result):
    long = replace(result.recipes["ridge"], name="svr-rbf-kbest-standard")
    study = replace(result, recipes={**result.recipes, long.name: long})
    lines = printed(study, published={long.name: PUBLISHED["ridge"]}).splitlines()
    row = next(line for line in lines if line.startswith(long.name))
    assert max(map(len, lines)) <= 80
    assert "0.703/1.044" in row
    assert row.endswith(f"/{long.mean('train', 'rmse'):.3f}")


def test_synthetic_is_said_in_the_title_and_below(result, real_result):
    text = printed(result)
    assert text.lstrip().startswith("SYNTHETIC")
    assert "say nothing about the real world" in text
    assert "SYNTHETIC" not in printed(real_result)


def test_undefined_figures_are_dashes(result):
    rows = printed(result, terminal=False).splitlines()
    assert " – " in next(line for line in rows if line.startswith("mean"))


def test_names_are_not_taken_for_markup(result):
    recipe = replace(result.recipes["ridge"], name="[red]x[/red]", title="[bold]x")
    text = printed(replace(result, recipes={recipe.name: recipe}))
    assert "[red]x[/red]" in text
    assert "[bold]x" in text
