"""The general model: trained on several cities, for cities that have no history yet."""
