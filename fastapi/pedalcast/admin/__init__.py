"""The admin view: what lies in the database as pages, and lists of what needs somebody's attention."""
