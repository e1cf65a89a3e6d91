"""Where papers come from; one file per source."""
