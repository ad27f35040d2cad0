"""How long a hundred thousand candidates take: `clusteract screen` from file to file.

    python benchmarks/screen.py                 # 100,000 simulated candidates
    python benchmarks/screen.py --rows 10000
    python benchmarks/screen.py --figure docs/img/screening.png   # of 2,000 candidates

Models are fitted on the published table, or on a simulated one where that is not found; candidates
are simulated and stand in a CSV file, which is read again for each model.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.model import fit_model, save_model
from clusteract.recipes import get_recipe
from clusteract.table import Table, load_table

_PART = 50_000  # formulas run out beyond
RECIPES = ("gp-additive", "rfr-kbest", "auto")


def main() -> None:
    """Print one row a model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--recipes", default=",".join(RECIPES))
    parser.add_argument("--figure", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.figure:
            draw(Path(folder), options.figure)
            return
        candidates = write_candidates(Path(folder), options.rows)
        size = candidates.stat().st_size / 2**20
        print(f"{options.rows:,} candidates, {size:.0f} MiB of CSV\n")
        print("| model | wall s | CPU s | peak memory, MiB |\n|---|---|---|---|")
        for name in options.recipes.split(","):
            model = fitted(Path(folder), name, load_table("auto"))
            print(f"| `{name}` | {timed(Path(folder), model, candidates)} |", flush=True)


def write_candidates(folder: Path, rows: int) -> Path:
    """Simulate candidates and write them as a user would have them."""
    path = folder / "candidates.csv"
    sizes = [min(_PART, rows - start) for start in range(0, rows, _PART)]
    parts = [make_synthetic_table(n, seed=3 + i, target=False) for i, n in enumerate(sizes)]
    pd.concat([part.to_frame() for part in parts]).to_csv(path, index=False)
    return path


def fitted(folder: Path, name: str, table: Table) -> Path:
    """Fit a recipe with few candidates: the time to predict is what counts here."""
    model = fit_model(table, get_recipe(name), budget=4, inner_folds=5)
    return save_model(model, folder / f"{name}.clusteract")


def screened(model: Path, table: Path, out: Path) -> list[str]:
    """Return the command line."""
    command = [sys.executable, "-m", "clusteract", "screen", str(model), str(table)]
    return [*command, "--out", str(out)]


def timed(folder: Path, model: Path, table: Path) -> str:
    """Run the verb in a process of its own; return wall and CPU seconds and memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    command = screened(model, table, folder / "ranked.csv")
    subprocess.run(command, check=True, capture_output=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return f"{wall:.1f} | {cpu:.1f} | {after.ru_maxrss / 1024:,.0f}"


def draw(folder: Path, figure: Path) -> None:
    """Keep the figure of a small screening, everything simulated."""
    model = fitted(folder, "gp-additive", make_synthetic_table(159, seed=1))
    table = write_candidates(folder, 2000)
    subprocess.run(screened(model, table, folder / "ranked.csv"), check=True)
    figure.write_bytes((folder / "ranked.png").read_bytes())


if __name__ == "__main__":
    main()
