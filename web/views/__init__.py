"""One frozen record per page, made of what store and searcher return; templates only lay them
out.
"""
