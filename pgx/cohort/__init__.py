"""Many samples and files: parts, units of work, resuming, engines, and what a cohort adds up to."""
