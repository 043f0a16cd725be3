"""The API's description: its document, examples of bodies, and what a version has promised."""
