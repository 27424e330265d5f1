"""The grid: areas as a tree, what stands and happens in them."""
