"""Documents that people upload: taken in, parsed, indexed, and removed again."""
