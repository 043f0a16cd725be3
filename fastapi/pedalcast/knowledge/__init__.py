"""The service's own help, and the loader that an operator's folder goes through as well."""
