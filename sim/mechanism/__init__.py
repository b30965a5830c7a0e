"""What the validators compute, bit for bit, pitfalls included, as compiled loops over the models of one lane."""
