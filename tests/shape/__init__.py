"""How densely the product's code is written: `python -m tests.shape`."""
