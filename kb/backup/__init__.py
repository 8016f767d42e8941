"""A library in one file: made while it is written, checked whole before it is put in place."""
