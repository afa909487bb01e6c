"""Templates of documents: the plain model they receive, their rendering in a process of its own, their check."""
