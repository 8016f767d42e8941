"""The read walk: from a query to an answer. Other rooms use what modules name in `__all__`."""
