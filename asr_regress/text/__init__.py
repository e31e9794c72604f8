"""Named, versioned text rules: what is done to a transcript before errors are counted."""
