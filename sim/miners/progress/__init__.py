"""How training makes models better, one way to a file."""
