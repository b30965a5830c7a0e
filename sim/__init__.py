"""The world: miners' submissions, validators, and the subnet's mechanism, over many lanes at once."""
