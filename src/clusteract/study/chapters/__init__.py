"""Chapters that a verb makes over tables: selection, explanation, pairs, transfer."""
