"""What the validators compute, bit for bit, pitfalls included; every function works over a trailing lanes axis."""
