"""From pairs of texts to counts of errors that can be added."""
