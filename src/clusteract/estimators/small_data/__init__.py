"""Estimators for tables of some hundred rows: additive Gaussian process, blend, short formulas."""
