"""A public bot on pages of other sites: one script tag, for the origins that its owner lists."""
