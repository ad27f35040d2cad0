"""Mou et al., ACS Catal. 2025, 15 (8), 6618, repeated with clusteract and told honestly."""
