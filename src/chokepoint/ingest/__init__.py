"""Published releases in, tidy tables out."""
