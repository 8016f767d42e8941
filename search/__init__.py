"""One query in, one answer out. Reads the store, keeps its own caches, writes nothing else."""
