"""``python -m clusteract``."""

from clusteract.cli import main

main()
