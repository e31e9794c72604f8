"""What is measured on: utterances from a manifest, a selection of them, and their audio."""
