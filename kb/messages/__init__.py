"""Every sentence of a search that a person reads, made from a code: Chinese, one module a kind.

Records carry codes and values from room to room; `words` is called at the edges alone.
"""
