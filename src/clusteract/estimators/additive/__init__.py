"""The additive process: a sum of one rough function of each descriptor."""
