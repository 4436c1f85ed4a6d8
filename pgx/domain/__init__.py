"""The nouns of pharmacogenetics as plain values: no input or output, no look-ups, no other pgx imports but `errors`."""
