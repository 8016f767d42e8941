"""The commands of `kb`, one module a job.

An edge: may import every room; nobody imports it but __main__.
"""
