"""The figures that only this paper needs."""
