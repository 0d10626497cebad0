"""Training: fits the weights of the event coder to articles coded by hand. Needs scikit-learn; the pipeline itself does not."""
