"""Lemmas of verbs that the rule lemmatizer gets wrong."""
