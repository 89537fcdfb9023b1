"""A missing message fails a test; people would be shown its key."""

from words import catalogue

catalogue.be_strict(strict=True)
