"""Loss curves for people: tables, pictures, synthesis and fits."""
