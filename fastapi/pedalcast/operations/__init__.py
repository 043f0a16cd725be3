"""How the service is doing, for the operator's page: what a Prometheus would show, without one."""
