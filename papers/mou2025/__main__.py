"""``python -m mou2025``: the paper's work, whole or in parts."""

from __future__ import annotations

import argparse
import sys

from clusteract.errors import ClusteractError, Interrupted
from mou2025.run import PARTS, run_paper


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def main() -> int:
    """Run some parts; return the exit code: 1 for a wrong request, 3 when stopped."""
    parser = argparse.ArgumentParser(prog="python -m mou2025", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"some of {', '.join(PARTS)}; all by default")
    parser.add_argument("--out", help="folder of the run; runs/mou2025 by default")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--exhaustive", action="store_true", help="in full: many hours")
    parser.add_argument("--trials", type=int, help="of the network's tuning, per training set")
    parser.add_argument("--backend", choices=("numpy", "jax"), default="numpy")
    parser.add_argument("--jobs", type=int, default=-1, help="processes; one per core by default")
    parser.add_argument("--scheduler", help="address of a Dask cluster, instead of --jobs")
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier run has left")
    options = vars(parser.parse_args())
    try:
        done = run_paper(options.pop("parts"), say=_say, **options)
    except Interrupted as stopped:
        print(stopped, file=sys.stderr)
        return 3
    except ClusteractError as error:
        print(error, file=sys.stderr)
        return 1
    for chapter in done.chapters:
        print(f"\n{chapter.title}", *chapter.sentences, sep="\n- ")
    print(f"\nrun folder: {done.folder}\nreport:     {done.folder / 'report.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
