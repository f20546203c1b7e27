"""HTTP: routes, problems, and how an answer goes out."""
