"""One lane's life in a world as text, line by line."""
