"""Benchmarks: generated tables of three sizes, rivals that compute the same, a harness that compares them."""
