"""The commands of `python3 -m swarmspawner`. They read a configuration, and a hub that runs never imports them."""
