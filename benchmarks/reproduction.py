"""Write the reproduction tables of a finished run of the preset `study` as Markdown.

clusteract study study --recipes rfr-rfe,rfr-kbest --out RUN
python benchmarks/reproduction.py RUN > tables.md
"""

import json
import sys
from pathlib import Path

from clusteract.study.published import PUBLISHED


def scores(train: dict, test: dict) -> str:
    pairs = (train["r_mean"], test["r_mean"], train["rmse_mean"], test["rmse_mean"])
    return " | ".join(f"{v:.3f}" for v in pairs)


def overview(recipes: dict) -> list[str]:
    lines = [
        "| recipe | | train r | test r | train RMSE | test RMSE | best fold | fits | of |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, found in recipes.items():
        work = f"{found['best_fold']} | {found['fits']:,} | {found['fits_naive']:,}"
        lines.append(f"| `{name}` | ours | {scores(found['train'], found['test'])} | {work} |")
        if name in PUBLISHED:
            row = PUBLISHED[name]
            figures = (row.train_r, row.test_r, row.train_rmse, row.test_rmse)
            lines.append(f"| | published | {' | '.join(f'{v:.3f}' for v in figures)} | | | |")
    return lines


def fold_by_fold(name: str, found: dict) -> list[str]:
    lines = [
        f"### {name}",
        "",
        "| fold | train r | test r | train RMSE | test RMSE | chosen | descriptors |",
        "|---|---|---|---|---|---|---|",
    ]
    for fold in found["folds"]:
        figures = (fold[k] for k in ("train_r", "test_r", "train_rmse", "test_rmse"))
        chosen = ", ".join(f"{k.split('__')[-1]} {v}" for k, v in fold["best_params"].items())
        kept = ", ".join(fold["selected"])
        row = " | ".join(f"{v:.3f}" for v in figures)
        lines.append(f"| {fold['fold']} | {row} | {chosen} | {kept} |")
    return [*lines, ""]


def main() -> None:
    summary = json.loads((Path(sys.argv[1]) / "summary.json").read_text(encoding="utf-8"))
    lines = [*overview(summary["recipes"]), ""]
    for name, found in summary["recipes"].items():
        lines += fold_by_fold(name, found)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
