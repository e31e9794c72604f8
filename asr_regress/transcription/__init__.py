"""From recordings to hypotheses: the batch plan, recognizers, engines that run them, and the store."""
