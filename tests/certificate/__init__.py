"""Files of other people, read and held against a second reader: see `tests.certificate.__main__`."""
