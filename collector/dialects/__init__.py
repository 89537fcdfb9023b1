"""One small module for each family of devices; `speech.py` says what all have in common."""
