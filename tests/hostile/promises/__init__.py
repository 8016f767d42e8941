"""What a bureau is promised, attacked promise by promise: one entry of the page each."""
