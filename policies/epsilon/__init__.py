"""One policy per file, found by its file; `policies.registry` lists, finds and builds them."""
