"""Loss traces: what trainers wrote, in one form."""
