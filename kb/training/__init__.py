"""Training of the static embedding model; nothing here is needed to run the product."""
