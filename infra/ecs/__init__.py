"""Pedalcast on AWS, as code: stacks in Python (`stacks`), and the templates made of them (`templates`)."""
