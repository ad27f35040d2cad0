"""``python -m clusteract.cli``."""

from clusteract.cli.main import main

main()
