"""Stores of earlier releases, and what becomes of them."""
