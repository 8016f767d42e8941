"""The law as such: versions, concordance, wording.

Pure functions over records; nothing here reads or writes.
"""
