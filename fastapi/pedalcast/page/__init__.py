"""The page in a browser: the built files, the description of the API, and the headers that both are sent with."""
