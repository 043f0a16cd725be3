"""What of the infrastructure's tests runs in this environment."""

from importlib.util import find_spec

# AWS's construct library lies in an environment of its own: `make infra` and `make check` run those tests there.
collect_ignore = [] if find_spec("aws_cdk") else ["ecs"]
