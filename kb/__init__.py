"""The floor of the house: records, vocabulary, the store, analysis and embedding."""
