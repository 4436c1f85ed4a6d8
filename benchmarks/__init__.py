"""Speed, as ratios to a bare read in the same run: `python -m benchmarks [--quick]`. Nothing here ships."""
