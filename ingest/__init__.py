"""One file in: read, clean, find sections and metadata, split, embed, store.

The door is `ingest.pipeline`. Nothing is imported here, because the child processes that
parse hostile files start from this package and must stay light.
"""
