"""The way of a question: typed steps, the graphs that join them, and what runs a graph."""
