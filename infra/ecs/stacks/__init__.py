"""The stacks, in the order in which they are deployed: registry, network, storage, services, collector, alarms."""
