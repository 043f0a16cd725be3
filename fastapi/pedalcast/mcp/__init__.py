"""Tools for language models (Model Context Protocol): stations, forecasts, plans and help, over the HTTP API."""
