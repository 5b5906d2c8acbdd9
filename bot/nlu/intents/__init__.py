"""The intent model: encoder, features, classifier, training and evaluation."""
