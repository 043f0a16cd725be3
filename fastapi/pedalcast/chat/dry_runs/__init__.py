"""Trying a bot's workflow: an answer that is kept nowhere, with how each node ran."""
