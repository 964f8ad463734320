"""Benchmarks on pytest-benchmark; each group is one comparison, run side by side in one process."""
