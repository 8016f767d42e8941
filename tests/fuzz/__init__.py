"""Thousands of spoilt files of every format, read as `kb check` reads them: see
`tests.fuzz.__main__`.
"""
