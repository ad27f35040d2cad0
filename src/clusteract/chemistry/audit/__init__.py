"""What must hold in a table of clusters: one family of rules a file."""
