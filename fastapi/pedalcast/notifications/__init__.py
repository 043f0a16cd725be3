"""What a person is told: a fault report was closed, an alert rule holds."""
