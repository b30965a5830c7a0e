"""What all readers of logs share: files as lines, cells as numbers, columns by their names, records of runs."""
