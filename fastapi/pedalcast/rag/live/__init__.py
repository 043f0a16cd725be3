"""Questions about stations: which one, when, and what its data and forecast say. Never out of a model's memory."""
