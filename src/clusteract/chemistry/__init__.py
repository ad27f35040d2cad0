"""Tables of clusters: formulas, elements, levels, descriptors, outputs, rules and groupings."""
