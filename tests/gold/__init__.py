"""The gold set of corpus/evaluation: what must hold of it, and the gate on what `kb evaluate`
measures with it.
"""
