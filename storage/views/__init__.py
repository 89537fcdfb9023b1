"""What a page asks: one module a noun, read only."""
