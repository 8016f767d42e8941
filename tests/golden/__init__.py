"""What the product answers, frozen: it may change only on purpose, in a commit that says which
answer and why.
"""
