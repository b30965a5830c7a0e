"""What validators do: let models in, measure them, judge them, average, pay, and remember what is public."""
