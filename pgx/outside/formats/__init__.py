"""One module per caller, each with a `FORMAT`: how its output is recognised by content, and how it is read."""
