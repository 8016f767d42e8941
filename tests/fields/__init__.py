"""How well the fields of papers that bring no front matter are read, on papers no rule
was written on.

`labels.jsonl` holds what a person read in each paper; the papers themselves are not
ours to give away, so a row is found again by the SHA-256 of the text (UTF-8) and says
where the text came from. Parties stand as hashes, see `labels.hashed`.
"""
