"""The model in use: persistence or the champion, its swap, and samples of its inputs."""
