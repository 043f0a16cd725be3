"""Going there: whether to go to a station, wait, or take another one."""
