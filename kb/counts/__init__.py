"""What cases came to and how many there are of each: pure functions over records."""
