"""What every folder may use and nothing in it knows of speech: names, texts to show, whole files, processes."""
