"""Rule tables: reading YAML into types, writing it, and importing upstream releases."""
