"""The parts that the reference's work consists of, each a chapter of one report."""
