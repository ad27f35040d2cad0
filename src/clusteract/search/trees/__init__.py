"""Regression trees grown with the trees of scikit-learn, shared between settings."""
