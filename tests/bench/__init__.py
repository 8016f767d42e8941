"""`python -m tests.bench`: how fast the product is, with its floor and its rivals in the same run."""
