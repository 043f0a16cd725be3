"""The relational database: its address, engine, base model, base repository, migrations and the gate at start."""
