"""One file in: read, clean, find sections and metadata, split, embed, store.

The door is `ingest.pipeline`, beside it `ingest.readers` for what is handed to it; what
other rooms use of a module stands in its `__all__`. Nothing is imported here, because the
child processes that parse hostile files start from this package and must stay light.
"""
