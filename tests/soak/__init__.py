"""Long runs of `make soak`: what the suite proves a few times is proven here a hundred times."""
