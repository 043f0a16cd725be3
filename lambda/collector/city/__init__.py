"""An invented bike-share city on the map of Seoul: who lives where, when they ride, what the weather does to it."""
